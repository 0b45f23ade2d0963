//! Tags themselves, and tagging people and companies alike.

use serde_json::json;

use super::clean_name;
use crate::audit::Action;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, ConversationId, TagId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::owner::Owner;
use crate::run;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::stream::Kind;
use crate::time::Time;

/// What a transaction takes off at most when a tag is deleted.
const STEP: i64 = 500;

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Tag {
    /// Its number.
    pub id: TagId,
    /// Its name as it was first written.
    pub name: String,
}

/// A tag on a person, with who and when.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Applied {
    /// The tag's number.
    pub id: TagId,
    /// Its name.
    pub name: String,
    /// When it was added.
    pub tagged_at: Time,
    /// Who added it; 0 for the customer's product.
    pub tagged_by: TeammateId,
}

/// Itself, or whom it was merged into.
async fn survivor(w: &mut Write<'_>, owner: Owner) -> Result<Owner, Error> {
    owner.existing(&mut w.conn, w.workspace).await?.ok_or(Error::NotFound)
}

fn entry(owner: Owner, kind: Kind, now: Time, tag: &Tag) -> Entry {
    let data = json!({ "name": tag.name });
    match owner {
        Owner::Contact(id) => Entry::of_contact(kind, now, id, tag.id.0, data),
        Owner::Company(id) => Entry::of_company(kind, now, id, tag.id.0, data),
    }
}

/// All tags by name.
pub async fn all(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Tag>, Error> {
    let sql = "select id, name from tags where workspace_id = $1 order by name_key";
    run!(c, |x| sqlx::query_as::<_, Tag>(sql).bind(workspace).fetch_all(x))
}

/// A tag by number.
pub async fn find(c: &mut Conn, workspace: WorkspaceId, id: TagId) -> Result<Option<Tag>, Error> {
    let sql = "select id, name from tags where workspace_id = $1 and id = $2";
    run!(c, |x| sqlx::query_as::<_, Tag>(sql).bind(workspace).bind(id).fetch_optional(x))
}

/// A tag by name, in any case.
pub async fn named(c: &mut Conn, workspace: WorkspaceId, name: &str) -> Result<Option<Tag>, Error> {
    let sql = "select id, name from tags where workspace_id = $1 and name_key = $2";
    let key = clean_name(name)?.to_lowercase();
    run!(c, |x| sqlx::query_as::<_, Tag>(sql).bind(workspace).bind(&key).fetch_optional(x))
}

/// The tags that a person has, by name.
pub async fn applied(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Vec<Applied>, Error> {
    let sql = "select t.id, t.name, g.tagged_at, g.tagged_by from taggings g \
               join tags t on t.workspace_id = g.workspace_id and t.id = g.tag_id \
               where g.workspace_id = $1 and g.owner_kind = 'contact' and g.owner_id = $2 order by t.name_key";
    run!(c, |x| sqlx::query_as::<_, Applied>(sql).bind(workspace).bind(contact).fetch_all(x))
}

/// Adds a tag to a person or a company; having it already changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for whom it should be added to.
pub async fn apply(w: &mut Write<'_>, owner: Owner, tag: &Tag) -> Result<(), Error> {
    let owner = survivor(w, owner).await?;
    let (kind, id) = (owner.kind(), owner.number());
    let sql = "insert into taggings (workspace_id, owner_kind, owner_id, tag_id, tagged_at, tagged_by) \
               values ($1, $2, $3, $4, $5, $6) on conflict (workspace_id, owner_kind, owner_id, tag_id) do nothing";
    let added: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(kind)
            .bind(id)
            .bind(tag.id)
            .bind(w.now)
            .bind(w.actor)
            .execute(c)
    })?;
    if added.0 > 0 {
        w.log(entry(owner, Kind::TagAdded, w.now, tag));
    }
    Ok(())
}

/// Takes a tag off a person or a company; not having it changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for whom it should be taken off.
pub async fn take_off(w: &mut Write<'_>, owner: Owner, tag: &Tag) -> Result<(), Error> {
    let owner = survivor(w, owner).await?;
    let (kind, id) = (owner.kind(), owner.number());
    let sql = "delete from taggings where workspace_id = $1 and owner_kind = $2 and owner_id = $3 and tag_id = $4";
    let gone: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(kind).bind(id).bind(tag.id).execute(c)
    })?;
    if gone.0 > 0 {
        w.log(entry(owner, Kind::TagRemoved, w.now, tag));
    }
    Ok(())
}

/// Gives a tag another name, which may be the old one in another case.
///
/// # Errors
/// [`Error::NotFound`] for the tag, [`Error::Invalid`] for the name, [`Error::Taken`] where another tag has it.
pub async fn rename(w: &mut Write<'_>, id: TagId, name: &str) -> Result<Tag, Error> {
    let was = find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    let name = clean_name(name)?;
    let holder = named(&mut w.conn, w.workspace, &name).await?;
    if holder.is_some_and(|t| t.id != id) {
        return Err(Error::taken("name", format!("Another tag is called {name}")));
    }
    let sql = "update tags set name = $3, name_key = $4 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(&name).bind(name.to_lowercase()).execute(c)
    })?;
    if was.name != name {
        let data = json!({ "tag": id, "name": name, "from": was.name });
        w.rules_changed();
        w.log(Entry::of_workspace(Action::TagRenamed, w.now, data));
    }
    Ok(Tag { id, name })
}

/// Takes a tag off everyone in this transaction's reach, and deletes it when nobody has it any more. Answers whether
/// it is gone: a tag that many have takes several transactions, each of which can be the last.
///
/// # Errors
/// [`Error::NotFound`] for the tag.
pub async fn delete_step(w: &mut Write<'_>, id: TagId) -> Result<bool, Error> {
    let tag = find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    let sql = "delete from taggings where workspace_id = $1 and tag_id = $2 and (owner_kind, owner_id) in \
               (select owner_kind, owner_id from taggings where workspace_id = $1 and tag_id = $2 limit $3) \
               returning owner_kind, owner_id";
    let mut rows: Vec<(String, i64)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String, i64)>(sql).bind(w.workspace).bind(id).bind(STEP).fetch_all(c)
    })?;
    rows.sort_unstable();
    for (kind, owner) in &rows {
        match kind.as_str() {
            "contact" => {
                let owner = Owner::Contact(ContactId(*owner));
                w.log(entry(owner, Kind::TagRemoved, w.now, &tag));
            }
            "company" => {
                let owner = Owner::Company(CompanyId(*owner));
                w.log(entry(owner, Kind::TagRemoved, w.now, &tag));
            }
            _ => w.touch(Topic::Conversation(ConversationId(*owner))),
        }
    }
    if rows.len() as i64 == STEP {
        return Ok(false);
    }
    let row = "delete from tags where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(row).bind(w.workspace).bind(id).execute(c))?;
    w.rules_changed();
    w.log(Entry::of_workspace(Action::TagDeleted, w.now, json!({ "tag": id, "name": tag.name })));
    Ok(true)
}
