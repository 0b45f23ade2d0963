//! Parts with no product knowledge.

mod address;
mod after_paint;
mod avatar;
pub mod cards;
mod cell;
mod choices;
mod clipboard;
mod copy;
pub mod draft;
mod each;
pub mod editor;
mod emoji;
mod fact;
#[cfg(feature = "ssr")]
pub mod facts;
pub mod flash;
pub mod focus;
mod fresh;
mod icon;
mod in_field;
mod kept_name;
mod lasting;
mod later;
mod long;
#[cfg(feature = "ssr")]
pub mod markdown;
pub mod menu;
mod minute;
mod missing;
#[cfg(feature = "ssr")]
pub mod money;
mod place;
mod refused;
pub mod scroll;
mod section;
mod settle;
#[cfg(feature = "ssr")]
pub mod spark;
pub mod status;
mod thousands;
mod time_ago;
pub mod title;
mod typed_before;
pub mod upload;
mod use_id;
pub mod width;
mod yes_no;

pub use address::{escape, web};
pub use after_paint::after_paint;
pub use avatar::Avatar;
pub use cell::{Cell, CellView};
pub use choices::{Choice, ChoiceList, Choices, fitting};
pub use copy::{Copy, CopyWords};
pub use each::Each;
pub use emoji::{EmojiPicker, find_emoji};
pub use fact::{Fact, FactList, Facts};
pub use fresh::fresh_id;
pub use icon::Icon;
pub use in_field::in_field;
pub use kept_name::KeptName;
pub use lasting::lasting;
pub use later::{Later, use_later};
pub use long::{ShowAll, is_long};
pub use menu::Menu;
pub use minute::{provide_minute, use_minute};
pub use missing::Missing;
pub use place::place;
pub use refused::refused;
pub use section::{Fold, Section};
pub use settle::{WATCHED, settle};
pub use thousands::thousands;
pub use time_ago::{TimeAgo, use_ago};
pub use typed_before::typed_before;
pub use use_id::use_id;
pub use yes_no::yes_or_no;
