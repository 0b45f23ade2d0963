//! Outside a browser there is no clipboard.

/// Does nothing.
pub const fn write(_text: &str) {}

/// There is none.
pub const fn is_there() -> bool {
    false
}
