//! Jobs on a page.

mod jobs;

pub use jobs::Jobs;
