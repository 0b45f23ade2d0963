//! Rapport: a self-hosted customer inbox built on profiles.
//!
//! A tour, in reading order: [`error`], [`id`] and [`time`] are the words that everything
//! speaks; [`workspace`] is who works here; [`contacts`] is who is known; [`tracking`] is how
//! a product's data arrives; `server` holds what only the server has (database, clock, HTTP).

pub mod contacts;
pub mod error;
pub mod id;
#[cfg(feature = "ssr")]
pub mod server;
pub mod time;
#[cfg(feature = "ssr")]
pub mod tracking;
#[cfg(feature = "ssr")]
pub mod workspace;
