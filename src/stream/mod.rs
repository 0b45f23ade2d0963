//! The stream: everything that happened with someone, newest first, grouped by day.

pub mod api;
#[cfg(feature = "ssr")]
mod changes;
#[cfg(feature = "ssr")]
mod detail;
#[cfg(feature = "ssr")]
mod names;
mod page;
#[cfg(feature = "ssr")]
mod rows;
#[cfg(feature = "ssr")]
mod store;
pub mod views;
#[cfg(feature = "ssr")]
mod wording;

pub use page::{Day, Fold, Line, Page, Place};
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{Asked, changed_since, last_seq, of_conversation, page};

use crate::words::words;

/// What an entry of the activity log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Someone did something in the customer's product.
    Event,
    /// Someone came to the product after more than 30 minutes away.
    SessionStarted,
    /// A tag was added.
    TagAdded,
    /// A tag was taken off.
    TagRemoved,
    /// Facts about someone were sent, or changed by a teammate.
    AttributesChanged,
    /// Someone became known.
    ContactCreated,
    /// A lead turned out to be this user; all it had is here.
    ContactMerged,
    /// Someone was put away.
    ContactArchived,
    /// Someone was brought back.
    ContactUnarchived,
    /// Nothing they write is let in any more.
    ContactBlocked,
    /// What they write is let in again.
    ContactUnblocked,
    /// A company became known.
    CompanyCreated,
    /// Facts about a company were sent, or changed by a teammate.
    CompanyChanged,
    /// A rule holds for someone from now on.
    SegmentEntered,
    /// A rule does not hold for someone any more.
    SegmentLeft,
    /// A company stands otherwise than before.
    CompanyHealthChanged,
    /// Another company became a part of this one; all it had is here.
    CompanyMerged,
    /// A person joined a company.
    CompanyJoined,
    /// A person left a company.
    CompanyLeft,
    /// A note was written.
    NoteAdded,
    /// A note's text changed.
    NoteEdited,
    /// A note was deleted.
    NoteDeleted,
    /// A deleted note was brought back.
    NoteRestored,
    /// A note names a teammate. In nobody's stream: it is what that teammate is told of.
    NoteMentioned,
    /// A teammate wrote to someone.
    MessageSent,
    /// Someone wrote to the team.
    MessageReceived,
    /// A message went out to someone by e-mail.
    EmailSent,
    /// Someone wants e-mail of a type.
    Subscribed,
    /// Someone wants no e-mail of a type.
    Unsubscribed,
    /// A conversation was closed.
    ConversationClosed,
    /// A closed conversation was opened again.
    ConversationReopened,
    /// A teammate wrote a note in a conversation, for the team alone.
    ConversationNoted,
    /// A teammate changed a note of theirs in a conversation.
    ConversationNoteEdited,
    /// A teammate took back a note of theirs in a conversation.
    ConversationNoteDeleted,
    /// A note in a conversation that was taken back came back.
    ConversationNoteRestored,
    /// A conversation was given to someone, or to nobody.
    ConversationAssigned,
    /// A conversation was given to a team, or to none.
    ConversationTeamAssigned,
    /// A conversation was put off.
    ConversationSnoozed,
    /// A conversation that was put off is open again.
    ConversationWoken,
    /// A conversation is to be answered first.
    ConversationPrioritized,
    /// A conversation waits its turn like any other.
    ConversationUnprioritized,
    /// A tag was added to a conversation.
    ConversationTagged,
    /// A tag was taken off a conversation.
    ConversationUntagged,
    /// The workspace itself changed: team, keys, settings. Shown on the audit page only.
    Setting,
}

words! {
    /// Which entries a stream shows: one type at a time, in the order of the tabs.
    Facet {
        /// What was said to them and by them.
        Conversation = "conversation", "Conversations";
        /// What they did in the product.
        Event = "event", "Events";
        /// What the team wrote down.
        Note = "note", "Notes";
        /// Tags added and taken off.
        Tag = "tag", "Tags";
        /// Data that changed.
        Change = "change", "Data changes";
        /// How someone stands: segments, and health.
        Segment = "segment", "Segments";
        /// What went out to them by e-mail.
        Outbound = "outbound", "E-mails";
    }
}

