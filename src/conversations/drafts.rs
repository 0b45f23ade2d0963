//! What teammates have begun to write, kept so that it survives a reload and is there on another device.

use super::{Draft, LONGEST, PartKind, reading};
use crate::error::Error;
use crate::id::{ConversationId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Conn, Write};

/// What a teammate has begun to write in a conversation, one draft a kind. The caller has found the conversation.
pub async fn drafts(
    c: &mut Conn,
    workspace: WorkspaceId,
    teammate: TeammateId,
    conversation: ConversationId,
) -> Result<Vec<Draft>, Error> {
    let sql = "select kind, body, version from drafts where workspace_id = $1 and teammate_id = $2 and conversation_id = $3 \
               order by kind";
    type Row = (String, String, i64);
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql).bind(workspace).bind(teammate).bind(conversation).fetch_all(x)
    })?;
    let draft = |(kind, body, version): Row| Draft {
        kind: if kind == "note" { PartKind::Note } else { PartKind::Message },
        body,
        version,
    };
    Ok(rows.into_iter().map(draft).collect())
}

/// Saves what the one who acts is typing over the version that it was made from. Answers the draft as it is then:
/// theirs when it was saved, and the one of another device, untouched, when that was saved meanwhile.
/// An empty text is saved too, so that versions go on counting.
///
/// # Errors
/// [`Error::NotFound`] for the conversation, [`Error::Invalid`] for more than 100,000 characters and for NUL.
pub async fn save_draft(
    w: &mut Write<'_>,
    conversation: ConversationId,
    draft: &Draft,
) -> Result<(Draft, bool), Error> {
    if draft.body.chars().count() > LONGEST || draft.body.contains('\0') {
        return Err(Error::invalid("body", "write at most 100,000 characters of plain text"));
    }
    reading::find(&mut w.conn, w.workspace, conversation).await?.ok_or(Error::NotFound)?;
    let sql = "insert into drafts (workspace_id, teammate_id, conversation_id, kind, body, version, updated_at) \
               values ($1, $2, $3, $4, $5, 1, $6) on conflict (workspace_id, teammate_id, conversation_id, kind) \
               do update set body = excluded.body, version = drafts.version + 1, updated_at = excluded.updated_at \
               where drafts.version = $7 or drafts.body = '' or drafts.body = excluded.body";
    let saved: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(w.actor)
            .bind(conversation)
            .bind(draft.kind.word())
            .bind(&draft.body)
            .bind(w.now)
            .bind(draft.version)
            .execute(c)
    })?;
    let all = drafts(&mut w.conn, w.workspace, w.actor, conversation).await?;
    let now = all.into_iter().find(|d| d.kind == draft.kind).ok_or(Error::Internal)?;
    Ok((now, saved.0 > 0))
}

/// Empties the draft of what was just said.
pub(super) async fn said(
    w: &mut Write<'_>,
    conversation: ConversationId,
    kind: PartKind,
    body: &str,
) -> Result<(), Error> {
    let sql = "update drafts set body = '', version = version + 1, updated_at = $5 where workspace_id = $1 \
               and teammate_id = $2 and conversation_id = $3 and kind = $4 and trim(body) = $6";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(w.actor)
            .bind(conversation)
            .bind(kind.word())
            .bind(w.now)
            .bind(body)
            .execute(c)
    })?;
    Ok(())
}
