//! Parts about data.

mod data;

pub use data::Data;
