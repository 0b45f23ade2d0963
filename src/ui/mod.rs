//! Parts with no product knowledge.

mod address;
mod avatar;
mod clipboard;
mod copy;
pub mod flash;
mod icon;
pub mod status;
mod time_ago;

pub use address::escape;
pub use avatar::Avatar;
pub use copy::Copy;
pub use icon::Icon;
pub use time_ago::TimeAgo;
