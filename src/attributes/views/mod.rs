//! The page of data attributes.

mod edit;
mod make;
mod page;
mod row;

pub use page::DataPage;
