//! Teammates: the people who work here, signing in and out.

pub mod api;
#[cfg(feature = "ssr")]
mod codes;
#[cfg(feature = "ssr")]
mod password;
#[cfg(feature = "ssr")]
mod recovery;
#[cfg(feature = "ssr")]
mod reset;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
pub mod second;
#[cfg(feature = "ssr")]
mod sessions;
#[cfg(feature = "ssr")]
mod settings;
#[cfg(feature = "ssr")]
mod store;
#[cfg(feature = "ssr")]
mod team;
pub mod views;

#[cfg(feature = "ssr")]
pub use password::{change_password, confirm};
#[cfg(feature = "ssr")]
pub use recovery::reset_password;
#[cfg(feature = "ssr")]
pub use reset::{forgot, reset, resets};
#[cfg(feature = "ssr")]
pub use rest::router as rest;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use sessions::{end, end_others, list, sign_out, viewer_of};
#[cfg(feature = "ssr")]
pub use settings::{set_setting, setting};
#[cfg(feature = "ssr")]
pub use store::{Entered, enter, name_in, names, sign_in};
#[cfg(feature = "ssr")]
pub use team::{invitation, invite, invited, join, remove, revoke, set_role, stand_in, team};

use crate::id::{InvitationId, SessionId, TeammateId, WorkspaceId};
use crate::time::Stamp;

/// The cookie that holds a signed-in teammate's token.
pub const SESSION_COOKIE: &str = "rapport_session";
/// The cookie between the password and the code of who has a second step.
pub const SECOND_STEP_COOKIE: &str = "rapport_second_step";

/// What a teammate may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, settings included.
    Admin,
    /// The daily work.
    Agent,
}

impl Role {
    /// The word in the database and in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Agent => "agent",
        }
    }

    /// The role that the database calls so; the lesser one for any other word.
    pub fn from_word(word: &str) -> Self {
        if word == "admin" { Self::Admin } else { Self::Agent }
    }

    /// Whether they may change the workspace's settings.
    pub const fn can_configure(self) -> bool {
        matches!(self, Self::Admin)
    }
}

/// The signed-in teammate that a request comes from: every row is found through it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Their workspace.
    pub workspace: WorkspaceId,
    /// Its name.
    pub workspace_name: String,
    /// Its IANA time zone, in which days begin.
    pub time_zone: String,
    /// The teammate.
    pub id: TeammateId,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// What they may do.
    pub role: Role,
}

/// Someone who works here, as the team's page shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub id: TeammateId,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub since: Stamp,
    /// Whether signing in asks for a code too.
    pub second_step: bool,
}

/// An invitation that nobody has accepted yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Which.
    pub id: InvitationId,
    /// Whom it invites.
    pub email: String,
    /// What they will be.
    pub role: Role,
    /// Who invited them.
    pub by: String,
    /// Until when it can be accepted.
    pub until: Stamp,
}

/// The team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// The number up to which this is true.
    pub seq: i64,
    /// Who works here, by name.
    pub members: Vec<Member>,
    /// Open invitations.
    pub invitations: Vec<Invitation>,
}

/// How a teammate's second step of signing in stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondStep {
    /// There is none.
    Off,
    /// A secret waits for the code that proves it.
    Pending {
        /// The secret, to be typed where the picture cannot be read.
        secret: String,
        /// The same as a picture.
        qr: Qr,
    },
    /// Signing in asks for a code.
    On {
        /// How many recovery codes are left.
        recovery_codes: u32,
    },
}

/// A QR code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qr {
    /// Squares a side.
    pub size: u32,
    /// The dark squares as an SVG path, one unit a square.
    pub path: String,
}

/// A browser in which a teammate is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Which; 0 for one that can only be ended with all others.
    pub id: SessionId,
    /// The browser and its system.
    pub name: String,
    /// When it was signed in.
    pub since: Stamp,
    /// When it was last used, to the minute.
    pub used: Stamp,
    /// Whether it is the one that asks.
    pub here: bool,
}

/// One's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The second step of signing in.
    pub second_step: SecondStep,
    /// Where one is signed in.
    pub sessions: Vec<Session>,
}
