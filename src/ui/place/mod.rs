//! The order of parts that stay what they are.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
pub use browser::place;
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::place;
