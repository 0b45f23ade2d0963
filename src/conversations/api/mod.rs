//! Conversations from the interface.

mod acting;
mod lists;
mod thread;

pub use acting::*;
pub use lists::*;
pub use thread::*;
