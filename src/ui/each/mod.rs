//! Rows that stay on the page while what they say changes.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "ssr")]
mod server;

#[cfg(feature = "hydrate")]
pub use browser::Each;
#[cfg(feature = "ssr")]
pub use server::Each;
