//! The inbox, and conversations on a profile.

mod actions;
mod column;
mod composer;
mod happened;
mod header;
mod inbox;
mod keys;
mod lines;
mod list;
mod pages;
mod part;
mod roll;
mod selection;
mod shared;
mod sort;
mod start;
mod thread;
mod toast;
mod views_nav;

pub use column::ConversationsOf;
pub use inbox::InboxPage;
pub use start::StartConversation;
