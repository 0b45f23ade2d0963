//! Typed ids: whole numbers under 2^53, so that JavaScript holds them exactly.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(
            /// The number.
            pub i64,
        );

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// A workspace: one team and its customers; nothing is shared between two.
    WorkspaceId,
    /// A member of the team.
    TeammateId,
    /// A person on the customer's side: a user or a lead.
    ContactId,
    /// A data attribute's definition.
    AttributeId,
    /// The name of an event.
    EventNameId,
    /// A browser that a teammate lets be told.
    DeviceId,
    /// A tag.
    TagId,
    /// A note.
    NoteId,
    /// A customer of the workspace that people belong to.
    CompanyId,
    /// A conversation with one person.
    ConversationId,
    /// One thing said in a conversation.
    PartId,
    /// A file that comes with a part.
    AttachmentId,
    /// An answer that is given often.
    ReplyId,
    /// What e-mails are about, as people choose.
    SubscriptionTypeId,
    /// A key of the APIs.
    ApiKeyId,
    /// A signed-in browser of a teammate.
    SessionId,
    /// An invitation to join the team.
    InvitationId,
    /// Work that takes longer than a request.
    JobId,
    /// A team: teammates that conversations are given to together.
    TeamId,
    /// A list of conversations that is kept under a name.
    ViewId,
    /// A saved rule, and those for whom it holds.
    SegmentId,
    /// One message to many people.
    GroupMessageId,
    /// A message that goes out to whom its audience holds for.
    MessageId,
    /// An address that is told of what happens.
    WebhookId,
}
