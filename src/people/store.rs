//! Pages of the list of people, with their cells, and what filters offer.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Asked, Column, Options, People, Row, Sort, select};
use crate::attributes::Subject;
use crate::contacts::{COLUMNS_AS_P, Contact};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, TagId, TeammateId, WorkspaceId};
use crate::run;
use crate::segments::Ruled;
use crate::server::dates::Dates;
use crate::server::db::{Conn, Statement, Write};
use crate::server::geo;
use crate::stream;
use crate::time::Time;
use crate::ui::Cell;

/// How many people a page has.
const ROWS: i64 = 50;
/// The setting that holds a teammate's columns.
const SETTING: &str = "people_columns";
/// The most columns of a list.
const COLUMNS: usize = 20;

/// Where a page ends: the sort's value and the number of its last row.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum Cursor {
    Number(i64, i64),
    Text(String, i64),
}

fn cursor(text: &str, sort: Sort) -> Result<Cursor, Error> {
    let refused = || Error::invalid("after", "follow a link of the list");
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
    let cursor: Cursor = serde_json::from_slice(&bytes).map_err(|_| refused())?;
    let is_text = matches!(sort, Sort::Name | Sort::Email);
    if is_text == matches!(cursor, Cursor::Text(..)) { Ok(cursor) } else { Err(refused()) }
}

const fn key(sort: Sort) -> &'static str {
    match sort {
        Sort::LastSeen => "p.last_seen_at",
        Sort::Name => "p.name_key",
        Sort::Email => "p.email_key",
        Sort::Created => "p.created_at",
        Sort::SignedUp => "coalesce(p.signed_up_at, 0)",
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
    let columns = chosen_columns(c, workspace, teammate).await?;
    let rule = &asked.filter.rule;
    let ruled = Ruled::find(c, workspace, Subject::Contact, rule, dates.now()).await?;
    let total = select::total(c, workspace, &asked.filter, ruled.as_ref()).await?;
    let way = select::way(c, workspace, total, ROWS + 1).await?;
    let mut rows = page(c, workspace, asked, ruled.as_ref(), way).await?;
    let more = rows.len() as i64 > ROWS;
    rows.truncate(ROWS as usize);
    let next = rows.last().filter(|_| more).map(|last| {
        let end = match asked.sort {
            Sort::LastSeen => Cursor::Number(last.last_seen_at.0, last.id.0),
            Sort::Created => Cursor::Number(last.created_at.0, last.id.0),
            Sort::SignedUp => Cursor::Number(last.signed_up_at.map_or(0, |t| t.0), last.id.0),
            Sort::Name => Cursor::Text(folded(last.name.as_ref()), last.id.0),
            Sort::Email => Cursor::Text(folded(last.email.as_ref()), last.id.0),
        };
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&end).unwrap_or_default())
    });
    let extras = Extras::read(c, workspace, &columns, &rows).await?;
    let row = |contact: Contact| {
        let title = contact.title();
        let cells = columns.iter().map(|column| extras.cell(column, &contact, dates)).collect();
        let email = contact.email.filter(|e| *e != title);
        Row { id: contact.id, title, email, cells }
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
    let descending = asked.sort.descends() != asked.reversed;
    let mut s = Statement::new("select ");
    s.push(COLUMNS_AS_P).push(" from contacts p where ");
    select::push(&mut s, workspace, &asked.filter, ruled, way);
    if let Some(after) = &asked.after {
        s.push(" and (").push(key(asked.sort)).push(", p.id) ");
        s.push(if descending { "< (" } else { "> (" });
        match cursor(after, asked.sort)? {
            Cursor::Number(value, id) => s.number(value).push(", ").number(id),
            Cursor::Text(value, id) => s.text(value).push(", ").number(id),
        };
        s.push(")");
    }
    s.push(" order by ").push(key(asked.sort));
    s.push(if descending { " desc, p.id desc limit " } else { ", p.id limit " }).number(ROWS + 1);
    s.fetch_all(c).await
}

/// What cells need beyond the people's own rows, for one page.
#[derive(Default)]
struct Extras {
    attributes: HashMap<(ContactId, String), String>,
    companies: HashMap<ContactId, Vec<(String, String)>>,
    tags: HashMap<ContactId, Vec<(String, String)>>,
    owners: HashMap<TeammateId, String>,
}

