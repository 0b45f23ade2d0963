//! Files that someone chooses, pastes or drops, and sending one with its progress.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
pub use browser::{Picked, chosen, dropped, pasted, pasted_text, send};
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::{Picked, chosen, dropped, pasted, pasted_text, send};
