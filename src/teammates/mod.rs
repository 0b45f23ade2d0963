//! Teammates: the people who work here, signing in and out.

pub mod api;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
mod store;
pub mod views;

#[cfg(feature = "ssr")]
pub use rest::router as rest;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{names, sign_in, sign_out, viewer_of};

use crate::id::{TeammateId, WorkspaceId};

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
