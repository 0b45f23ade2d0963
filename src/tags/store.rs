//! Tagging people, and reading who is tagged.

use std::collections::HashMap;

use serde_json::json;

use super::{Tagging, clean_name};
use crate::contacts;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, JobId, TagId, WorkspaceId};
use crate::owner::Owner;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::stream::Kind;
use crate::time::Time;

/// Tags a person; makes the tag when no tag has that name in any case. Tagging twice changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for the person, [`Error::Invalid`] for the name.
pub async fn add(w: &mut Write<'_>, contact: ContactId, name: &str) -> Result<(), Error> {
    clean_name(name)?;
    let found = contacts::found(&mut w.conn, w.workspace, contact).await?;
    let contact = found.ok_or(Error::NotFound)?;
    let (tag, name) = make(w, name).await?;
    let sql = "insert into taggings (workspace_id, owner_kind, owner_id, tag_id, tagged_at, tagged_by) \
               values ($1, 'contact', $2, $3, $4, $5) on conflict (workspace_id, owner_kind, owner_id, tag_id) do nothing";
    let added: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(contact)
            .bind(tag)
            .bind(w.now)
            .bind(w.actor)
            .execute(c)
    })?;
    if added.0 > 0 {
        w.log(Entry::of_contact(Kind::TagAdded, w.now, contact, tag.0, json!({ "name": name })));
    }
    Ok(())
}

/// The tag of this name in any case, made when there is none; with the name as it was first written.
///
/// # Errors
/// [`Error::Invalid`] for the name.
pub async fn make(w: &mut Write<'_>, name: &str) -> Result<(TagId, String), Error> {
    let name = clean_name(name)?;
    // An update that changes nothing, so that the row comes back whether or not it was there.
    let make = "insert into tags (workspace_id, id, name, name_key, created_at, created_by) values ($1, $2, $3, $4, $5, $6) \
                on conflict (workspace_id, name_key) do update set name_key = excluded.name_key returning id, name";
    let id = w.app.db.next_id()?;
    run!(w.conn, |c| {
        sqlx::query_as::<_, (TagId, String)>(make)
            .bind(w.workspace)
            .bind(id)
            .bind(&name)
            .bind(name.to_lowercase())
            .bind(w.now)
            .bind(w.actor)
            .fetch_one(c)
    })
}

/// Takes a tag off a person. A tag that is not there changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for the person or the tag.
pub async fn remove(w: &mut Write<'_>, contact: ContactId, tag: TagId) -> Result<(), Error> {
    let found = contacts::found(&mut w.conn, w.workspace, contact).await?;
    let contact = found.ok_or(Error::NotFound)?;
    let name = name_of(w, tag).await?.ok_or(Error::NotFound)?;
    let sql = "delete from taggings where workspace_id = $1 and owner_kind = 'contact' and owner_id = $2 and tag_id = $3";
    let removed: Changed =
        run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(contact).bind(tag).execute(c))?;
    if removed.0 > 0 {
        let data = json!({ "name": name });
        w.log(Entry::of_contact(Kind::TagRemoved, w.now, contact, tag.0, data));
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: TagId,
    name: String,
    tagged_by: Option<String>,
    tagged_at: Time,
}

/// Someone's tags by name.
pub async fn of_owner(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    owner: Owner,
) -> Result<Vec<Tagging>, Error> {
    let sql = "select t.id, t.name, m.name as tagged_by, g.tagged_at from taggings g \
               join tags t on t.workspace_id = g.workspace_id and t.id = g.tag_id \
               left join teammates m on m.workspace_id = g.workspace_id and m.id = g.tagged_by \
               where g.workspace_id = $1 and g.owner_kind = $2 and g.owner_id = $3 order by t.name_key";
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql)
            .bind(workspace)
            .bind(owner.kind())
            .bind(owner.number())
            .fetch_all(x)
    })?;
    let tagging =
        |r: Row| Tagging { id: r.id, name: r.name, by: r.tagged_by, at: dates.stamp(r.tagged_at) };
    Ok(rows.into_iter().map(tagging).collect())
}

