//! The Messenger: where customers talk with the team, on the customer's own pages.
//!
//! A page loads `/messenger.js`, which boots here, shows a launcher and pings while it is looked at. Opened, it frames
//! `/messenger/frame`, a page with a small script of its own. Neither has a cookie: the token of a session travels by
//! `postMessage` and in a header. What is believed of whom is in `who.rs`, and `docs/messenger.md` says it in prose.

pub mod api;
#[cfg(feature = "ssr")]
mod boot;
#[cfg(feature = "ssr")]
mod excerpt;
#[cfg(feature = "ssr")]
mod files;
#[cfg(feature = "ssr")]
mod frame;
#[cfg(feature = "ssr")]
mod hours;
#[cfg(feature = "ssr")]
mod identity;
#[cfg(feature = "ssr")]
mod kept;
#[cfg(feature = "ssr")]
mod limits;
#[cfg(feature = "ssr")]
mod live;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
mod session;
mod settings;
#[cfg(feature = "ssr")]
mod shop;
#[cfg(feature = "ssr")]
mod talk;
#[cfg(feature = "ssr")]
mod tell;
pub mod views;
mod week;
#[cfg(feature = "ssr")]
mod who;
#[cfg(feature = "ssr")]
mod words;

#[cfg(feature = "ssr")]
pub use hours::{Office, office};
#[cfg(feature = "ssr")]
pub use identity::hash_of;
#[cfg(feature = "ssr")]
pub use kept::{save, settings};
#[cfg(feature = "ssr")]
pub use limits::Limits;
#[cfg(feature = "ssr")]
pub use rest::router;
use serde::{Deserialize, Serialize};
pub use settings::{Alignment, Form, ReplyTime, Settings, is_dark};
#[cfg(feature = "ssr")]
pub use talk::contact_of;
pub use week::{DAYS, Hours, clock, hours_of};
#[cfg(feature = "ssr")]
pub use words::Language;

/// What the settings page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// The settings as they are.
    pub settings: Settings,
    /// The address that pages load the Messenger from.
    pub address: String,
    /// Names the workspace in public.
    pub app_id: String,
    /// The time zone that office hours are in.
    pub time_zone: String,
}
