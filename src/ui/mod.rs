//! Parts with no product knowledge.

mod avatar;
pub mod flash;
mod icon;
#[cfg(feature = "ssr")]
pub mod markdown;
pub mod status;
mod time_ago;

pub use avatar::Avatar;
pub use icon::Icon;
pub use time_ago::TimeAgo;
