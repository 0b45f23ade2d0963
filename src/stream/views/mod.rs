//! A stream on a page.

mod line;
mod page;
mod stream;

pub use line::said;
pub use stream::StreamOf;
