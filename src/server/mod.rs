//! What only the server has: settings, clock, database and HTTP.

pub mod assets;
pub mod buckets;
pub mod clock;
pub mod cookie;
pub mod dates;
pub mod db;
mod download;
pub mod flash;
pub mod form;
pub mod geo;
pub mod groups;
pub mod http;
pub mod hub;
pub mod looks;
pub mod mail;
mod manifest;
pub mod metrics;
pub mod nodes;
mod nul;
pub mod origin;
pub mod page;
pub mod peer;
pub mod presence;
pub mod reach;
mod request_log;
pub mod secret;
pub mod state;
pub mod turns;
pub mod used;
pub mod viewer;
pub mod whose;
mod worker;

pub use download::{CSV, download};
