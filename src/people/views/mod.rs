//! The page of the list of people.

mod filters;
mod page;
mod table;

pub use page::PeoplePage;
