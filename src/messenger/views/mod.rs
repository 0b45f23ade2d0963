//! The Messenger's settings, and who is writing.

mod form;
mod install;
mod preview;
mod settings;
mod typing;

pub use settings::MessengerPage;
pub use typing::Typing;
