//! The title that a page came with.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
pub use browser::came_with;
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::came_with;

/// What every title ends with.
pub const SUFFIX: &str = " · Rapport";
