//! Parts with no product knowledge.

mod address;
mod avatar;
mod clipboard;
mod copy;
pub mod draft;
pub mod flash;
pub mod focus;
mod fresh;
mod icon;
#[cfg(feature = "ssr")]
pub mod markdown;
pub mod menu;
mod settle;
pub mod status;
mod time_ago;

pub use address::escape;
pub use avatar::Avatar;
pub use copy::Copy;
pub use fresh::fresh_id;
pub use icon::Icon;
pub use menu::Menu;
pub use settle::settle;
pub use time_ago::TimeAgo;
