//! The list's measures in a browser. Every row has the same height, which the style sheet says.

use leptos::html::{Div, Li};
use leptos::prelude::{Get as _, GetUntracked as _, NodeRef, document};
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::HtmlElement;

/// The height of a row in CSS pixels, as the style makes it: text that is larger makes it higher.
fn row() -> Option<f64> {
    let row = document().query_selector(".lines-frame .line-item").ok().flatten()?;
    let height = row.get_bounding_client_rect().height();
    (height > 1.0).then_some(height)
}

/// The first row on the screen, and the one behind the last; nothing while the list is not shown, as on a phone beside a thread.
pub fn seen(frame: NodeRef<Div>) -> Option<(usize, usize)> {
    // An empty list has no row to measure; it fits on the screen.
    let (frame, row) = (frame.get_untracked()?, row().unwrap_or(84.0));
    if frame.client_height() == 0 {
        return None;
    }
    let top = f64::from(frame.scroll_top()) / row;
    let rows = f64::from(frame.client_height()) / row;
    Some((top as usize, (top + rows).ceil() as usize))
}

/// Gives a space the height of rows.
pub fn space(space: NodeRef<Li>, rows: usize) {
    if let Some(space) = space.get()
        && let Ok(element) = space.dyn_into::<HtmlElement>()
    {
        // Rows that are not shown have no height: the room that there is for them stays.
        if let Some(height) = if rows == 0 { Some(0.0) } else { row().map(|row| row * rows as f64) }
        {
            stretch(&element, height);
        }
    }
}

/// Gives a space the height of rows unless it is higher already.
pub fn grow(space: NodeRef<Li>, rows: usize) {
    if let Some(space) = space.get_untracked()
        && let Ok(element) = space.dyn_into::<HtmlElement>()
    {
        let height = row().unwrap_or(0.0) * rows as f64;
        if height > element.get_bounding_client_rect().height() {
            stretch(&element, height);
        }
    }
}

fn stretch(element: &HtmlElement, height: f64) {
    // A value that the browser refuses leaves the old one.
    let _ = element.style().set_property("block-size", &format!("{height}px"));
}

/// How far the list is scrolled; nothing while it is not shown.
pub fn scrolled(frame: NodeRef<Div>) -> Option<i32> {
    let frame = frame.get_untracked()?;
    (frame.client_height() > 0).then(|| frame.scroll_top())
}

/// Scrolls to where the list was.
pub fn scroll(frame: NodeRef<Div>, at: i32) {
    if let Some(frame) = frame.get_untracked()
        && frame.scroll_top() != at
    {
        frame.set_scroll_top(at);
    }
}

/// Scrolls as little as it takes to have a row on the screen.
pub fn show(frame: NodeRef<Div>, place: usize) {
    let (Some(frame), Some(row)) = (frame.get_untracked(), row()) else { return };
    let (top, height) = (place as f64 * row, f64::from(frame.client_height()));
    let at = f64::from(frame.scroll_top());
    if top < at {
        frame.set_scroll_top(top as i32);
    } else if top + row > at + height {
        frame.set_scroll_top((top + row - height).ceil() as i32);
    }
}

/// Follows what is on the screen when rows came or went above it; at the top it stays at the top.
pub fn shift(frame: NodeRef<Div>, rows: i64) {
    let (Some(frame), Some(row)) = (frame.get_untracked(), row()) else { return };
    if rows != 0 && frame.scroll_top() > 0 {
        frame.set_scroll_top(frame.scroll_top() + (rows as f64 * row).round() as i32);
    }
}
