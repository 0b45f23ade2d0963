//! In a browser.

use leptos::prelude::*;
use leptos::web_sys::Element;

/// How far from the end still counts as the end, in pixels.
const NEAR: i32 = 48;

/// The box that scrolls: the one that a selector finds where it is full, else the page.
fn scroller(selector: &str) -> Option<Element> {
    let found = document().query_selector(selector).ok().flatten();
    let full = found.filter(|e| e.scroll_height() > e.client_height() + 1 && e.client_height() > 0);
    full.or_else(|| document().document_element())
}

/// Whether its end is on the screen.
pub fn is_at_end(selector: &str) -> bool {
    from_end(selector) - scroller(selector).map_or(0, |e| e.client_height()) <= NEAR
}

/// How far the top of what is shown is from the end, in pixels.
pub fn from_end(selector: &str) -> i32 {
    scroller(selector).map_or(0, |e| e.scroll_height() - e.scroll_top())
}

/// Shows the place that is so far from the end.
pub fn to_from_end(selector: &str, distance: i32) {
    if let Some(e) = scroller(selector) {
        e.set_scroll_top(e.scroll_height() - distance);
    }
}

/// Shows the end.
pub fn to_end(selector: &str) {
    to_from_end(selector, 0);
}

/// Brings the first element that a selector finds to the screen; answers whether there is one.
pub fn reveal(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = &found {
        element.scroll_into_view();
    }
    found.is_some()
}
