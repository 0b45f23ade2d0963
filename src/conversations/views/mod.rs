//! The inbox, and conversations on a profile.

mod column;
mod composer;
mod header;
mod inbox;
mod lines;
mod note;
mod part;
mod parts;
mod rows;
mod start;
mod state;
mod thread;
mod waiting;

pub use column::ConversationsOf;
pub use inbox::InboxPage;
pub use start::StartConversation;
