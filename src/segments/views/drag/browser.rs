//! What a pointer is over.

use leptos::ev::PointerEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::Element;

/// Has the element that was pressed hear of the pointer until it is let go.
pub fn hold(event: &PointerEvent) {
    event.prevent_default();
    let handle = event.current_target().and_then(|t| t.dyn_into::<Element>().ok());
    if let Some(handle) = handle {
        // A pointer that is gone already drags nothing.
        let _ = handle.set_pointer_capture(event.pointer_id());
    }
}

/// So near to the edge of a group is beside it, not in it, in pixels.
const EDGE: f64 = 10.0;

/// So near to the edge of the window the page scrolls, in pixels: on a phone the bar at the bottom is there.
const NEAR: f64 = 80.0;
/// So far in each frame.
const STEP: f64 = 12.0;

/// Where a pointer is in the window.
pub fn point(event: &PointerEvent) -> (f32, f32) {
    (event.client_x() as f32, event.client_y() as f32)
}

/// Scrolls the page a little where a pointer is near its upper or lower edge; answers whether it is.
pub fn scroll((_, y): (f32, f32)) -> bool {
    let height = window().inner_height().ok().and_then(|height| height.as_f64());
    let (y, height) = (f64::from(y), height.unwrap_or_default());
    let by = match y {
        _ if y < NEAR => -STEP,
        _ if y > height - NEAR => STEP,
        _ => return false,
    };
    window().scroll_by_with_x_and_y(0.0, by);
    true
}

/// The group under a point, and before which of its parts that is.
pub fn under((x, y): (f32, f32)) -> Option<(String, usize)> {
    let element = document().element_from_point(x, y)?;
    let place = element.closest("[data-place]").ok().flatten()?;
    let path = place.get_attribute("data-place")?;
    let area = place.get_bounding_client_rect();
    let y = f64::from(y);
    let lower = y > area.top() + area.height() / 2.0;
    let beside = y < area.top() + EDGE || y > area.bottom() - EDGE;
    let Some((group, last)) = split(&path) else {
        // The whole rule: at its beginning or at its end.
        let parts = place.get_attribute("data-parts")?.parse().ok()?;
        return Some((path.clone(), if lower { parts } else { 0 }));
    };
    match place.get_attribute("data-parts") {
        Some(parts) if !beside => Some((path.clone(), if lower { parts.parse().ok()? } else { 0 })),
        _ => Some((group.to_owned(), last + usize::from(lower))),
    }
}

/// The group that a part is in, and its number there.
fn split(path: &str) -> Option<(&str, usize)> {
    let (group, last) = path.rsplit_once('.').unwrap_or(("", path));
    Some((group, last.parse().ok()?))
}