impl Kind {
    const ALL: [(Self, &'static str, Facet); 44] = [
        (Self::Event, "event", Facet::Event),
        (Self::SessionStarted, "session_started", Facet::Event),
        (Self::TagAdded, "tag_added", Facet::Tag),
        (Self::TagRemoved, "tag_removed", Facet::Tag),
        (Self::AttributesChanged, "attributes_changed", Facet::Change),
        (Self::ContactCreated, "contact_created", Facet::Change),
        (Self::ContactMerged, "contact_merged", Facet::Change),
        (Self::ContactArchived, "contact_archived", Facet::Change),
        (Self::ContactUnarchived, "contact_unarchived", Facet::Change),
        (Self::ContactBlocked, "contact_blocked", Facet::Change),
        (Self::ContactUnblocked, "contact_unblocked", Facet::Change),
        (Self::CompanyCreated, "company_created", Facet::Change),
        (Self::CompanyChanged, "company_changed", Facet::Change),
        (Self::SegmentEntered, "segment_entered", Facet::Segment),
        (Self::SegmentLeft, "segment_left", Facet::Segment),
        (Self::CompanyHealthChanged, "company_health_changed", Facet::Segment),
        (Self::CompanyMerged, "company_merged", Facet::Change),
        (Self::CompanyJoined, "company_joined", Facet::Change),
        (Self::CompanyLeft, "company_left", Facet::Change),
        (Self::NoteAdded, "note_added", Facet::Note),
        (Self::NoteEdited, "note_edited", Facet::Note),
        (Self::NoteDeleted, "note_deleted", Facet::Note),
        (Self::NoteRestored, "note_restored", Facet::Note),
        (Self::NoteMentioned, "note_mentioned", Facet::Note),
        (Self::MessageSent, "message_sent", Facet::Conversation),
        (Self::MessageReceived, "message_received", Facet::Conversation),
        (Self::EmailSent, "email_sent", Facet::Outbound),
        (Self::Subscribed, "subscribed", Facet::Outbound),
        (Self::Unsubscribed, "unsubscribed", Facet::Outbound),
        (Self::ConversationClosed, "conversation_closed", Facet::Conversation),
        (Self::ConversationReopened, "conversation_reopened", Facet::Conversation),
        (Self::ConversationNoted, "conversation_noted", Facet::Conversation),
        (Self::ConversationNoteEdited, "conversation_note_edited", Facet::Conversation),
        (Self::ConversationNoteDeleted, "conversation_note_deleted", Facet::Conversation),
        (Self::ConversationNoteRestored, "conversation_note_restored", Facet::Conversation),
        (Self::ConversationAssigned, "conversation_assigned", Facet::Conversation),
        (Self::ConversationTeamAssigned, "conversation_team_assigned", Facet::Conversation),
        (Self::ConversationSnoozed, "conversation_snoozed", Facet::Conversation),
        (Self::ConversationWoken, "conversation_woken", Facet::Conversation),
        (Self::ConversationPrioritized, "conversation_prioritized", Facet::Conversation),
        (Self::ConversationUnprioritized, "conversation_unprioritized", Facet::Conversation),
        (Self::ConversationTagged, "conversation_tagged", Facet::Conversation),
        (Self::ConversationUntagged, "conversation_untagged", Facet::Conversation),
        (Self::Setting, "setting", Facet::Change),
    ];

    /// Every one.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().map(|(kind, ..)| kind)
    }

    fn row(self) -> (Self, &'static str, Facet) {
        // Every kind has a row; the fallback is for the compiler.
        Self::ALL.into_iter().find(|(k, ..)| *k == self).unwrap_or(Self::ALL[0])
    }

    /// The word in the database.
    pub fn word(self) -> &'static str {
        self.row().1
    }

    /// The kind that the database calls so.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, w, _)| *w == word).map(|(k, ..)| k)
    }

    /// The type of the stream that it belongs to.
    pub fn facet(self) -> Facet {
        self.row().2
    }
}
