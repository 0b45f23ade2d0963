//! Files that someone chooses, pastes or drops, and sending one with its progress.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
pub use browser::{
    Picked, carries_files, chosen, dropped, held, pasted, pasted_page, pasted_text, send,
};
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::{
    Picked, carries_files, chosen, dropped, held, pasted, pasted_page, pasted_text, send,
};
