//! Files of a person: uploaded from the Messenger, and those that the team sent them.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::session::Person;
use super::talk;
use crate::attachments::{self, Uploader};
use crate::error::Error;
use crate::id::{AttachmentId, ContactId, ConversationId, WorkspaceId};
use crate::rest::Refused;
use crate::run;
use crate::server::db::Conn;

/// What is said of a file beside its bytes.
#[derive(Deserialize)]
pub struct About {
    name: Option<String>,
    conversation: Option<i64>,
}

/// Takes a file in, which waits for a day to be sent. Its bytes are the body.
pub async fn upload(
    person: Person,
    Query(about): Query<About>,
    body: Body,
) -> Result<Json<Value>, Refused> {
    if !person.app.messengers.message(person.contact) {
        return Err(Error::TooMany.into());
    }
    let conversation = ConversationId(about.conversation.unwrap_or_default());
    if conversation.0 != 0 {
        let mut c = person.app.db.read().await?;
        let whose = talk::contact_of(&mut c, person.workspace, conversation).await?;
        whose.filter(|whose| *whose == person.contact).ok_or(Error::NotFound)?;
    }
    let name = about.name.filter(|name| !name.contains('\0')).unwrap_or_default();
    let uploader = Uploader::Contact(person.contact);
    let (app, workspace) = (&person.app, person.workspace);
    let bytes = body.into_data_stream();
    let file = attachments::take(app, workspace, uploader, conversation, &name, bytes).await?;
    Ok(Json(json!(file)))
}

/// A file of what was said to the person or by them. Those of the team's notes are nobody's here.
pub async fn read(person: Person, Path(id): Path<String>) -> Result<Response, Refused> {
    let id = id.parse::<AttachmentId>().map_err(|_| Error::NotFound)?;
    let mut c = person.app.db.read().await?;
    if !is_said(&mut c, person.workspace, person.contact, id).await? {
        return Err(Error::NotFound.into());
    }
    let file = attachments::open(&mut c, person.workspace, id).await?.ok_or(Error::NotFound)?;
    drop(c);
    Ok(attachments::respond(&person.app, &file).await?)
}

/// Whether a file came with a message of a conversation of this person.
async fn is_said(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
    id: AttachmentId,
) -> Result<bool, Error> {
    let sql = "select a.id from attachments a join parts p on p.workspace_id = a.workspace_id \
               and p.conversation_id = a.conversation_id and p.id = a.part_id and p.kind = 'message' and p.deleted_at = 0 \
               join conversations v on v.workspace_id = a.workspace_id and v.id = a.conversation_id \
               where a.workspace_id = $1 and a.id = $2 and v.contact_id = $3 \
               union all select a.id from attachments a join conversations v on v.workspace_id = a.workspace_id and v.contact_id = $3 \
               join parts p on p.workspace_id = v.workspace_id and p.conversation_id = v.id and p.message_id = a.part_id \
               and p.kind = 'message' and p.deleted_at = 0 \
               where a.workspace_id = $1 and a.id = $2 and a.conversation_id = 0 and a.part_id > 0 limit 1";
    let found: Option<(AttachmentId,)> = run!(c, |x| {
        sqlx::query_as::<_, (AttachmentId,)>(sql)
            .bind(workspace)
            .bind(id)
            .bind(contact)
            .fetch_optional(x)
    })?;
    Ok(found.is_some())
}
