//! Outside a browser there is no keyboard.

use leptos::html::Textarea;
use leptos::prelude::NodeRef;
use leptos::web_sys::HtmlElement;

/// Does nothing.
pub const fn focus(_selector: &str) {}

/// Does nothing.
pub const fn leave(_selector: &str) {}

/// Does nothing.
pub fn land(_selector: impl Into<String>) {}

/// Does nothing.
pub const fn write_in(_field: NodeRef<Textarea>) {}

/// Does nothing.
pub const fn line(_selector: &str, _line: usize) {}

/// Does nothing.
pub const fn click(_selector: &str) {}

/// Does nothing.
pub const fn step(_selector: &str, _by: i32) -> bool {
    false
}

/// Nothing is made anew.
pub fn keep(_part: &HtmlElement, _anew: impl FnOnce(&HtmlElement)) {}

/// Nobody writes.
pub const fn is_writing() -> bool {
    false
}

/// Nobody writes.
pub const fn composing() -> Option<(bool, bool)> {
    None
}

/// Nothing is focused.
pub const fn data(_name: &str) -> Option<String> {
    None
}

/// Nobody looks.
pub const fn is_looked_at() -> bool {
    false
}

/// Nobody looks.
pub const fn is_seen() -> bool {
    false
}

/// Does nothing.
pub const fn submit(_field: NodeRef<Textarea>) {}
