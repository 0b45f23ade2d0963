//! The page of the list of people.

mod columns;
mod filters;
mod page;
mod selection;
mod table;

pub use page::PeoplePage;
