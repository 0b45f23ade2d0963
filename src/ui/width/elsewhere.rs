//! Outside a browser nothing has a width.

use super::Limits;

/// As in a window of no size.
pub fn limits() -> Limits {
    Limits::of(16.0, 0.0)
}

/// Nothing is kept.
pub const fn kept(_name: &str) -> Option<i32> {
    None
}

/// Does nothing.
pub const fn keep(_name: &str, _width: Option<i32>) {}

/// It does not.
pub const fn runs_right_to_left() -> bool {
    false
}
