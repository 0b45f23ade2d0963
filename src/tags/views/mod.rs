//! Parts about tags.

mod tags;

pub use tags::Tags;
