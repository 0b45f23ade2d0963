//! The parts of a list's page.

mod columns;
mod empty;
mod export;
mod filters;
mod known_tags;
mod pages;
mod selection;
mod table;

pub use columns::Columns;
pub use empty::Empty;
pub use export::ExportChosen;
pub use filters::{Pick, Search, Unshown, Visit, use_visit};
pub use known_tags::KnownTags;
pub use pages::Pages;
pub use selection::{Chosen, SelectionBar, TagFields, unused};
pub use table::{Line, Table, Tick};
