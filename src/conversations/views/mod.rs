//! The inbox, and conversations on a profile.

mod actions;
mod column;
mod composer;
mod finding;
mod frame;
mod gone_view;
mod happened;
mod header;
mod held;
mod here;
mod inbox;
mod keep;
mod keys;
mod lines;
mod list;
mod looks;
mod note;
mod pages;
mod part;
mod parts;
mod place;
mod roll;
mod rows;
mod selection;
mod shared;
mod sort;
mod start;
mod state;
mod thread;
mod toast;
mod views_nav;
mod waiting;

pub use column::ConversationsOf;
pub use inbox::InboxPage;
pub use start::StartConversation;
