//! Teammates: the people who work here, signing in and out.

pub mod api;
#[cfg(feature = "ssr")]
mod password;
#[cfg(feature = "ssr")]
mod recovery;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
mod store;
#[cfg(feature = "ssr")]
mod team;
pub mod views;

#[cfg(feature = "ssr")]
pub use password::{change_password, end_others};
#[cfg(feature = "ssr")]
pub use recovery::reset_password;
#[cfg(feature = "ssr")]
pub use rest::router as rest;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{names, sign_in, sign_out, viewer_of};
#[cfg(feature = "ssr")]
pub use team::{invite, invited, join, remove, revoke, set_role, team};

use crate::id::{InvitationId, TeammateId, WorkspaceId};
use crate::time::Stamp;

/// The cookie that holds a signed-in teammate's token.
pub const SESSION_COOKIE: &str = "rapport_session";

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
