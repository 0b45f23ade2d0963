//! Workspaces: how one begins, its keys, and whether its product's data arrives.

pub mod api;
#[cfg(feature = "ssr")]
mod store;
pub mod views;

use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{
    Created, New, any, choose, create, create_first, install, make_key, workspace_of_key,
};

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
