//! Outside a browser nobody types.

use super::{Desk, Place};
use crate::id::NoteId;

/// Does nothing.
pub fn open(_desk: Desk, _place: Place) {}

/// Nothing is kept.
pub const fn is_kept(_note: NoteId) -> bool {
    false
}
