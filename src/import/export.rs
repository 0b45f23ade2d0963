//! Writing CSV files that an import reads.

use std::io::Write;

use const_format::formatcp;

use super::Kind;
use super::contact_file::contacts;
use super::fields::{Attributes, attributes, iso, names, number, tags, values, word};
use crate::companies::{COLUMNS_AS_C, Company};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::run;
use crate::server::db::{Conn, Db};

/// How many rows are read at a time.
pub(super) const PAGE: i64 = 2_000;

/// Writes everything of a kind in constant memory; answers the number of rows. People who have neither an id of the
/// customer's nor an e-mail address are left out with their events, since an import could not name them. An import learns
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

/// The columns of companies before those of attributes.
const COMPANY: [&str; 9] = [
    "company_id",
    "name",
    "plan",
    "monthly_spend",
    "size",
    "website",
    "industry",
    "remote_created_at",
    "tags",
];
/// The columns of events.
const EVENT: [&str; 6] = ["user_id", "email", "contact_role", "event", "timestamp", "properties"];

/// The log has the reason; whoever asked is told that it failed.
pub(super) fn failed(message: &str) -> Error {
    tracing::error!(message, "export");
    Error::Internal
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

    fn header(&self) -> impl Iterator<Item = String> {
        let names = names(&self.custom, &COMPANY, Kind::Companies);
        COMPANY.into_iter().map(str::to_owned).chain(names)
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
        let mut out = csv::Writer::from_writer(Vec::new());
        if first {
            out.write_record(self.header()).map_err(|e| failed(&e.to_string()))?;
        }
        self.write(c, rows, &mut out).await.map_err(|message| failed(&message))?;
        out.into_inner().map_err(|e| failed(&e.to_string()))
    }

    async fn write(
        &self,
        c: &mut Conn,
        rows: Vec<Company>,
        out: &mut csv::Writer<impl Write>,
    ) -> Result<(), String> {
        let ids: Vec<_> = rows.iter().map(|r| r.id.0).collect();
        let mut tags = tags(c, self.workspace, "company", &ids).await?;
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
                tags.remove(&id).unwrap_or_default(),
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
    out.write_record(EVENT).map_err(|e| e.to_string())?;
    let sql = "select p.external_id, p.email, p.role, e.name, a.occurred_at, a.data from activity a \
               join contacts p on p.workspace_id = a.workspace_id and p.id = a.contact_id \
               join event_names e on e.workspace_id = a.workspace_id and e.id = a.ref_id \
               where a.workspace_id = $1 and a.seq > $2 and a.seq <= $3 and a.kind = 'event' \
               and (p.external_id is not null or p.email is not null) \
               order by a.seq";
    let last = crate::stream::last_seq(c, workspace).await.map_err(word)?;
    let (mut after, mut count) = (0, 0);
    while after < last {
        // By number, so that a stretch without events costs no more than one with.
        let upto = after + PAGE;
        type Row = (Option<String>, Option<String>, String, String, i64, String);
        let rows: Result<Vec<Row>, Error> = run!(c, |x| {
            sqlx::query_as::<_, Row>(sql).bind(workspace).bind(after).bind(upto).fetch_all(x)
        });
        for (user, email, role, event, at, data) in rows.map_err(word)? {
            // Whoever has an id is named by it alone.
            let (email, role) = match user {
                Some(_) => (String::new(), String::new()),
                None => (email.unwrap_or_default(), role),
            };
            let row = [user.unwrap_or_default(), email, role, event, iso(Some(at)), data];
            out.write_record(row).map_err(|e| e.to_string())?;
            count += 1;
        }
        after = upto;
    }
    Ok(count)
}
