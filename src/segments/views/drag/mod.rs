//! Where a part of a rule would be dropped that somebody drags.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
pub use browser::{hold, point, scroll, under};
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::{hold, point, scroll, under};
