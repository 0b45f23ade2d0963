//! The audit log: who changed the workspace itself, and when.

pub mod api;
mod asked;
#[cfg(feature = "ssr")]
mod store;
pub mod views;

pub use asked::{Asked, Who};
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::page;

use crate::id::TeammateId;
use crate::time::Stamp;

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $title:literal;)*) => {
        /// A change of the workspace itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word in the database and in addresses.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What people read.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

actions! {
    /// Someone was invited.
    TeammateInvited = "teammate_invited", "Invited a teammate";
    /// An invitation was taken back.
    InvitationRevoked = "invitation_revoked", "Took back an invitation";
    /// An invitation was accepted.
    TeammateJoined = "teammate_joined", "Joined the team";
    /// A teammate became admin or agent.
    RoleChanged = "role_changed", "Changed a role";
    /// A teammate was removed.
    TeammateRemoved = "teammate_removed", "Removed a teammate";
    /// A teammate changed their password.
    PasswordChanged = "password_changed", "Changed their password";
    /// A saved reply was made.
    ReplyMade = "reply_made", "Made a saved reply";
    /// A saved reply was changed.
    ReplyChanged = "reply_changed", "Changed a saved reply";
    /// A saved reply was deleted.
    ReplyDeleted = "reply_deleted", "Deleted a saved reply";
    /// A password was set by a link from a mail, or at the server's command line.
    PasswordReset = "password_reset", "Reset a password";
    /// A teammate's second step was switched on.
    SecondStepOn = "second_step_on", "Switched two-step sign-in on";
    /// A teammate's second step was switched off.
    SecondStepOff = "second_step_off", "Switched two-step sign-in off";
    /// A teammate made other recovery codes.
    RecoveryCodesMade = "recovery_codes_made", "Made new recovery codes";
    /// A teammate signed in with a recovery code.
    RecoveryCodeUsed = "recovery_code_used", "Used a recovery code";
    /// A key was made.
    KeyMade = "key_made", "Made a key";
    /// The days after which a company stands otherwise were changed.
    HealthChanged = "health_changed", "Changed the health of companies";
    /// A webhook was made.
    WebhookMade = "webhook_made", "Added a webhook";
    /// A webhook got another address or other topics.
    WebhookChanged = "webhook_changed", "Changed a webhook";
    /// A webhook was paused.
    WebhookPaused = "webhook_paused", "Paused a webhook";
    /// A webhook went on.
    WebhookResumed = "webhook_resumed", "Went on with a webhook";
    /// A webhook got another secret.
    WebhookRolled = "webhook_rolled", "Made another secret of a webhook";
    /// A webhook was deleted.
    WebhookDeleted = "webhook_deleted", "Deleted a webhook";
    /// A webhook was taken back.
    WebhookRestored = "webhook_restored", "Took back a webhook";
    /// A key was revoked.
    KeyRevoked = "key_revoked", "Revoked a key";
    /// The identity secret was made anew.
    IdentityRolled = "identity_rolled", "Made another identity secret";
    /// The workspace's name or time zone changed.
    WorkspaceChanged = "workspace_changed", "Changed the workspace";
    /// An attribute was made.
    AttributeMade = "attribute_made", "Made a data attribute";
    /// An attribute was described.
    AttributeDescribed = "attribute_described", "Changed a data attribute";
    /// An attribute was archived.
    AttributeArchived = "attribute_archived", "Archived a data attribute";
    /// An attribute was brought back.
    AttributeBroughtBack = "attribute_brought_back", "Brought back a data attribute";
    /// A team was made.
    TeamMade = "team_made", "Made a team";
    /// A team got another name.
    TeamRenamed = "team_renamed", "Renamed a team";
    /// A team was put away.
    TeamArchived = "team_archived", "Archived a team";
    /// A team was brought back.
    TeamRestored = "team_restored", "Brought back a team";
    /// Others are in a team now.
    TeamMembersChanged = "team_members_changed", "Changed who is in a team";
    /// A view of the inbox was saved for everyone.
    ViewSaved = "view_saved", "Saved a view of the inbox";
    /// A view of the inbox that everyone had was deleted.
    ViewDeleted = "view_deleted", "Deleted a view of the inbox";
    /// A tag got another name.
    TagRenamed = "tag_renamed", "Renamed a tag";
    /// A tag was deleted.
    TagDeleted = "tag_deleted", "Deleted a tag";
    /// A segment was made.
    SegmentMade = "segment_made", "Made a segment";
    /// A segment was changed.
    SegmentChanged = "segment_changed", "Changed a segment";
    /// All who match a segment are in it now.
    SegmentFilled = "segment_filled", "Filled a segment";
    /// Filling a segment was paused.
    SegmentPaused = "segment_paused", "Paused filling a segment";
    /// Filling a segment went on.
    SegmentResumed = "segment_resumed", "Went on filling a segment";
    /// A segment was put away.
    SegmentArchived = "segment_archived", "Archived a segment";
    /// A segment was brought back.
    SegmentUnarchived = "segment_unarchived", "Brought back a segment";
    /// An outbound message was written.
    MessageMade = "message_made", "Wrote an outbound message";
    /// An outbound message was changed.
    MessageChanged = "message_changed", "Changed an outbound message";
    /// An outbound message was started.
    MessageStarted = "message_started", "Started an outbound message";
    /// An outbound message was paused.
    MessagePaused = "message_paused", "Paused an outbound message";
    /// An outbound message went on.
    MessageResumed = "message_resumed", "Went on with an outbound message";
    /// An outbound message was ended.
    MessageStopped = "message_stopped", "Stopped an outbound message";
    /// An outbound message was deleted.
    MessageDeleted = "message_deleted", "Deleted an outbound message";
    /// A subscription type was made or changed.
    SubscriptionTypeChanged = "subscription_type_changed", "Changed a subscription type";
    /// A subscription type was put away.
    SubscriptionTypeArchived = "subscription_type_archived", "Archived a subscription type";
    /// A subscription type was brought back.
    SubscriptionTypeRestored = "subscription_type_restored", "Brought back a subscription type";
    /// How many messages go out was limited otherwise.
    LimitsChanged = "limits_changed", "Changed the limits of outbound messages";
    /// The Messenger's settings were changed.
    MessengerChanged = "messenger_changed", "Changed the Messenger";
    /// Which kinds of files are taken was changed.
    FilesChanged = "files_changed", "Changed which files are taken";
    /// A company became a part of another one.
    CompanyMerged = "company_merged", "Merged a company into another";
    /// A company was deleted.
    CompanyDeleted = "company_deleted", "Deleted a company";
    /// A person was deleted for good.
    ContactDeleted = "contact_deleted", "Deleted a person for good";
}

impl Action {
    /// The action that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|a| a.word() == word)
    }
}

/// What people read in place of a teammate where the command line or the system did it.
pub const OPERATOR: &str = "The operator";

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number in the log.
    pub seq: i64,
    /// Who did it; nobody when the command line or the system did, see [`OPERATOR`].
    pub actor: Option<String>,
    /// What was done.
    pub title: String,
    /// To what, and how.
    pub detail: String,
    /// When.
    pub at: Stamp,
}

/// A part of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The number up to which this is true.
    pub seq: i64,
    /// The changes, newest first.
    pub lines: Vec<Line>,
    /// What to ask for the older part, if there is one.
    pub older: Option<i64>,
    /// Everyone who works or worked here, to filter by.
    pub teammates: Vec<(TeammateId, String)>,
}
