//! What time it is, for what a page shows that depends on it.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
pub use browser::{provide_minute, use_minute};
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::{provide_minute, use_minute};
