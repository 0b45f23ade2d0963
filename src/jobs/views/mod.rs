//! Jobs on a page.

mod jobs;
mod line;
mod seen;

pub use jobs::Jobs;
