//! Outside a browser nothing is pointed at.

/// Does nothing.
pub const fn keep() {}
