//! Keeping the whole of an installation in one file, having it back, and moving it to another database.
//!
//! Tables travel as rows of plain values, so that a backup of either engine restores into either. Everything is read
//! from one snapshot while others write, and a checksum that does not depend on the order of rows says of each table
//! that it arrived as it left.

mod archive;
mod database;
mod files;
mod indexes;
mod restore;
mod rows;
mod table;
mod transfer;
mod write;

pub use archive::{Header, Manifest, check};
pub use files::Files;
pub use restore::restore;
pub use table::{Sum, Tally};
pub use transfer::transfer;
pub use write::write;

/// What a backup or a restore came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// Tables.
    pub tables: usize,
    /// Rows of all tables.
    pub rows: u64,
    /// Attachments.
    pub files: u64,
}
