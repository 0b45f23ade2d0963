//! Workspaces: how one begins, its keys, and whether its product's data arrives.

pub mod api;
#[cfg(feature = "ssr")]
mod kept;
#[cfg(feature = "ssr")]
mod keys;
#[cfg(feature = "ssr")]
mod settings;
#[cfg(feature = "ssr")]
mod store;
pub mod views;

#[cfg(feature = "ssr")]
pub use kept::{set_setting, setting};
#[cfg(feature = "ssr")]
pub use keys::{identity_secrets, keys, make_key, revoke_key, roll_identity, workspace_of_key};
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use settings::{change, general, zone, zones};
#[cfg(feature = "ssr")]
pub use store::{Created, New, any, choose, create, create_first, install};

use crate::id::ApiKeyId;
use crate::time::Stamp;

/// What a developer needs to send data, without the secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Install {
    /// The number up to which this is true.
    pub seq: i64,
    /// The address that data is sent to.
    pub address: String,
    /// Names the workspace in public.
    pub app_id: String,
    /// When the first data arrived, if any has.
    pub received: Option<Stamp>,
}

/// A key of the APIs that works, without the key itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Which.
    pub id: ApiKeyId,
    /// `write_key` or `api_token`.
    pub kind: String,
    /// What the admin calls it, or empty.
    pub name: String,
    /// Its last four characters.
    pub hint: String,
    /// When it was made.
    pub made: Stamp,
    /// When it was last used, to the minute, if it was.
    pub used: Option<Stamp>,
}

/// The secret that signs who talks through the Messenger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The secret.
    pub secret: String,
    /// Until when the one before it is good, if it is.
    pub previous_until: Option<Stamp>,
}

/// The workspace's keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// The number up to which this is true.
    pub seq: i64,
    /// Those that work, newest first.
    pub keys: Vec<Key>,
    /// The identity secret, for admins.
    pub identity: Option<Identity>,
}

/// What the workspace is called and where its days begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct General {
    /// The number up to which this is true.
    pub seq: i64,
    /// Its name.
    pub name: String,
    /// Its IANA time zone.
    pub time_zone: String,
    /// Every zone there is to choose from.
    pub zones: Vec<String>,
}
