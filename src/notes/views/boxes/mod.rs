//! Boxes of task lists in a note's text: they can be ticked where a script runs.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
pub use browser::{enable, ticked};
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::{enable, ticked};
