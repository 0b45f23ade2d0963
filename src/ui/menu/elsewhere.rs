//! Outside a browser menus stay as they are.

use leptos::web_sys::{KeyboardEvent, MouseEvent};

/// Nothing is pressed.
pub const fn press(_event: &KeyboardEvent) -> bool {
    false
}

/// Nothing opens.
pub const fn open(_selector: &str) -> bool {
    false
}

/// Nothing is open.
pub const fn close_all() -> bool {
    false
}

/// Nothing is open.
pub const fn put_away() -> bool {
    false
}

/// Nothing is open.
pub const fn fold(_behind: &str) {}

/// Nothing is open.
pub const fn close_others(_event: &MouseEvent) {}

/// No menu is open.
pub const fn tidy() {}
