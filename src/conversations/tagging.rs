//! Tags of conversations.

use std::collections::HashMap;

use serde_json::json;

use super::reading;
use super::store::log;
use crate::error::Error;
use crate::id::{ConversationId, TagId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Conn, Write};
use crate::stream::Kind;
use crate::tags;

/// Tags a conversation; makes the tag when no tag has that name in any case. Answers the tag where it was not there.
///
/// # Errors
/// [`Error::NotFound`] for the conversation, [`Error::Invalid`] for the name.
pub async fn tag(
    w: &mut Write<'_>,
    id: ConversationId,
    name: &str,
) -> Result<Option<TagId>, Error> {
    let found = reading::find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    let (tag, name) = tags::make(w, name).await?;
    let sql = "insert into taggings (workspace_id, owner_kind, owner_id, tag_id, tagged_at, tagged_by) \
               values ($1, 'conversation', $2, $3, $4, $5) on conflict (workspace_id, owner_kind, owner_id, tag_id) do nothing";
    let added: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(tag).bind(w.now).bind(w.actor).execute(c)
    })?;
    if added.0 == 0 {
        return Ok(None);
    }
    log(w, Kind::ConversationTagged, found.contact, id, json!({ "name": name, "tag": tag }));
    Ok(Some(tag))
}

/// Takes a tag off a conversation; answers whether it was there.
///
/// # Errors
/// [`Error::NotFound`] for the conversation or the tag.
pub async fn untag(w: &mut Write<'_>, id: ConversationId, tag: TagId) -> Result<bool, Error> {
    let found = reading::find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    let name = name_of(&mut w.conn, w.workspace, tag).await?.ok_or(Error::NotFound)?;
    let sql = "delete from taggings where workspace_id = $1 and owner_kind = 'conversation' and owner_id = $2 and tag_id = $3";
    let gone: Changed =
        run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).bind(tag).execute(c))?;
    if gone.0 > 0 {
        let data = json!({ "name": name, "tag": tag });
        log(w, Kind::ConversationUntagged, found.contact, id, data);
    }
    Ok(gone.0 > 0)
}

/// What a tag is called.
pub(super) async fn name_of(
    c: &mut Conn,
    workspace: WorkspaceId,
    tag: TagId,
) -> Result<Option<String>, Error> {
    let sql = "select name from tags where workspace_id = $1 and id = $2";
    let found: Option<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql).bind(workspace).bind(tag).fetch_optional(x)
    })?;
    Ok(found.map(|(name,)| name))
}

/// The tags of conversations, each by name.
pub async fn tags_of(
    c: &mut Conn,
    workspace: WorkspaceId,
    conversations: &[ConversationId],
) -> Result<HashMap<ConversationId, Vec<(TagId, String)>>, Error> {
    if conversations.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<_> = conversations.iter().map(|id| [id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let found = tags::of_many(c, workspace, "conversation", &ids).await?;
    Ok(found.into_iter().map(|(id, tags)| (ConversationId(id), tags)).collect())
}
