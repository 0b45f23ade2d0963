//! A line of the log, and whom it concerns.

use crate::audit::Action;
use crate::id::{CompanyId, ContactId, ConversationId};
use crate::live::Topic;
use crate::stream::{Facet, Kind};
use crate::time::Time;

/// One line of the activity log.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What happened.
    pub kind: Kind,
    /// When, by the sender's account.
    pub occurred_at: Time,
    /// The person it happened to; 0 where it concerns a company or the workspace alone.
    pub contact: ContactId,
    /// The company it is about, or 0. The companies of the person see the entry without being named.
    pub company: CompanyId,
    /// The tag, event name, note or conversation it is about, or 0.
    pub ref_id: i64,
    /// The rest.
    pub data: serde_json::Value,
}

impl Entry {
    /// Something that happened to a person.
    pub const fn of_contact(
        kind: Kind,
        occurred_at: Time,
        contact: ContactId,
        ref_id: i64,
        data: serde_json::Value,
    ) -> Self {
        Self { kind, occurred_at, contact, company: CompanyId(0), ref_id, data }
    }

    /// Something that happened to a company itself.
    pub const fn of_company(
        kind: Kind,
        occurred_at: Time,
        company: CompanyId,
        ref_id: i64,
        data: serde_json::Value,
    ) -> Self {
        Self { kind, occurred_at, contact: ContactId(0), company, ref_id, data }
    }

    /// A change of the workspace itself, for the audit page.
    /// `data` holds names of settings and teammates, never a customer's personal data.
    pub fn of_workspace(action: Action, occurred_at: Time, mut data: serde_json::Value) -> Self {
        if let Some(object) = data.as_object_mut() {
            object.insert("action".into(), action.word().into());
        }
        Self {
            kind: Kind::Setting,
            occurred_at,
            contact: ContactId(0),
            company: CompanyId(0),
            ref_id: 0,
            data,
        }
    }
}

/// What an entry touches: who shows the person, the company or the workspace.
pub(crate) fn topics_of(
    kind: Kind,
    contact: ContactId,
    company: CompanyId,
    ref_id: i64,
) -> impl Iterator<Item = Topic> {
    let person = (contact.0 > 0).then_some([Topic::Contact(contact), Topic::People]);
    let company = (company.0 > 0).then_some([Topic::Company(company), Topic::Companies]);
    let workspace = (kind == Kind::Setting).then_some(Topic::Workspace);
    let talk = (kind.facet() == Facet::Conversation)
        .then_some([Topic::Conversation(ConversationId(ref_id)), Topic::Inbox]);
    // What the team does among itself is no news to the person, not even that something was done.
    let theirs = matches!(
        kind,
        Kind::MessageSent
            | Kind::MessageReceived
            | Kind::ConversationClosed
            | Kind::ConversationReopened
    );
    let theirs = (theirs && contact.0 > 0).then_some(Topic::Messenger(contact));
    let pairs = person.into_iter().chain(company).chain(talk).flatten();
    let segments = (kind.facet() == Facet::Segment).then_some(Topic::Segments);
    // Whoever is named finds it in the inbox, and hears of it there after a pause of the connection.
    let named = (kind == Kind::NoteMentioned).then_some(Topic::Inbox);
    pairs.chain(workspace).chain(theirs).chain(segments).chain(named)
}

/// Whether a change of a topic can move a conversation into or out of a list of the inbox.
pub(super) const fn moves_lists(topic: &Topic) -> bool {
    matches!(topic, Topic::Inbox | Topic::Conversation(_) | Topic::Segments | Topic::Workspace)
}
