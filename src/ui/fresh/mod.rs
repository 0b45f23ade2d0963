//! Ids that a page makes, so that what it sends twice is taken once.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "ssr")]
mod server;

#[cfg(feature = "hydrate")]
pub use browser::fresh_id;
#[cfg(feature = "ssr")]
pub use server::fresh_id;
