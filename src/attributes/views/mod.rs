//! Data on a profile, and the page of data attributes.

mod data;
mod edit;
mod make;
mod page;
mod row;
mod value;

pub use data::Data;
pub use page::DataPage;