/// The tags of many of a kind, by their numbers, each by name; `ids` is the JSON text of a list of lists of one number.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn of_many(
    c: &mut Conn,
    workspace: WorkspaceId,
    kind: &str,
    ids: &str,
) -> Result<HashMap<i64, Vec<(TagId, String)>>, Error> {
    // Cross joins, because SQLite keeps their order: those who are asked for lead.
    let sql = "select g.owner_id, t.id, t.name from json_each($2) j cross join taggings g cross join tags t \
               where g.workspace_id = $1 and g.owner_kind = $3 and g.owner_id = cast(j.value ->> 0 as bigint) \
               and t.workspace_id = g.workspace_id and t.id = g.tag_id order by t.name_key";
    let rows: Vec<(i64, TagId, String)> = run!(c, |x| {
        sqlx::query_as::<_, (i64, TagId, String)>(sql)
            .bind(workspace)
            .bind(ids)
            .bind(kind)
            .fetch_all(x)
    })?;
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for (owner, tag, name) in rows {
        found.entry(owner).or_default().push((tag, name));
    }
    Ok(found)
}

/// The names of the workspace's tags, the first 500 by name: what a form suggests.
pub async fn names(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<String>, Error> {
    let sql = "select name from tags where workspace_id = $1 order by name_key limit 500";
    let rows: Vec<(String,)> =
        run!(c, |x| sqlx::query_as::<_, (String,)>(sql).bind(workspace).fetch_all(x))?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Whom a job tags: people or companies, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Many<'a> {
    /// People.
    People(&'a [ContactId]),
    /// Companies.
    Companies(&'a [CompanyId]),
}

impl Many<'_> {
    /// Their numbers, each in a list of its own, as JSON.
    fn list(self) -> Result<String, Error> {
        let rows: Vec<[i64; 1]> = match self {
            Self::People(ids) => ids.iter().map(|id| [id.0]).collect(),
            Self::Companies(ids) => ids.iter().map(|id| [id.0]).collect(),
        };
        serde_json::to_string(&rows).map_err(|_| Error::Internal)
    }
}

/// Adds a tag to many at once for a job; answers how many did not have it. Who was merged since stands for the survivor.
pub async fn add_many(
    w: &mut Write<'_>,
    many: Many<'_>,
    tag: TagId,
    job: JobId,
) -> Result<usize, Error> {
    let people = "insert into taggings (workspace_id, owner_kind, owner_id, tag_id, tagged_at, tagged_by) \
                  select $1, 'contact', case when p.merged_into > 0 then p.merged_into else p.id end, $2, $3, $4 \
                  from json_each($5) j cross join contacts p where p.workspace_id = $1 and p.id = cast(j.value ->> 0 as bigint) \
                  on conflict (workspace_id, owner_kind, owner_id, tag_id) do nothing returning owner_id";
    let companies = "insert into taggings (workspace_id, owner_kind, owner_id, tag_id, tagged_at, tagged_by) \
                     select $1, 'company', case when c.merged_into > 0 then c.merged_into else c.id end, $2, $3, $4 \
                     from json_each($5) j cross join companies c where c.workspace_id = $1 and c.id = cast(j.value ->> 0 as bigint) \
                     on conflict (workspace_id, owner_kind, owner_id, tag_id) do nothing returning owner_id";
    let sql = if matches!(many, Many::People(_)) { people } else { companies };
    let rows: Vec<(i64,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(sql)
            .bind(w.workspace)
            .bind(tag)
            .bind(w.now)
            .bind(w.actor)
            .bind(many.list()?)
            .fetch_all(c)
    })?;
    log_many(w, Kind::TagAdded, many, rows, tag, job).await
}

/// Takes a tag off many at once for a job; answers how many had it. Who was merged since stands for the survivor.
pub async fn remove_many(
    w: &mut Write<'_>,
    many: Many<'_>,
    tag: TagId,
    job: JobId,
) -> Result<usize, Error> {
    let people = "delete from taggings where workspace_id = $1 and owner_kind = 'contact' and tag_id = $2 \
                  and owner_id in (select case when p.merged_into > 0 then p.merged_into else p.id end from json_each($3) j \
                  cross join contacts p where p.workspace_id = $1 and p.id = cast(j.value ->> 0 as bigint)) returning owner_id";
    let companies = "delete from taggings where workspace_id = $1 and owner_kind = 'company' and tag_id = $2 \
                     and owner_id in (select case when c.merged_into > 0 then c.merged_into else c.id end from json_each($3) j \
                     cross join companies c where c.workspace_id = $1 and c.id = cast(j.value ->> 0 as bigint)) returning owner_id";
    let sql = if matches!(many, Many::People(_)) { people } else { companies };
    let rows: Vec<(i64,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(sql).bind(w.workspace).bind(tag).bind(many.list()?).fetch_all(c)
    })?;
    log_many(w, Kind::TagRemoved, many, rows, tag, job).await
}

