//! What was said, in the shapes of Intercom's `conversation_part` and `source`.

use serde_json::{Value, json};

use crate::attachments::Attachment;
use crate::contacts::public_id;
use crate::id::{ContactId, ConversationId, PartId};
use crate::time::Time;
use crate::ui::markdown;

/// How texts are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// As safe HTML.
    Html,
    /// As they were typed.
    Plain,
}

/// A part with its author.
#[derive(Debug, sqlx::FromRow)]
pub struct Said {
    /// In which conversation.
    pub conversation_id: ConversationId,
    /// Its number.
    pub id: PartId,
    kind: String,
    author_kind: String,
    author_id: i64,
    name: Option<String>,
    email: Option<String>,
    role: Option<String>,
    body: String,
    /// When it was said.
    pub created_at: Time,
    edited_at: Time,
    deleted_at: Time,
}

/// The columns of a [`Said`], of `parts p` with [`AUTHORS`].
pub const SAID: &str = "p.conversation_id, p.id, p.kind, p.author_kind, p.author_id, coalesce(t.name, x.name) as name, \
                    coalesce(t.email, x.email) as email, x.role, p.body, p.created_at, p.edited_at, p.deleted_at";
/// Joins the authors of `parts p`.
pub const AUTHORS: &str = "left join teammates t on t.workspace_id = p.workspace_id and p.author_kind = 'teammate' and t.id = p.author_id \
                       left join contacts x on x.workspace_id = p.workspace_id and p.author_kind = 'contact' and x.id = p.author_id";

fn author(part: &Said) -> Value {
    let (kind, id) = match (part.author_kind.as_str(), part.author_id) {
        ("contact", id) => (part.role.as_deref().unwrap_or("user"), public_id(ContactId(id))),
        // The customer's product, which is nobody who works here.
        (_, 0) => ("bot", "0".to_owned()),
        (_, id) => ("admin", id.to_string()),
    };
    json!({ "type": kind, "id": id, "name": part.name, "email": part.email })
}

fn files(files: &[Attachment]) -> Value {
    let one = |file: &Attachment| {
        json!({
            "type": "upload",
            "id": file.id.to_string(),
            "name": file.name,
            "url": format!("/api/attachments/{}", file.id),
            "filesize": file.size,
            "width": Some(file.width).filter(|w| *w > 0),
            "height": Some(file.height).filter(|h| *h > 0),
        })
    };
    files.iter().map(one).collect()
}

fn body(part: &Said, body: Body) -> Value {
    match body {
        _ if part.deleted_at.0 > 0 => Value::Null,
        Body::Html => markdown::render(&part.body).into(),
        Body::Plain => part.body.clone().into(),
    }
}

/// A part, with its files.
pub fn part(said: &Said, with: &[Attachment], texts: Body) -> Value {
    let changed = said.edited_at.max(said.deleted_at).max(said.created_at);
    json!({
        "type": "conversation_part",
        "id": said.id.to_string(),
        "part_type": if said.kind == "note" { "note" } else { "comment" },
        "body": body(said, texts),
        "created_at": said.created_at.seconds(),
        "updated_at": changed.seconds(),
        "notified_at": said.created_at.seconds(),
        "assigned_to": null,
        "author": author(said),
        "attachments": files(with),
        "external_id": null,
        "redacted": said.deleted_at.0 > 0,
    })
}

/// How a conversation began, besides what was said.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// What carries it: `messenger` or `email`.
    pub channel: &'a str,
    /// What an e-mail was about.
    pub subject: &'a str,
    /// Whether it went out by itself, to all whom a rule holds for.
    pub is_automated: bool,
}

/// The part that a conversation began with. A search asks for the same, see `first.rs`.
pub fn source(first: &Said, origin: Origin<'_>, with: &[Attachment], texts: Body) -> Value {
    let by = match first.author_kind.as_str() {
        "contact" => "customer_initiated",
        _ if origin.is_automated => "automated",
        _ => "admin_initiated",
    };
    json!({
        "type": if origin.channel == "email" { "email" } else { "conversation" },
        "id": first.id.to_string(),
        "delivered_as": by,
        "subject": origin.subject,
        "body": body(first, texts),
        "author": author(first),
        "attachments": files(with),
        "url": null,
        "redacted": first.deleted_at.0 > 0,
    })
}
