//! Which topic a line of the log is of.

use serde_json::Value;

use crate::error::Error;
use crate::id::{CompanyId, ContactId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;
use crate::stream::Kind;
use crate::time::Time;

/// A line of the log.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Line {
    /// Its number.
    pub seq: i64,
    /// When it happened.
    pub occurred_at: Time,
    /// What it says.
    pub kind: String,
    /// The person, or 0.
    pub contact_id: ContactId,
    /// The company, or 0.
    pub company_id: CompanyId,
    /// The teammate who did it, or 0.
    pub actor_id: TeammateId,
    /// The tag, event name, note, segment, message or conversation, or 0.
    pub ref_id: i64,
    /// The rest, as JSON.
    pub data: String,
}

const COLUMNS: &str = "seq, occurred_at, kind, contact_id, company_id, actor_id, ref_id, data";

impl Line {
    /// The lines after a number, in order.
    pub async fn after(
        c: &mut Conn,
        workspace: WorkspaceId,
        seq: i64,
        limit: i64,
    ) -> Result<Vec<Self>, Error> {
        let sql = const_format::formatcp!(
            "select {COLUMNS} from activity where workspace_id = $1 and seq > $2 order by seq limit $3"
        );
        run!(c, |x| {
            sqlx::query_as::<_, Self>(sql).bind(workspace).bind(seq).bind(limit).fetch_all(x)
        })
    }

    /// The line with a number.
    pub async fn find(
        c: &mut Conn,
        workspace: WorkspaceId,
        seq: i64,
    ) -> Result<Option<Self>, Error> {
        let sql = const_format::formatcp!(
            "select {COLUMNS} from activity where workspace_id = $1 and seq = $2"
        );
        run!(c, |x| sqlx::query_as::<_, Self>(sql).bind(workspace).bind(seq).fetch_optional(x))
    }

    /// The rest of what it says.
    pub fn said(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_default()
    }

    /// What it is about, or nothing where the person or company is not there any more.
    pub async fn topic(
        &self,
        c: &mut Conn,
        workspace: WorkspaceId,
    ) -> Result<Option<&'static str>, Error> {
        let Some(kind) = Kind::from_word(&self.kind) else { return Ok(None) };
        let person = self.contact_id.0 > 0;
        let both = |of_person, of_company| Some(if person { of_person } else { of_company });
        Ok(match kind {
            Kind::Event => Some("event.created"),
            Kind::SessionStarted => Some("contact.session.started"),
            Kind::ContactCreated => {
                self.by_role(c, workspace, ["contact.user.created", "contact.lead.created"]).await?
            }
            Kind::AttributesChanged => {
                self.by_role(c, workspace, ["contact.user.updated", "contact.lead.updated"]).await?
            }
            Kind::TagAdded if person => {
                let topics = ["contact.user.tag.created", "contact.lead.tag.created"];
                self.by_role(c, workspace, topics).await?
            }
            Kind::TagRemoved if person => {
                let topics = ["contact.user.tag.deleted", "contact.lead.tag.deleted"];
                self.by_role(c, workspace, topics).await?
            }
            Kind::TagAdded => Some("company.tag.created"),
            Kind::TagRemoved => Some("company.tag.deleted"),
            Kind::ContactMerged => Some("contact.merged"),
            Kind::ContactArchived => Some("contact.archived"),
            Kind::ContactUnarchived => Some("contact.unarchived"),
            Kind::ContactBlocked => Some("contact.blocked"),
            Kind::ContactUnblocked => Some("contact.unblocked"),
            Kind::CompanyCreated => Some("company.created"),
            Kind::CompanyChanged => Some("company.updated"),
            Kind::CompanyMerged => Some("company.merged"),
            Kind::CompanyHealthChanged => Some("company.health.updated"),
            Kind::CompanyJoined => Some("company.contact.attached"),
            Kind::CompanyLeft => Some("company.contact.detached"),
            Kind::SegmentEntered => both("contact.segment.entered", "company.segment.entered"),
            Kind::SegmentLeft => both("contact.segment.left", "company.segment.left"),
            Kind::NoteAdded => Some("note.created"),
            Kind::NoteEdited => Some("note.updated"),
            Kind::NoteDeleted => Some("note.deleted"),
            Kind::NoteRestored => Some("note.restored"),
            Kind::NoteMentioned => Some("note.mentioned"),
            Kind::EmailSent => Some("contact.email.sent"),
            Kind::Subscribed => Some("contact.subscribed"),
            Kind::Unsubscribed => Some("contact.unsubscribed"),
            Kind::MessageReceived => {
                let begins = self.begins(c, workspace).await?;
                Some(
                    ["conversation.user.replied", "conversation.user.created"][usize::from(begins)],
                )
            }
            Kind::MessageSent => {
                let begins = self.begins(c, workspace).await?;
                let topics = ["conversation.admin.replied", "conversation.admin.single.created"];
                Some(topics[usize::from(begins)])
            }
            Kind::ConversationNoted => Some("conversation.admin.noted"),
            Kind::ConversationNoteEdited => Some("conversation.note.updated"),
            Kind::ConversationNoteDeleted => Some("conversation.note.deleted"),
            Kind::ConversationNoteRestored => Some("conversation.note.restored"),
            Kind::ConversationAssigned | Kind::ConversationTeamAssigned => {
                Some("conversation.admin.assigned")
            }
            Kind::ConversationClosed => Some("conversation.admin.closed"),
            Kind::ConversationReopened => Some("conversation.admin.opened"),
            Kind::ConversationSnoozed => Some("conversation.admin.snoozed"),
            Kind::ConversationWoken => Some("conversation.admin.unsnoozed"),
            Kind::ConversationPrioritized | Kind::ConversationUnprioritized => {
                Some("conversation.priority.updated")
            }
            Kind::ConversationTagged => Some("conversation.tag.created"),
            Kind::ConversationUntagged => Some("conversation.tag.deleted"),
            Kind::Setting => Some(match self.said()["action"].as_str() {
                Some("contact_deleted") => "contact.deleted",
                Some("company_deleted") => "company.deleted",
                _ => "workspace.updated",
            }),
        })
    }

    /// The first topic for a user, the second for a lead, none for who is not there any more.
    async fn by_role(
        &self,
        c: &mut Conn,
        workspace: WorkspaceId,
        topics: [&'static str; 2],
    ) -> Result<Option<&'static str>, Error> {
        let sql = "select p.role from contacts o join contacts p on p.workspace_id = o.workspace_id \
                   and p.id = case when o.merged_into > 0 then o.merged_into else o.id end where o.workspace_id = $1 and o.id = $2";
        let found: Option<(String,)> = run!(c, |x| {
            sqlx::query_as::<_, (String,)>(sql)
                .bind(workspace)
                .bind(self.contact_id)
                .fetch_optional(x)
        })?;
        Ok(found.map(|(role,)| topics[usize::from(role == "lead")]))
    }

    /// Whether what was said began its conversation.
    async fn begins(&self, c: &mut Conn, workspace: WorkspaceId) -> Result<bool, Error> {
        let part = self.said()["part"].as_i64().unwrap_or_default();
        let sql = "select coalesce(min(id), 0) from parts where workspace_id = $1 and conversation_id = $2";
        let (first,): (i64,) = run!(c, |x| {
            sqlx::query_as::<_, (i64,)>(sql).bind(workspace).bind(self.ref_id).fetch_one(x)
        })?;
        Ok(part > 0 && part == first)
    }
}
