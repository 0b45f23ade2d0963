//! Outside a browser nothing scrolls.

use leptos::web_sys::Element;

/// At the end.
pub const fn is_at_end(_selector: &str) -> bool {
    true
}

/// Nowhere.
pub const fn from_end(_selector: &str) -> i32 {
    0
}

/// Does nothing.
pub const fn to_from_end(_selector: &str, _distance: i32) {}

/// Does nothing.
pub const fn to_end(_selector: &str) {}

/// Nothing is there.
pub const fn reveal(_selector: &str) -> bool {
    false
}

/// Does nothing.
pub const fn along(_selector: &str) {}

/// Does nothing.
pub const fn fit(_selector: &str) {}

/// Does nothing.
pub const fn back_to(_element: &Element) {}

/// Nothing changes its size.
pub fn on_resize(_selector: &'static str, _inner: &'static str, _call: impl Fn() + 'static) {}

/// Nothing is.
pub const fn is_on_screen(_selector: &str) -> bool {
    false
}

/// Nothing scrolls.
pub fn on_any(_call: impl Fn() + 'static) {}