async fn log_many(
    w: &mut Write<'_>,
    kind: Kind,
    many: Many<'_>,
    mut rows: Vec<(i64,)>,
    tag: TagId,
    job: JobId,
) -> Result<usize, Error> {
    let name = name_of(w, tag).await?.ok_or(Error::NotFound)?;
    rows.sort_unstable();
    for (id,) in &rows {
        let data = json!({ "name": name, "job": job });
        w.log(match many {
            Many::People(_) => Entry::of_contact(kind, w.now, ContactId(*id), tag.0, data),
            Many::Companies(_) => Entry::of_company(kind, w.now, CompanyId(*id), tag.0, data),
        });
    }
    Ok(rows.len())
}

async fn name_of(w: &mut Write<'_>, tag: TagId) -> Result<Option<String>, Error> {
    let named = "select name from tags where workspace_id = $1 and id = $2";
    let name: Option<(String,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String,)>(named).bind(w.workspace).bind(tag).fetch_optional(c)
    })?;
    Ok(name.map(|(n,)| n))
}

/// Which of a job's entries are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Done {
    /// The job.
    pub job: JobId,
    /// Its tag.
    pub tag: TagId,
    /// Whether it added the tag; else it took it off.
    pub add: bool,
    /// Entries after this number.
    pub after: i64,
}

/// The people and the companies that a job changed, in the order of the log, and the number to go on after, if there are more.
pub async fn done_by(
    w: &mut Write<'_>,
    asked: &Done,
    limit: i64,
) -> Result<(Vec<ContactId>, Vec<CompanyId>, Option<i64>), Error> {
    let kind = if asked.add { Kind::TagAdded } else { Kind::TagRemoved };
    let sql = "select seq, contact_id, company_id, data from activity where workspace_id = $1 and seq > $2 and kind = $3 \
               and ref_id = $4 order by seq limit $5";
    type Row = (i64, ContactId, CompanyId, String);
    let mut rows: Vec<Row> = run!(w.conn, |c| {
        sqlx::query_as::<_, Row>(sql)
            .bind(w.workspace)
            .bind(asked.after)
            .bind(kind.word())
            .bind(asked.tag)
            .bind(limit)
            .fetch_all(c)
    })?;
    let next = rows.last().filter(|_| rows.len() as i64 == limit).map(|(seq, ..)| *seq);
    let by_job = |data: &str| {
        let data: serde_json::Value = serde_json::from_str(data).unwrap_or_default();
        data["job"].as_i64() == Some(asked.job.0)
    };
    rows.retain(|(.., data)| by_job(data));
    let people = rows.iter().map(|(_, id, ..)| *id).filter(|id| id.0 > 0).collect();
    let companies = rows.iter().filter(|(_, id, ..)| id.0 == 0).map(|(_, _, id, _)| *id).collect();
    Ok((people, companies, next))
}
