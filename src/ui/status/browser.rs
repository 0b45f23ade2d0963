//! In a browser a page has no status.

/// Does nothing.
pub const fn not_found() {}
