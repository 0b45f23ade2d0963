//! What a webhook is told, in the shapes of the REST API.

use serde_json::{Value, json};

use super::topic::Line;
use crate::companies;
use crate::contacts::{self, of_public_id, public_id};
use crate::conversations;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, ConversationId, NoteId, WebhookId, WorkspaceId};
use crate::notes;
use crate::run;
use crate::server::db::Conn;
use crate::time::Time;

/// What tells a notification from all others, the same at each try.
pub fn id_of(webhook: WebhookId, seq: i64) -> String {
    if seq < 0 { format!("notif_{webhook}_test{}", -seq) } else { format!("notif_{webhook}_{seq}") }
}

/// Intercom's `notification_event`.
pub struct Notification<'a> {
    /// The workspace's name in public.
    pub app_id: &'a str,
    /// What tells it from all others.
    pub id: String,
    /// What it is about.
    pub topic: &'a str,
    /// When that happened.
    pub at: Time,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// When it was tried first.
    pub first: Time,
}

impl Notification<'_> {
    /// The whole body of the request.
    pub fn body(&self, item: &Value) -> String {
        json!({
            "type": "notification_event",
            "app_id": self.app_id,
            "id": self.id,
            "topic": self.topic,
            "data": { "type": "notification_event_data", "item": item },
            "links": {},
            "self": null,
            "delivery_status": "pending",
            "delivery_attempts": self.attempts,
            "delivered_at": 0,
            "first_sent_at": self.first.seconds(),
            "created_at": self.at.seconds(),
        })
        .to_string()
    }
}

/// What Intercom says in a test.
pub fn ping() -> Value {
    json!({ "type": "ping", "message": "This is a test from Rapport" })
}

/// Whom a line is about, so that what is kept of it goes with them. Who names somebody in a note tells it to nobody's stream: it is about whose
/// note that is.
pub fn whose(line: &Line, item: &Value) -> ContactId {
    if line.contact_id.0 > 0 {
        return line.contact_id;
    }
    let of_note = item.pointer("/note/contact/id");
    let of_talk = || item.pointer("/conversation/contacts/contacts/0/id");
    let id = of_note.or_else(of_talk).and_then(Value::as_str);
    id.and_then(|id| of_public_id(id).ok()).unwrap_or(line.contact_id)
}

/// What a line is about, as it is now; nothing where it is not there any more.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn item(
    c: &mut Conn,
    workspace: WorkspaceId,
    app_id: &str,
    topic: &str,
    line: &Line,
) -> Result<Option<Value>, Error> {
    let said = line.said();
    let at = line.occurred_at.seconds();
    let of = |kind: &str, more: Value| {
        let mut whole = more;
        whole["type"] = kind.into();
        whole["created_at"] = at.into();
        Some(whole)
    };
    let id = |name: &str| said[name].as_i64().unwrap_or_default();
    match topic {
        "contact.deleted" => {
            let id = public_id(ContactId(id("contact")));
            return Ok(Some(json!({ "type": "contact", "id": id, "deleted": true })));
        }
        "company.deleted" => {
            let id = id("company").to_string();
            return Ok(Some(json!({ "type": "company", "id": id, "deleted": true })));
        }
        "workspace.updated" => {
            let admin = Some(line.actor_id.0).filter(|id| *id > 0).map(|id| id.to_string());
            return Ok(of("workspace_change", json!({ "admin_id": admin, "change": said })));
        }
        _ => {}
    }
    if topic.starts_with("conversation.") {
        let part = Some(id("part")).filter(|part| *part > 0);
        let id = ConversationId(line.ref_id);
        return conversations::notified(c, workspace, id, part).await;
    }
    if topic == "note.mentioned" && id("part") > 0 {
        let (talk, part) = (ConversationId(line.ref_id), Some(id("part")));
        let talk = conversations::notified(c, workspace, talk, part).await?;
        let admin = id("to").to_string();
        let about = |talk| of("note_mention", json!({ "admin_id": admin, "conversation": talk }));
        return Ok(talk.and_then(about));
    }
    if topic.starts_with("note.") {
        let Some(note) = notes::find(c, workspace, NoteId(line.ref_id)).await? else {
            let id = line.ref_id.to_string();
            return Ok(Some(json!({ "type": "note", "id": id, "deleted": true })));
        };
        let note = notes::to_json(&note);
        if topic != "note.mentioned" {
            return Ok(Some(note));
        }
        let admin = id("to").to_string();
        return Ok(of("note_mention", json!({ "admin_id": admin, "note": note })));
    }
    let person = match line.contact_id {
        ContactId(0) => None,
        id => match contacts::record(c, workspace, id).await? {
            Some(record) => Some(record),
            None => return Ok(None),
        },
    };
    let company = match line.company_id {
        CompanyId(0) => None,
        id => match companies::to_json(c, workspace, app_id, id).await? {
            Some(company) => Some(company),
            None => return Ok(None),
        },
    };
    let contact = person.as_ref().map(|person| person.to_json(app_id));
    Ok(match (topic, contact, company) {
        ("event.created", Some(_), _) => {
            let name = event_name(c, workspace, line.ref_id).await?;
            let person = person.map(|person| person.contact);
            person.map(|person| {
                json!({
                    "type": "event",
                    "id": line.seq.to_string(),
                    "event_name": name,
                    "created_at": at,
                    "email": person.email,
                    "user_id": person.external_id,
                    "intercom_user_id": public_id(person.id),
                    "metadata": said,
                })
            })
        }
        ("contact.session.started", Some(contact), _) => {
            of("contact_session", json!({ "contact": contact }))
        }
        ("company.contact.attached" | "company.contact.detached", Some(contact), Some(company)) => {
            of("company_contact", json!({ "contact": contact, "company": company }))
        }
        ("company.health.updated", _, Some(company)) => {
            of("company_health", json!({ "company": company, "change": said }))
        }
        ("contact.subscribed" | "contact.unsubscribed", Some(contact), _) => {
            let about = json!({ "type": "subscription", "id": line.ref_id.to_string(), "name": said["name"] });
            of("contact_subscription", json!({ "contact": contact, "subscription": about }))
        }
        ("contact.email.sent", Some(contact), _) => {
            let message =
                json!({ "type": "message", "id": line.ref_id.to_string(), "name": said["name"] });
            of("contact_email", json!({ "contact": contact, "message": message }))
        }
        (topic, contact, company) => {
            let kind = if topic.contains(".tag.") {
                Some("tag")
            } else if topic.contains(".segment.") {
                Some("segment")
            } else {
                None
            };
            let (owner, whole) = match (contact, company) {
                (Some(contact), _) => ("contact", contact),
                (None, Some(company)) => ("company", company),
                (None, None) => return Ok(None),
            };
            match kind {
                Some(kind) => {
                    let mut about = json!({ "type": kind, "id": line.ref_id.to_string(), "name": said["name"] });
                    if kind == "segment" {
                        about["why"] = said["why"].clone();
                    }
                    let mut both = json!({});
                    (both[kind], both[owner]) = (about, whole);
                    of(&format!("{owner}_{kind}"), both)
                }
                None => Some(whole),
            }
        }
    })
}

async fn event_name(c: &mut Conn, workspace: WorkspaceId, id: i64) -> Result<String, Error> {
    let sql = "select name from event_names where workspace_id = $1 and id = $2";
    let found: Option<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql).bind(workspace).bind(id).fetch_optional(x)
    })?;
    Ok(found.map(|(name,)| name).unwrap_or_default())
}
