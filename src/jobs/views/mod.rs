//! Jobs on a page.

mod jobs;
mod seen;

pub use jobs::Jobs;
