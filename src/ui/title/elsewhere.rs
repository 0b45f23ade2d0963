//! On the server each page says its own.

/// Nothing yet.
pub const fn came_with() -> String {
    String::new()
}
