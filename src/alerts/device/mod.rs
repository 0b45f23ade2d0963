//! This browser, as one that is told while no page of Rapport is open in it.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
pub use browser::{is_able, keep, let_go, show, take};
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::{is_able, keep, let_go, take};
