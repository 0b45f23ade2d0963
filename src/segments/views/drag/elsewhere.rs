//! Outside a browser nobody drags.

use leptos::ev::PointerEvent;

/// Does nothing.
pub const fn hold(_event: &PointerEvent) {}

/// Nowhere.
pub const fn point(_event: &PointerEvent) -> (f32, f32) {
    (0.0, 0.0)
}

/// Nothing scrolls.
pub const fn scroll(_point: (f32, f32)) -> bool {
    false
}

/// Nothing is there.
pub const fn under(_point: (f32, f32)) -> Option<(String, usize)> {
    None
}
