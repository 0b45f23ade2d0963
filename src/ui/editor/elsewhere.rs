//! Outside a browser nobody writes in a field.

use leptos::web_sys::HtmlTextAreaElement;

/// Nothing.
pub const fn before_caret(_field: &HtmlTextAreaElement) -> String {
    String::new()
}

/// Nothing.
pub const fn after_caret(_field: &HtmlTextAreaElement) -> String {
    String::new()
}

/// Nothing.
pub const fn is_low(_field: &HtmlTextAreaElement) -> Option<bool> {
    None
}

/// There is no screen.
pub const fn is_at_top(_field: &HtmlTextAreaElement) -> bool {
    false
}

/// Nothing.
pub const fn selected(_field: &HtmlTextAreaElement) -> String {
    String::new()
}

/// Nothing is composed.
pub const fn settle(_field: &HtmlTextAreaElement) {}

/// Does nothing.
pub const fn insert(_field: &HtmlTextAreaElement, _text: &str) {}

/// Does nothing.
pub const fn replace_before(_field: &HtmlTextAreaElement, _count: usize, _text: &str) {}

/// Does nothing.
pub const fn wrap(_field: &HtmlTextAreaElement, _before: &str, _after: &str) {}
