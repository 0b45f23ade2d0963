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

/// The group under a point, and before which of its parts that is; beside the rule, what is nearest in it.
pub fn under(point: (f32, f32)) -> Option<(String, usize)> {
    at(point).or_else(|| nearest(point))
}

fn at((x, y): (f32, f32)) -> Option<(String, usize)> {
    let element = document().element_from_point(x, y)?;
    let place = element.closest("[data-place]").ok().flatten()?;
    let path = place.get_attribute("data-place")?;
    let y = f64::from(y);
    let area = place.get_bounding_client_rect();
    let is_group = place.has_attribute("data-parts");
    let beside = y < area.top() + EDGE || y > area.bottom() - EDGE;
    match split(&path) {
        Some((group, last)) if !is_group || beside => {
            Some((group.to_owned(), last + usize::from(is_past(&place, y))))
        }
        _ => Some((path.clone(), before(&place, y))),
    }
}

/// Where somebody drags past the rule they drag along it: it comes to its beginning, to its end, or between the parts that are as
/// high up.
fn nearest((_, y): (f32, f32)) -> Option<(String, usize)> {
    let whole = document().query_selector(".rule-group[data-place='']").ok().flatten()?;
    Some((String::new(), before(&whole, f64::from(y))))
}

/// Before which of its parts a height is in a group.
fn before(group: &Element, y: f64) -> usize {
    let Ok(parts) = group.query_selector_all(":scope > .rule-parts > .rule-part") else { return 0 };
    let part = |n: u32| parts.item(n)?.dyn_into::<Element>().ok();
    (0..parts.length()).filter_map(part).filter(|part| is_past(part, y)).count()
}

/// Whether a height is below the middle of something.
fn is_past(element: &Element, y: f64) -> bool {
    let area = element.get_bounding_client_rect();
    y > area.top() + area.height() / 2.0
}

/// The group that a part is in, and its number there.
fn split(path: &str) -> Option<(&str, usize)> {
    let (group, last) = path.rsplit_once('.').unwrap_or(("", path));
    Some((group, last.parse().ok()?))
}
