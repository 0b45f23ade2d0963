//! Tagging people, and reading who is tagged.

use serde_json::json;

use super::{Tagging, clean_name};
use crate::contacts;
use crate::error::Error;
use crate::id::{ContactId, TagId, WorkspaceId};
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
    let name = clean_name(name)?;
    contacts::find(&mut w.conn, w.workspace, contact).await?.ok_or(Error::NotFound)?;
    // An update that changes nothing, so that the row comes back whether or not it was there.
    let make = "insert into tags (workspace_id, id, name, name_key, created_at, created_by) values ($1, $2, $3, $4, $5, $6) \
                on conflict (workspace_id, name_key) do update set name_key = excluded.name_key returning id, name";
    let id = w.app.db.next_id()?;
    let (tag, name): (TagId, String) = run!(w.conn, |c| {
        sqlx::query_as::<_, (TagId, String)>(make)
            .bind(w.workspace)
            .bind(id)
            .bind(&name)
            .bind(name.to_lowercase())
            .bind(w.now)
            .bind(w.actor)
            .fetch_one(c)
    })?;
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

/// Takes a tag off a person. A tag that is not there changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for the person or the tag.
pub async fn remove(w: &mut Write<'_>, contact: ContactId, tag: TagId) -> Result<(), Error> {
    contacts::find(&mut w.conn, w.workspace, contact).await?.ok_or(Error::NotFound)?;
    let named = "select name from tags where workspace_id = $1 and id = $2";
    let name: Option<(String,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String,)>(named).bind(w.workspace).bind(tag).fetch_optional(c)
    })?;
    let (name,) = name.ok_or(Error::NotFound)?;
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

/// A person's tags by name.
pub async fn of_contact(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Vec<Tagging>, Error> {
    let sql = "select t.id, t.name, m.name as tagged_by, g.tagged_at from taggings g \
               join tags t on t.workspace_id = g.workspace_id and t.id = g.tag_id \
               left join teammates m on m.workspace_id = g.workspace_id and m.id = g.tagged_by \
               where g.workspace_id = $1 and g.owner_kind = 'contact' and g.owner_id = $2 order by t.name_key";
    let rows: Vec<Row> =
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(contact).fetch_all(x))?;
    let tagging =
        |r: Row| Tagging { id: r.id, name: r.name, by: r.tagged_by, at: dates.stamp(r.tagged_at) };
    Ok(rows.into_iter().map(tagging).collect())
}

/// The names of the workspace's tags, the first 500 by name: what a form suggests.
pub async fn names(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<String>, Error> {
    let sql = "select name from tags where workspace_id = $1 order by name_key limit 500";
    let rows: Vec<(String,)> =
        run!(c, |x| sqlx::query_as::<_, (String,)>(sql).bind(workspace).fetch_all(x))?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}
