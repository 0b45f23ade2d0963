//! Outside a browser nobody drags.

use leptos::ev::PointerEvent;

/// Does nothing.
pub const fn hold(_event: &PointerEvent) {}

/// Nothing is there.
pub const fn under(_event: &PointerEvent) -> Option<(String, usize)> {
    None
}
