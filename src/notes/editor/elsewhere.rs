//! Outside a browser nobody types.

use super::{Desk, Place};

/// Does nothing.
pub fn open(_desk: Desk, _place: Place) {}

/// Nothing is kept.
pub const fn is_kept(_desk: Desk) -> bool {
    false
}
