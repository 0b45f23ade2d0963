//! What shows messages: the list, one of them, the people behind its numbers, and how someone stands to each.

mod badge;
mod counts;
mod draft;
mod list;
mod of_owner;
mod page;
mod preview;
mod receivers;
mod steer;
mod under_way;

pub use list::OutboundPage;
pub use of_owner::MessagesOf;
pub use page::EditorPage;
pub use receivers::ReceiversPage;
