//! A stream on a page.

mod line;
mod stream;

pub use line::said;
pub use stream::ContactStream;
