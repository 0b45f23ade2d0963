//! What shows messages: the list, one of them, the people behind its numbers, and how someone stands to each.

mod about;
mod again;
mod badge;
mod counts;
mod days;
mod draft;
mod files;
mod goal;
mod list;
mod measured;
mod of_owner;
mod often;
mod page;
mod preview;
mod receivers;
mod recipients;
mod settings;
mod steer;
mod subscriptions;
mod times;
mod types;
mod under_way;
mod ways;
mod why;

pub use list::OutboundPage;
pub use of_owner::MessagesOf;
pub use page::EditorPage;
pub use receivers::ReceiversPage;
pub use settings::OutboundSettingsPage;
pub use subscriptions::SubscriptionsOf;
pub use why::WhyPage;
