//! What is being typed, kept in the browser until it is saved.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
pub use browser::{forget, keep, kept};
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::{forget, keep, kept};
