//! The inbox, and conversations on a profile.

mod column;
mod composer;
mod header;
mod inbox;
mod lines;
mod part;
mod start;
mod thread;

pub use column::ConversationsOf;
pub use inbox::InboxPage;
pub use start::StartConversation;
