//! Webhooks: addresses of the customer's own that are told of what happens, signed, and again until they answer.

pub mod api;
#[cfg(feature = "ssr")]
mod item;
#[cfg(feature = "ssr")]
mod log;
#[cfg(feature = "ssr")]
mod pace;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
mod round;
#[cfg(feature = "ssr")]
mod send;
#[cfg(feature = "ssr")]
mod store;
#[cfg(feature = "ssr")]
mod topic;
mod topics;
pub mod views;
#[cfg(feature = "ssr")]
mod work;

#[cfg(feature = "ssr")]
pub use log::{again, tidy};
#[cfg(feature = "ssr")]
pub use rest::router as rest;
#[cfg(feature = "ssr")]
pub use send::Sender;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{add, all, change, delete, pause, ping, restore, resume, roll};
pub use topics::{TOPICS, is_topic, written};
#[cfg(feature = "ssr")]
pub use work::{run_due, watch};

use crate::id::WebhookId;
use crate::time::Stamp;

/// Where they are added and looked after.
pub const PAGE: &str = "/settings/webhooks";
/// The most webhooks of a workspace.
pub const MOST: usize = 20;
/// The longest address, in characters.
pub const LONGEST: usize = 2_000;

/// An address that is told of what happens, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Which.
    pub id: WebhookId,
    /// The address.
    pub url: String,
    /// What it is told of; nothing for everything.
    pub topics: Vec<String>,
    /// When it was made.
    pub made: Stamp,
    /// Since when it is told nothing, and why: nothing by a teammate, else `failing` or `gone`.
    pub paused: Option<(Stamp, String)>,
    /// Since when every try failed, if it does.
    pub failing: Option<Stamp>,
    /// How far it is behind the log, in entries, whether they are of its topics or not.
    pub behind: i64,
    /// What it was told last, the newest first.
    pub told: Vec<Delivery>,
}

/// Something that a webhook was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its number in the log; below 0 for a test.
    pub seq: i64,
    /// What it is about.
    pub topic: String,
    /// `waiting`, `sent`, `failed` or `asked`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was last tried, if it was.
    pub sent: Option<Stamp>,
    /// How long that took, in milliseconds.
    pub took: i64,
    /// What the receiver answered, 0 for nothing.
    pub status: i64,
    /// The beginning of its answer, or why there is none.
    pub answer: String,
}

/// The webhooks of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhooks {
    /// The number up to which this is true.
    pub seq: i64,
    /// Those that are there, the first made first.
    pub all: Vec<Webhook>,
}
