//! Outside a browser nothing is typed.

/// Does nothing.
pub const fn keep(_name: &str, _text: &str) {}

/// Nothing was typed.
pub const fn kept(_name: &str) -> Option<String> {
    None
}

/// Does nothing.
pub const fn forget(_name: &str) {}
