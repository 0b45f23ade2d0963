//! Outside a browser nobody ticks.

use leptos::web_sys::{Event, HtmlElement};

/// Does nothing.
pub const fn enable(_prose: &HtmlElement) {}

/// Nothing.
pub const fn ticked(_prose: &HtmlElement, _event: &Event) -> Option<(u32, bool)> {
    None
}
