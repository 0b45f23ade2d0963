//! A stream on a page.

mod line;
mod stream;

pub use stream::StreamOf;
