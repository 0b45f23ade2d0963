//! Writing CSV files that an import reads.

use std::collections::HashMap;
use std::io::Write;

use const_format::formatcp;

use super::Kind;
use crate::companies::{COLUMNS_AS_C, Company};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::run;
use crate::server::db::{Conn, Db};

/// How many rows are read at a time.
const PAGE: i64 = 2_000;

/// Attributes of a subject, in the order of their columns.
type Attributes = Vec<(i64, String)>;

/// Writes everything of a kind in constant memory; answers the number of rows. People without an id of the customer's
/// are left out, since an import could not name them; of several companies the first is written. An import learns
/// types anew from what is written.
///
/// # Errors
/// A sentence that says what failed.
pub async fn export(
    db: &Db,
    workspace: WorkspaceId,
    kind: Kind,
    out: impl Write,
) -> Result<u64, String> {
    let mut c = db.read().await.map_err(|e| e.to_string())?;
    let mut out = csv::Writer::from_writer(out);
    let rows = match kind {
        Kind::Contacts => contacts(&mut c, workspace, &mut out).await,
        Kind::Companies => companies(&mut c, workspace, &mut out).await,
        Kind::Events => events(&mut c, workspace, &mut out).await,
    }?;
    out.flush().map_err(|e| e.to_string())?;
    Ok(rows)
}

fn iso(millis: Option<i64>) -> String {
    let at = millis.and_then(|m| jiff::Timestamp::from_millisecond(m).ok());
    at.map(|t| t.to_string()).unwrap_or_default()
}

fn number<T: ToString>(value: Option<T>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}

fn word(error: Error) -> String {
    error.to_string()
}

async fn attributes(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: &str,
) -> Result<Attributes, String> {
    let sql =
        "select id, name from attributes where workspace_id = $1 and subject = $2 order by name";
    let rows: Result<Attributes, Error> = run!(c, |x| {
        sqlx::query_as::<_, (i64, String)>(sql).bind(workspace).bind(subject).fetch_all(x)
    });
    rows.map_err(word)
}

