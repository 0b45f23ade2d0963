//! Files beside what was said.

mod files;

pub use files::Files;
