//! The page of the list of people.

mod export;
mod filters;
mod page;
mod suggested;
mod table;

pub use page::PeoplePage;