/// The attributes' values of the subjects with these numbers.
async fn values(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: &str,
    ids: Vec<i64>,
) -> Result<HashMap<(i64, i64), String>, String> {
    let ids: Vec<_> = ids.into_iter().map(|id| [id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|e| e.to_string())?;
    let sql = "select v.subject_id, v.attribute_id, v.text from json_each($3) j cross join attribute_values v \
               where v.workspace_id = $1 and v.subject = $2 and v.subject_id = cast(j.value ->> 0 as bigint)";
    let rows: Result<Vec<(i64, i64, String)>, Error> = run!(c, |x| {
        sqlx::query_as::<_, (i64, i64, String)>(sql)
            .bind(workspace)
            .bind(subject)
            .bind(&ids)
            .fetch_all(x)
    });
    Ok(rows.map_err(word)?.into_iter().map(|(s, a, text)| ((s, a), text)).collect())
}

#[derive(sqlx::FromRow)]
struct ContactRow {
    id: i64,
    external_id: String,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    avatar: Option<String>,
    signed_up_at: Option<i64>,
    company_id: Option<String>,
}

async fn contacts(
    c: &mut Conn,
    workspace: WorkspaceId,
    out: &mut csv::Writer<impl Write>,
) -> Result<u64, String> {
    let custom = attributes(c, workspace, "contact").await?;
    let header = ["user_id", "name", "email", "phone", "avatar", "signed_up_at", "company_id"];
    let names = header.into_iter().chain(custom.iter().map(|(_, name)| name.as_str()));
    out.write_record(names).map_err(|e| e.to_string())?;
    let sql = "select p.id, p.external_id, p.name, p.email, p.phone, p.avatar, p.signed_up_at, \
               (select c.company_id from memberships m join companies c on c.workspace_id = m.workspace_id and c.id = m.company_id \
               where m.workspace_id = p.workspace_id and m.contact_id = p.id and m.left_at = 0 \
               order by m.joined_at, c.id limit 1) as company_id \
               from contacts p where p.workspace_id = $1 and p.id > $2 and p.merged_into = 0 and p.external_id is not null \
               order by p.id limit $3";
    let (mut after, mut count) = (0, 0);
    loop {
        let rows: Result<Vec<ContactRow>, Error> = run!(c, |x| {
            sqlx::query_as::<_, ContactRow>(sql).bind(workspace).bind(after).bind(PAGE).fetch_all(x)
        });
        let rows = rows.map_err(word)?;
        let Some(last) = rows.last() else { return Ok(count) };
        after = last.id;
        let own = values(c, workspace, "contact", rows.iter().map(|r| r.id).collect()).await?;
        for r in rows {
            let standard = [
                r.external_id,
                r.name.unwrap_or_default(),
                r.email.unwrap_or_default(),
                r.phone.unwrap_or_default(),
                r.avatar.unwrap_or_default(),
                iso(r.signed_up_at),
                r.company_id.unwrap_or_default(),
            ];
            let custom =
                custom.iter().map(|(a, _)| own.get(&(r.id, *a)).cloned().unwrap_or_default());
            out.write_record(standard.into_iter().chain(custom)).map_err(|e| e.to_string())?;
            count += 1;
        }
    }
}

async fn companies(
    c: &mut Conn,
    workspace: WorkspaceId,
    out: &mut csv::Writer<impl Write>,
) -> Result<u64, String> {
    let file = CompanyFile::begin(c, workspace).await.map_err(word)?;
    out.write_record(file.header()).map_err(|e| e.to_string())?;
    let sql = formatcp!(
        "select {COLUMNS_AS_C} from companies c where c.workspace_id = $1 and c.id > $2 and c.merged_into = 0 \
         order by c.id limit $3"
    );
    let (mut after, mut count) = (0, 0);
    loop {
        let rows: Result<Vec<Company>, Error> = run!(c, |x| {
            sqlx::query_as::<_, Company>(sql).bind(workspace).bind(after).bind(PAGE).fetch_all(x)
        });
        let rows = rows.map_err(word)?;
        let Some(last) = rows.last() else { return Ok(count) };
        after = last.id.0;
        count += rows.len() as u64;
        file.write(c, rows, out).await?;
    }
}

/// A file of companies in the columns that an import reads.
#[derive(Debug, Clone)]
pub struct CompanyFile {
    workspace: WorkspaceId,
    custom: Attributes,
}

impl CompanyFile {
    /// Reads what the columns are.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub async fn begin(c: &mut Conn, workspace: WorkspaceId) -> Result<Self, Error> {
        let custom = attributes(c, workspace, "company").await.map_err(|_| Error::Internal)?;
        Ok(Self { workspace, custom })
    }

    fn header(&self) -> impl Iterator<Item = &str> {
        let standard = [
            "company_id",
            "name",
            "plan",
            "monthly_spend",
            "size",
            "website",
            "industry",
            "remote_created_at",
        ];
        standard.into_iter().chain(self.custom.iter().map(|(_, name)| name.as_str()))
    }

    /// The lines of these companies, after the heading where it is `first`.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub async fn lines(
        &self,
        c: &mut Conn,
        rows: Vec<Company>,
        first: bool,
    ) -> Result<Vec<u8>, Error> {
        let failed = |message: String| {
            tracing::error!(message, "export of companies");
            Error::Internal
        };
        let mut out = csv::Writer::from_writer(Vec::new());
        if first {
            out.write_record(self.header()).map_err(|e| failed(e.to_string()))?;
        }
        self.write(c, rows, &mut out).await.map_err(failed)?;
        out.into_inner().map_err(|e| failed(e.to_string()))
    }

    async fn write(
        &self,
        c: &mut Conn,
        rows: Vec<Company>,
        out: &mut csv::Writer<impl Write>,
    ) -> Result<(), String> {
        let ids = rows.iter().map(|r| r.id.0).collect();
        let own = values(c, self.workspace, "company", ids).await?;
        for r in rows {
            let id = r.id.0;
            let standard = [
                r.company_id,
                r.name.unwrap_or_default(),
                r.plan.unwrap_or_default(),
                number(r.monthly_spend),
                number(r.size),
                r.website.unwrap_or_default(),
                r.industry.unwrap_or_default(),
                iso(r.remote_created_at.map(|t| t.0)),
            ];
            let custom = self.custom.iter();
            let custom = custom.map(|(a, _)| own.get(&(id, *a)).cloned().unwrap_or_default());
            out.write_record(standard.into_iter().chain(custom)).map_err(|e| e.to_string())?;
        }
        Ok(())
    }
}

async fn events(
    c: &mut Conn,
    workspace: WorkspaceId,
    out: &mut csv::Writer<impl Write>,
) -> Result<u64, String> {
    out.write_record(["user_id", "event", "timestamp", "properties"]).map_err(|e| e.to_string())?;
    let sql = "select a.seq, p.external_id, e.name, a.occurred_at, a.data from activity a \
               join contacts p on p.workspace_id = a.workspace_id and p.id = a.contact_id \
               join event_names e on e.workspace_id = a.workspace_id and e.id = a.ref_id \
               where a.workspace_id = $1 and a.seq > $2 and a.seq <= $3 and a.kind = 'event' and p.external_id is not null \
               order by a.seq";
    let last = crate::stream::last_seq(c, workspace).await.map_err(word)?;
    let (mut after, mut count) = (0, 0);
    while after < last {
        // By number, so that a stretch without events costs no more than one with.
        let upto = after + PAGE;
        type Row = (i64, String, String, i64, String);
        let rows: Result<Vec<Row>, Error> = run!(c, |x| {
            sqlx::query_as::<_, Row>(sql).bind(workspace).bind(after).bind(upto).fetch_all(x)
        });
        for (_, user, event, at, data) in rows.map_err(word)? {
            out.write_record([user, event, iso(Some(at)), data]).map_err(|e| e.to_string())?;
            count += 1;
        }
        after = upto;
    }
    Ok(count)
}