impl Extras {
    async fn read(
        c: &mut Conn,
        workspace: WorkspaceId,
        columns: &[Column],
        rows: &[Contact],
    ) -> Result<Self, Error> {
        let mut extras = Self::default();
        let ids: Vec<_> = rows.iter().map(|r| [r.id]).collect();
        let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
        let has = |key: &str| columns.iter().any(|column| column.key == key);
        type Named = (ContactId, i64, String);
        if has("tags") {
            let sql = "select g.owner_id, t.id, t.name from json_each($2) j cross join taggings g cross join tags t \
                       where g.workspace_id = $1 and g.owner_kind = 'contact' and g.owner_id = cast(j.value ->> 0 as bigint) \
                       and t.workspace_id = g.workspace_id and t.id = g.tag_id order by t.name_key";
            let found: Vec<Named> = run!(c, |x| sqlx::query_as::<_, Named>(sql)
                .bind(workspace)
                .bind(&ids)
                .fetch_all(x))?;
            for (contact, id, name) in found {
                extras.tags.entry(contact).or_default().push((name, format!("/people?tag={id}")));
            }
        }
        if has("companies") {
            let sql = "select m.contact_id, c.id, coalesce(c.name, c.company_id) from json_each($2) j \
                       cross join memberships m cross join companies c \
                       where m.workspace_id = $1 and m.contact_id = cast(j.value ->> 0 as bigint) and m.left_at = 0 \
                       and c.workspace_id = m.workspace_id and c.id = m.company_id order by m.joined_at";
            let found: Vec<Named> = run!(c, |x| sqlx::query_as::<_, Named>(sql)
                .bind(workspace)
                .bind(&ids)
                .fetch_all(x))?;
            for (contact, id, name) in found {
                let link = (name, format!("/companies/{id}"));
                extras.companies.entry(contact).or_default().push(link);
            }
        }
        if columns.iter().any(|column| column.attribute().is_some()) {
            let sql = "select v.subject_id, a.name, v.text from json_each($2) j cross join attribute_values v cross join attributes a \
                       where v.workspace_id = $1 and v.subject = 'contact' and v.subject_id = cast(j.value ->> 0 as bigint) \
                       and a.workspace_id = v.workspace_id and a.id = v.attribute_id";
            type Row = (ContactId, String, String);
            let found: Vec<Row> =
                run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(&ids).fetch_all(x))?;
            extras.attributes =
                found.into_iter().map(|(contact, name, text)| ((contact, name), text)).collect();
        }
        if has("owner") {
            let sql = "select id, name from teammates where workspace_id = $1";
            let found: Vec<(TeammateId, String)> =
                run!(c, |x| sqlx::query_as::<_, (TeammateId, String)>(sql)
                    .bind(workspace)
                    .fetch_all(x))?;
            extras.owners = found.into_iter().collect();
        }
        Ok(extras)
    }

    fn cell(&self, column: &Column, contact: &Contact, dates: &Dates) -> Cell {
        let text = |value: &Option<String>| Cell::Text(value.clone().unwrap_or_default());
        let time = |at: Option<Time>| Cell::Time(at.filter(|t| t.0 > 0).map(|t| dates.stamp(t)));
        if let Some(name) = column.attribute() {
            let key = (contact.id, name.to_owned());
            return Cell::Text(self.attributes.get(&key).cloned().unwrap_or_default());
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
            "tags" => Cell::Links(self.tags.get(&contact.id).cloned().unwrap_or_default()),
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
            "owner" => Cell::Text(self.owners.get(&contact.owner_id).cloned().unwrap_or_default()),
            _ => Cell::Text(String::new()),
        }
    }
}

/// The columns that a teammate chose, or those of the start.
pub async fn chosen_columns(
    c: &mut Conn,
    workspace: WorkspaceId,
    teammate: TeammateId,
) -> Result<Vec<Column>, Error> {
    let keys: Option<Vec<String>> =
        crate::teammates::setting(c, workspace, teammate, SETTING).await?;
    let Some(keys) = keys else { return Ok(Column::at_first()) };
    let known = columns(c, workspace).await?;
    let chosen = keys.iter().filter_map(|key| known.iter().find(|column| column.key == *key));
    Ok(chosen.cloned().collect())
}

/// Keeps a teammate's choice of columns, in the order given; unknown ones are left out. An empty choice is that of the start.
pub async fn choose_columns(w: &mut Write<'_>, keys: &[String]) -> Result<(), Error> {
    let known = columns(&mut w.conn, w.workspace).await?;
    let chosen: Vec<_> =
        keys.iter().filter(|key| known.iter().any(|c| c.key == **key)).take(COLUMNS).collect();
    crate::teammates::set_setting(w, SETTING, Some(&chosen).filter(|all| !all.is_empty())).await
}

async fn columns(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Column>, Error> {
    let sql = "select name, label from attributes where workspace_id = $1 and subject = 'contact' and archived_at = 0 \
               order by name limit 200";
    let found: Vec<(String, String)> =
        run!(c, |x| sqlx::query_as::<_, (String, String)>(sql).bind(workspace).fetch_all(x))?;
    let custom = found.iter().map(|(name, label)| Column::of_attribute(name, label));
    Ok(Column::standard().into_iter().chain(custom).collect())
}

/// What the list's filters and columns offer.
pub async fn options(c: &mut Conn, workspace: WorkspaceId) -> Result<Options, Error> {
    let tags = "select id, name from tags where workspace_id = $1 order by name_key limit 500";
    let companies = "select id, coalesce(name, company_id) from companies where workspace_id = $1 and merged_into = 0 \
                     and archived_at = 0 order by user_count desc, id desc limit 200";
    // One step from country to country along the index, not over everyone.
    let countries = "with recursive found (code) as ( \
                     select min(country_code) from contacts where workspace_id = $1 and country_code <> '' union all \
                     select (select min(country_code) from contacts where workspace_id = $1 and country_code <> '' and country_code > found.code) \
                     from found where found.code is not null) \
                     select code from found where code is not null";
    let tags: Vec<(TagId, String)> =
        run!(c, |x| sqlx::query_as::<_, (TagId, String)>(tags).bind(workspace).fetch_all(x))?;
    let companies: Vec<(CompanyId, String)> = run!(c, |x| {
        sqlx::query_as::<_, (CompanyId, String)>(companies).bind(workspace).fetch_all(x)
    })?;
    let countries: Vec<(String,)> =
        run!(c, |x| sqlx::query_as::<_, (String,)>(countries).bind(workspace).fetch_all(x))?;
    Ok(Options {
        tags,
        companies,
        countries: countries
            .into_iter()
            .map(|(code,)| (code.clone(), geo::country(&code)))
            .collect(),
        columns: columns(c, workspace).await?,
    })
}
