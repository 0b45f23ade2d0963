//! Where the keyboard is, in a browser.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
pub use browser::{click, focus, is_writing, step, submit};
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::{click, focus, is_writing, step, submit};
