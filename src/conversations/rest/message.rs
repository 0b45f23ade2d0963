//! A teammate writes first: in the Messenger, or by e-mail.

use axum::Json;
use serde_json::{Map, Value, json};

use super::writing::{admin, client_id, person, said, text};
use super::{Answer, files};
use crate::conversations::{self, Words};
use crate::error::Error;
use crate::id::{ContactId, TeammateId};
use crate::notes::from_html;
use crate::outbound::{self, SUBJECT, Written};
use crate::rest::{self, Caller, Sent};

/// `POST /api/messages`: a teammate writes to someone, in the Messenger, where it waits until something carries it, or by e-mail.
pub async fn message(caller: Caller, Sent(sent): Sent) -> Answer {
    let kind = rest::text(&sent, "message_type", 20)?.unwrap_or_default();
    let by_mail = match kind.as_str() {
        "in_app" | "inapp" => false,
        "email" => true,
        _ => return Err(Error::invalid("message_type", "send in_app or email").into()),
    };
    if !files::read(&sent)?.is_empty() {
        let message = match by_mail {
            true => {
                "an e-mail from here has no files: those of a message of outbound are attached by POST /outbound/{id}/files"
            }
            false => "files are sent in a reply. Send the message first",
        };
        return Err(Error::invalid("attachment_files", message).into());
    }
    let to = person(&caller, &sent, "to").await?;
    let from = rest::object(&sent, "from")?;
    if from.get("type").and_then(Value::as_str) != Some("admin") {
        return Err(Error::invalid("from.type", "send admin").into());
    }
    let by = admin(&caller, &from, "id").await.map_err(|error| error.of_field("from.id"))?;
    let body = from_html(&text(&sent, &[])?);
    if by_mail {
        return email(&caller, by, to.id, &sent, &body).await;
    }
    let client_id = client_id(&sent)?;
    let mut w = caller.write_as(by).await?;
    let id = conversations::start(&mut w, to.id, Words::new(&body, &client_id)).await?;
    w.commit().await?;
    said(&caller, id, &client_id, "admin_message").await
}

/// A teammate writes an e-mail to someone: a message of outbound, whose id is answered. No conversation begins by it.
async fn email(
    caller: &Caller,
    by: TeammateId,
    to: ContactId,
    sent: &Map<String, Value>,
    body: &str,
) -> Answer {
    let template = rest::text(sent, "template", 20)?.unwrap_or_default();
    if !matches!(template.as_str(), "" | "plain" | "personal") {
        return Err(Error::invalid("template", "send plain or personal").into());
    }
    // Left out in silence, somebody would wait for what never comes.
    for field in ["cc", "bcc"] {
        let named = sent.get(field).is_some_and(|all| !all.is_null() && all != &json!([]));
        if named {
            let message = "an e-mail from here goes to one person: send each their own";
            return Err(Error::invalid(field, message).into());
        }
    }
    let begins = "create_conversation_without_contact_reply";
    if rest::boolean(sent, begins)? == Some(true) {
        let message = "an e-mail begins no conversation here: leave it out, or send in_app";
        return Err(Error::invalid(begins, message).into());
    }
    let subject = rest::text(sent, "subject", SUBJECT)?.unwrap_or_default();
    let client_id = rest::text(sent, "client_id", 90)?.filter(|id| !id.is_empty());
    let mut w = caller.write_as(by).await?;
    let written = Written { to, subject: &subject, body, client_id: client_id.as_deref() };
    let id = outbound::write_to(&mut w, &written).await?;
    w.commit().await?;
    let mut c = caller.app.db.read().await?;
    let row = outbound::find(&mut c, caller.workspace, id).await?.ok_or(Error::NotFound)?;
    Ok(Json(json!({
        "type": "admin_message",
        "id": id.to_string(),
        "created_at": row.started_at.seconds(),
        "subject": row.subject,
        "body": crate::ui::markdown::render(&row.body),
        "message_type": "email",
        "conversation_id": null,
    })))
}
