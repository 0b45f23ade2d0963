//! Pages of the list of people, with their cells, and what filters offer.

use std::collections::HashMap;

use super::{Asked, Filter, People, Row, Sort, select};
use crate::attributes::Subject;
use crate::contacts::{COLUMNS_AS_P, Contact, picture_of};
use crate::error::Error;
use crate::id::{ContactId, TeammateId, WorkspaceId};
use crate::lists::{self, Column, Cursor, Key, ROWS};
use crate::run;
use crate::segments::Ruled;
use crate::server::dates::Dates;
use crate::server::db::{Conn, Statement};
use crate::stream;
use crate::time::Time;
use crate::ui::Cell;

const fn key(sort: Sort) -> Key {
    match sort {
        Sort::LastSeen => Key::Number("p.last_seen_at"),
        Sort::Name => Key::Text("p.name_key"),
        Sort::Email => Key::Text("p.email_key"),
        Sort::Created => Key::Number("p.created_at"),
        Sort::SignedUp => Key::Number("coalesce(p.signed_up_at, 0)"),
        Sort::Sessions => Key::Number("p.session_count"),
        Sort::FirstSeen => Key::Number("coalesce(p.first_seen_at, 0)"),
        Sort::ExternalId => Key::Text("p.external_key"),
    }
}

fn end_of(last: &Contact, sort: Sort) -> Cursor {
    match sort {
        Sort::LastSeen => Cursor::Number(last.last_seen_at.0, last.id.0),
        Sort::Created => Cursor::Number(last.created_at.0, last.id.0),
        Sort::SignedUp => Cursor::Number(last.signed_up_at.map_or(0, |t| t.0), last.id.0),
        Sort::Sessions => Cursor::Number(last.session_count, last.id.0),
        Sort::FirstSeen => Cursor::Number(last.first_seen_at.map_or(0, |t| t.0), last.id.0),
        Sort::ExternalId => Cursor::Text(folded(last.external_id.as_ref()), last.id.0),
        Sort::Name => Cursor::Text(folded(last.name.as_ref()), last.id.0),
        Sort::Email => Cursor::Text(folded(last.email.as_ref()), last.id.0),
    }
}

/// A page of the workspace's people with a teammate's columns.
///
/// # Errors
/// [`Error::Invalid`] for a cursor that is not one of this order, and for a rule that makes no sense.
pub async fn list(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    teammate: TeammateId,
    asked: &Asked,
) -> Result<People, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let columns = lists::chosen_columns::<Filter>(c, workspace, teammate).await?;
    let rule = &asked.filter.rule;
    let ruled = Ruled::find(c, workspace, Subject::Contact, rule, dates.now()).await?;
    let total = select::total(c, workspace, &asked.filter, ruled.as_ref()).await?;
    let way = select::way(c, workspace, total, ROWS + 1).await?;
    let mut rows = page(c, workspace, asked, ruled.as_ref(), way).await?;
    let next = Cursor::cut(&mut rows, |last| end_of(last, asked.sort));
    let extras = Extras::read(c, workspace, &columns, &rows).await?;
    let row = |contact: Contact| {
        let title = contact.title();
        let cells = columns.iter().map(|column| extras.cell(column, &contact, dates)).collect();
        let picture = picture_of(contact.id, contact.avatar.as_deref());
        let email = contact.email.filter(|e| *e != title);
        Row { id: contact.id, title, email, picture, cells }
    };
    let said = ruled.map(|ruled| ruled.said).unwrap_or_default();
    Ok(People { seq, said, total, rows: rows.into_iter().map(row).collect(), columns, next })
}

fn folded(text: Option<&String>) -> String {
    text.map(|t| t.to_lowercase()).unwrap_or_default()
}

async fn page(
    c: &mut Conn,
    workspace: WorkspaceId,
    asked: &Asked,
    ruled: Option<&Ruled>,
    way: select::Way,
) -> Result<Vec<Contact>, Error> {
    let mut s = Statement::new("select ");
    s.push(COLUMNS_AS_P).push(" from contacts p where ");
    select::push(&mut s, workspace, &asked.filter, ruled, way);
    key(asked.sort).push(&mut s, asked, "p.id")?;
    s.fetch_all(c).await
}

/// What cells need beyond the people's own rows, for one page.
struct Extras {
    shared: lists::Extras,
    companies: HashMap<ContactId, Vec<(String, String)>>,
}

impl Extras {
    async fn read(
        c: &mut Conn,
        workspace: WorkspaceId,
        columns: &[Column],
        rows: &[Contact],
    ) -> Result<Self, Error> {
        let ids: Vec<_> = rows.iter().map(|r| [r.id]).collect();
        let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
        let shared = lists::Extras::read::<Filter>(c, workspace, columns, &ids).await?;
        let mut companies: HashMap<_, Vec<_>> = HashMap::new();
        if columns.iter().any(|column| column.key == "companies") {
            let sql = "select m.contact_id, c.id, coalesce(c.name, c.company_id) from json_each($2) j \
                       cross join memberships m cross join companies c \
                       where m.workspace_id = $1 and m.contact_id = cast(j.value ->> 0 as bigint) and m.left_at = 0 \
                       and c.workspace_id = m.workspace_id and c.id = m.company_id order by m.joined_at";
            type Named = (ContactId, i64, String);
            let found: Vec<Named> = run!(c, |x| sqlx::query_as::<_, Named>(sql)
                .bind(workspace)
                .bind(&ids)
                .fetch_all(x))?;
            for (contact, id, name) in found {
                companies.entry(contact).or_default().push((name, format!("/companies/{id}")));
            }
        }
        Ok(Self { shared, companies })
    }

    fn cell(&self, column: &Column, contact: &Contact, dates: &Dates) -> Cell {
        let text = |value: &Option<String>| Cell::Text(value.clone().unwrap_or_default());
        let time = |at: Option<Time>| Cell::Time(at.filter(|t| t.0 > 0).map(|t| dates.stamp(t)));
        if let Some(cell) = self.shared.cell(column, contact.id.0, contact.owner_id, dates) {
            return cell;
        }
        match column.key.as_str() {
            "last_seen" => time(Some(contact.last_seen_at)),
            "first_seen" => time(contact.first_seen_at),
            "signed_up" => time(contact.signed_up_at),
            "created" => time(Some(contact.created_at)),
            "sessions" => Cell::Text(contact.session_count.to_string()),
            "companies" => {
                Cell::Links(self.companies.get(&contact.id).cloned().unwrap_or_default())
            }
            "location" => Cell::Text(contact.place().map(|p| p.words()).unwrap_or_default()),
            "external_id" => text(&contact.external_id),
            "email" => text(&contact.email),
            "phone" => text(&contact.phone),
            "browser" => text(&contact.browser),
            "os" => text(&contact.os),
            "language" => {
                text(&contact.language_override.clone().or(contact.browser_language.clone()))
            }
            "role" => Cell::Text(if contact.role == "user" { "User" } else { "Lead" }.into()),
            _ => Cell::Text(String::new()),
        }
    }
}
