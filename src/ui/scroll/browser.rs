//! In a browser.

use leptos::prelude::*;
use leptos::web_sys::{Element, ResizeObserver};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

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

/// Brings the first element that a selector finds to the middle of the row that it stands in, and leaves the page where it is.
pub fn along(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    let Some((element, row)) = found.and_then(|e| Some((e.clone(), e.parent_element()?))) else {
        return;
    };
    let middle = |e: &Element| {
        e.get_bounding_client_rect().left() + e.get_bounding_client_rect().width() / 2.0
    };
    row.set_scroll_left(row.scroll_left() + (middle(&element) - middle(&row)) as i32);
}

/// Brings the first element that a selector finds to the screen where its end is below it.
pub fn fit(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    let screen = document().document_element().map_or(0, |page| page.client_height());
    if let Some(element) = found
        && element.get_bounding_client_rect().bottom() > f64::from(screen)
    {
        element.scroll_into_view();
    }
}

/// Brings an element to the screen where its beginning is above it.
pub fn back_to(element: &Element) {
    if element.get_bounding_client_rect().top() < 0.0 {
        element.scroll_into_view();
    }
}

/// Calls back whenever what a selector finds, or the first thing in it of another selector, changes its size; for as
/// long as the component stands.
pub fn on_resize(selector: &'static str, inner: &'static str, call: impl Fn() + 'static) {
    let call = Closure::<dyn Fn()>::new(call);
    let Ok(observer) = ResizeObserver::new(call.as_ref().unchecked_ref()) else { return };
    let kept = StoredValue::new_local(Some((observer, call)));
    request_animation_frame(move || {
        kept.try_with_value(|kept| {
            let Some((observer, _)) = kept else { return };
            for selector in [selector, inner] {
                if let Ok(Some(element)) = document().query_selector(selector) {
                    observer.observe(&element);
                }
            }
        });
    });
    on_cleanup(move || {
        if let Some(Some((observer, _))) = kept.try_update_value(Option::take) {
            observer.disconnect();
        }
    });
}

/// Whether something of the first element that a selector finds is on the screen, if the page is.
pub fn is_on_screen(selector: &str) -> bool {
    let Ok(Some(element)) = document().query_selector(selector) else { return false };
    let Some(page) = document().document_element() else { return false };
    let (place, width, height) = (
        element.get_bounding_client_rect(),
        f64::from(page.client_width()),
        f64::from(page.client_height()),
    );
    // What is not drawn has no size.
    place.height() > 0.0
        && place.bottom() > 0.0
        && place.top() < height
        && place.right() > 0.0
        && place.left() < width
}

/// Calls back whenever the page or any box in it is scrolled, for as long as the component stands.
pub fn on_any(call: impl Fn() + 'static) {
    let call = Closure::<dyn Fn()>::new(call);
    // A box that scrolls tells nobody around it, but those who listen before it hears itself.
    let before = |add: bool, call: &Closure<dyn Fn()>| {
        let (page, call) = (window(), call.as_ref().unchecked_ref());
        let _ = match add {
            true => page.add_event_listener_with_callback_and_bool("scroll", call, true),
            false => page.remove_event_listener_with_callback_and_bool("scroll", call, true),
        };
    };
    before(true, &call);
    let kept = StoredValue::new_local(Some(call));
    on_cleanup(move || {
        if let Some(Some(call)) = kept.try_update_value(Option::take) {
            before(false, &call);
        }
    });
}
