//! People in the columns of a file that an import reads.

use std::collections::HashMap;
use std::io::Write;

use const_format::formatcp;

use super::export::{PAGE, failed};
use super::fields::{Attributes, attributes, iso, names, tags, values, word};
use super::{Kind, list};
use crate::error::Error;
use crate::id::{ContactId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;

/// The columns of people before those of attributes.
const CONTACT: [&str; 13] = [
    "user_id",
    "name",
    "email",
    "phone",
    "avatar",
    "signed_up_at",
    "company_ids",
    "contact_role",
    "owner_email",
    "language_override",
    "unsubscribed_from_emails",
    "marked_email_as_spam",
    "tags",
];

#[derive(sqlx::FromRow)]
struct ContactRow {
    id: i64,
    role: String,
    external_id: Option<String>,
    owner_email: Option<String>,
    language_override: Option<String>,
    unsubscribed: i64,
    complained_at: i64,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    avatar: Option<String>,
    signed_up_at: Option<i64>,
}

/// What a row of people needs, of contacts called `p` and their owners called `o`.
const CONTACT_COLUMNS: &str = "p.id, p.role, p.external_id, o.email as owner_email, p.language_override, p.unsubscribed, p.complained_at, p.name, p.email, \
     p.phone, p.avatar, p.signed_up_at";
const OWNERS: &str = "left join teammates o on o.workspace_id = p.workspace_id and o.id = p.owner_id and o.removed_at = 0";
/// Whom an import could name.
const NAMED: &str = "p.merged_into = 0 and (p.external_id is not null or p.email is not null)";

/// The most companies of a person that one call of an import names.
const COMPANIES: usize = 50;

/// The ids of the companies that these people are in, as an import reads them.
async fn companies(
    c: &mut Conn,
    workspace: WorkspaceId,
    ids: &[i64],
) -> Result<HashMap<i64, String>, String> {
    let ids: Vec<_> = ids.iter().map(|id| [id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|e| e.to_string())?;
    // A cross join, because SQLite keeps its order: those who are asked for lead.
    let sql = "select m.contact_id, c.company_id from json_each($2) j cross join memberships m cross join companies c \
               where m.workspace_id = $1 and m.contact_id = cast(j.value ->> 0 as bigint) and m.left_at = 0 \
               and c.workspace_id = m.workspace_id and c.id = m.company_id order by m.joined_at, c.id";
    let rows: Result<Vec<(i64, String)>, Error> = run!(c, |x| {
        sqlx::query_as::<_, (i64, String)>(sql).bind(workspace).bind(&ids).fetch_all(x)
    });
    let mut all: HashMap<i64, Vec<String>> = HashMap::new();
    for (person, company) in rows.map_err(word)? {
        all.entry(person).or_default().push(company);
    }
    let joined = |all: Vec<String>| list::join(all.iter().take(COMPANIES).map(String::as_str));
    Ok(all.into_iter().map(|(person, all)| (person, joined(all))).collect())
}

/// Writes everyone whom an import could name; answers how many.
///
/// # Errors
/// A sentence that says what failed.
pub(super) async fn contacts(
    c: &mut Conn,
    workspace: WorkspaceId,
    out: &mut csv::Writer<impl Write>,
) -> Result<u64, String> {
    let file = ContactFile::begin(c, workspace).await.map_err(word)?;
    out.write_record(file.header()).map_err(|e| e.to_string())?;
    let sql = formatcp!(
        "select {CONTACT_COLUMNS} from contacts p {OWNERS} where p.workspace_id = $1 and p.id > $2 and {NAMED} \
         order by p.id limit $3"
    );
    let (mut after, mut count) = (0, 0);
    loop {
        let rows: Result<Vec<ContactRow>, Error> = run!(c, |x| {
            sqlx::query_as::<_, ContactRow>(sql).bind(workspace).bind(after).bind(PAGE).fetch_all(x)
        });
        let rows = rows.map_err(word)?;
        let Some(last) = rows.last() else { return Ok(count) };
        after = last.id;
        count += rows.len() as u64;
        file.write(c, rows, out).await?;
    }
}

/// A file of people in the columns that an import reads.
#[derive(Debug, Clone)]
pub struct ContactFile {
    workspace: WorkspaceId,
    custom: Attributes,
}

impl ContactFile {
    /// Reads what the columns are.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub async fn begin(c: &mut Conn, workspace: WorkspaceId) -> Result<Self, Error> {
        let custom = attributes(c, workspace, "contact").await.map_err(|_| Error::Internal)?;
        Ok(Self { workspace, custom })
    }

    fn header(&self) -> impl Iterator<Item = String> {
        let names = names(&self.custom, &CONTACT, Kind::Contacts);
        CONTACT.into_iter().map(str::to_owned).chain(names)
    }

    /// The line that names the columns.
    ///
    /// # Errors
    /// [`Error::Internal`] when it cannot be written.
    pub fn head(&self) -> Result<Vec<u8>, Error> {
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(self.header()).map_err(|e| failed(&e.to_string()))?;
        out.into_inner().map_err(|e| failed(&e.to_string()))
    }

    /// The lines of these people, by number; those whom an import could not name have none.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub async fn lines(&self, c: &mut Conn, people: &[ContactId]) -> Result<Vec<u8>, Error> {
        let ids: Vec<_> = people.iter().map(|id| [id]).collect();
        let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
        // A cross join, because SQLite keeps its order: those who are asked for lead.
        let sql = formatcp!(
            "select {CONTACT_COLUMNS} from json_each($2) j cross join contacts p {OWNERS} \
             where p.workspace_id = $1 and p.id = cast(j.value ->> 0 as bigint) and {NAMED} order by p.id"
        );
        let rows: Vec<ContactRow> = run!(c, |x| {
            sqlx::query_as::<_, ContactRow>(sql).bind(self.workspace).bind(&ids).fetch_all(x)
        })?;
        let mut out = csv::Writer::from_writer(Vec::new());
        self.write(c, rows, &mut out).await.map_err(|message| failed(&message))?;
        out.into_inner().map_err(|e| failed(&e.to_string()))
    }

    async fn write(
        &self,
        c: &mut Conn,
        rows: Vec<ContactRow>,
        out: &mut csv::Writer<impl Write>,
    ) -> Result<(), String> {
        let ids: Vec<_> = rows.iter().map(|r| r.id).collect();
        let mut tags = tags(c, self.workspace, "contact", &ids).await?;
        let mut companies = companies(c, self.workspace, &ids).await?;
        let own = values(c, self.workspace, "contact", ids).await?;
        for r in rows {
            let standard = [
                r.external_id.unwrap_or_default(),
                r.name.unwrap_or_default(),
                r.email.unwrap_or_default(),
                r.phone.unwrap_or_default(),
                r.avatar.unwrap_or_default(),
                iso(r.signed_up_at),
                companies.remove(&r.id).unwrap_or_default(),
                r.role,
                r.owner_email.unwrap_or_default(),
                r.language_override.unwrap_or_default(),
                (r.unsubscribed == 1).to_string(),
                (r.complained_at > 0).to_string(),
                tags.remove(&r.id).unwrap_or_default(),
            ];
            let custom = self.custom.iter();
            let custom = custom.map(|(a, _)| own.get(&(r.id, *a)).cloned().unwrap_or_default());
            out.write_record(standard.into_iter().chain(custom)).map_err(|e| e.to_string())?;
        }
        Ok(())
    }
}
