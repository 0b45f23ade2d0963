//! The clipboard of the browser.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
pub use browser::{is_there, write};
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::{is_there, write};
