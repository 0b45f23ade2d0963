//! Outside a browser nobody types.

use futures::channel::oneshot::Receiver;

use super::{Desk, Place, Row};
use crate::id::TeammateId;
use crate::live::Live;

/// Does nothing.
pub fn open(_desk: Desk, _place: Place) {}

/// Does nothing.
pub const fn carry(_me: TeammateId, _live: Live) {}

/// Does nothing.
pub fn show_tools(_row: Row, _gone: Receiver<()>) {}

/// Nothing is kept.
pub const fn is_kept(_desk: Desk) -> bool {
    false
}
