//! Keeping saved replies, and filling them in.

use serde_json::json;

use super::{Replies, Reply, Values, clean};
use crate::audit::Action;
use crate::conversations;
use crate::error::Error;
use crate::id::{ConversationId, ReplyId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::stream;
use crate::teammates::Viewer;
use crate::ui::markdown;

/// The replies of a workspace by name, at most 500; those with some words in them, where words are given.
pub async fn all(c: &mut Conn, workspace: WorkspaceId, words: &str) -> Result<Replies, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let sql = "select id, name, body from saved_replies where workspace_id = $1 order by name_key limit 500";
    let mut replies: Vec<Reply> =
        run!(c, |x| sqlx::query_as::<_, Reply>(sql).bind(workspace).fetch_all(x))?;
    // Folded in Rust, since the engines fold differently; 500 are few.
    let words: Vec<_> = words.split_whitespace().map(str::to_lowercase).collect();
    replies.retain(|reply| {
        let text = format!("{} {}", reply.name, reply.body).to_lowercase();
        words.iter().all(|word| text.contains(word))
    });
    let replies = replies.into_iter().map(with_words).collect();
    Ok(Replies { seq, replies })
}

/// The replies as they would be inserted into a conversation.
///
/// # Errors
/// [`Error::NotFound`] for the conversation.
pub async fn filled(
    c: &mut Conn,
    viewer: &Viewer,
    conversation: ConversationId,
) -> Result<Vec<Reply>, Error> {
    let found = conversations::find(c, viewer.workspace, conversation).await?;
    let contact = found.ok_or(Error::NotFound)?.contact;
    let sql = "select p.name, p.email, (select y.name from memberships m join companies y on y.workspace_id = m.workspace_id \
               and y.id = m.company_id where m.workspace_id = p.workspace_id and m.contact_id = p.id and m.left_at = 0 \
               order by m.joined_at, m.company_id limit 1) from contacts p where p.workspace_id = $1 and p.id = $2";
    type Row = (Option<String>, Option<String>, Option<String>);
    let (name, email, company): Row = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql).bind(viewer.workspace).bind(contact).fetch_one(x)
    })?;
    let values = Values { name, email, company, my_name: viewer.name.clone() };
    let replies = all(c, viewer.workspace, "").await?.replies;
    let filled = |r: Reply| with_words(Reply { body: values.fill(&r.body), ..r });
    Ok(replies.into_iter().map(filled).collect())
}

fn with_words(reply: Reply) -> Reply {
    Reply { words: markdown::words(&reply.body), ..reply }
}

/// Makes a reply. The same name and text again change nothing, so that an undo may be repeated.
///
/// # Errors
/// [`Error::Invalid`] for name and text, [`Error::Conflict`] for a name that another reply has.
pub async fn make(w: &mut Write<'_>, name: &str, body: &str) -> Result<ReplyId, Error> {
    let (name, body) = clean(name, body)?;
    if let Some(other) = named(w, &name).await? {
        return if other.body == body { Ok(other.id) } else { Err(taken(&other.name)) };
    }
    let id = ReplyId(w.app.db.next_id()?);
    let sql = "insert into saved_replies (workspace_id, id, name, name_key, body, created_by, created_at, updated_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $7)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(&name)
            .bind(name.to_lowercase())
            .bind(&body)
            .bind(w.actor)
            .bind(w.now)
            .execute(c)
    })?;
    w.log(Entry::of_workspace(Action::ReplyMade, w.now, json!({ "name": name })));
    Ok(id)
}

/// Changes a reply.
///
/// # Errors
/// As [`make`], and [`Error::NotFound`] for the reply.
pub async fn edit(w: &mut Write<'_>, id: ReplyId, name: &str, body: &str) -> Result<(), Error> {
    let (name, body) = clean(name, body)?;
    if let Some(other) = named(w, &name).await?.filter(|other| other.id != id) {
        return Err(taken(&other.name));
    }
    let sql = "update saved_replies set name = $3, name_key = $4, body = $5, updated_at = $6 where workspace_id = $1 and id = $2";
    let changed: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(&name)
            .bind(name.to_lowercase())
            .bind(&body)
            .bind(w.now)
            .execute(c)
    })?;
    if changed.0 == 0 {
        return Err(Error::NotFound);
    }
    w.log(Entry::of_workspace(Action::ReplyChanged, w.now, json!({ "name": name })));
    Ok(())
}

/// Deletes a reply; answers what it was, with which it can be made again.
///
/// # Errors
/// [`Error::NotFound`] for the reply.
pub async fn delete(w: &mut Write<'_>, id: ReplyId) -> Result<Reply, Error> {
    let sql =
        "delete from saved_replies where workspace_id = $1 and id = $2 returning id, name, body";
    let gone: Option<Reply> = run!(w.conn, |c| {
        sqlx::query_as::<_, Reply>(sql).bind(w.workspace).bind(id).fetch_optional(c)
    })?;
    let gone = gone.ok_or(Error::NotFound)?;
    w.log(Entry::of_workspace(Action::ReplyDeleted, w.now, json!({ "name": gone.name })));
    Ok(gone)
}

async fn named(w: &mut Write<'_>, name: &str) -> Result<Option<Reply>, Error> {
    let sql = "select id, name, body from saved_replies where workspace_id = $1 and name_key = $2";
    run!(w.conn, |c| {
        sqlx::query_as::<_, Reply>(sql)
            .bind(w.workspace)
            .bind(name.to_lowercase())
            .fetch_optional(c)
    })
}

fn taken(name: &str) -> Error {
    Error::Conflict(format!("There is a reply called {name} already. Choose another name"))
}
