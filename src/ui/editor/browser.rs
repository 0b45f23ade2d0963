//! In a browser.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::HtmlTextAreaElement;
use web_sys::HtmlDocument;

/// The text of a field as JavaScript counts it.
fn units(field: &HtmlTextAreaElement) -> Vec<u16> {
    field.value().encode_utf16().collect()
}

fn selection(field: &HtmlTextAreaElement) -> (u32, u32) {
    let start = field.selection_start().ok().flatten().unwrap_or(0);
    let end = field.selection_end().ok().flatten().unwrap_or(start);
    (start, end)
}

fn between(field: &HtmlTextAreaElement, start: u32, end: u32) -> String {
    let units = units(field);
    let end = (end as usize).min(units.len());
    String::from_utf16_lossy(&units[(start as usize).min(end)..end])
}

/// What stands before the cursor.
pub fn before_caret(field: &HtmlTextAreaElement) -> String {
    between(field, 0, selection(field).0)
}

/// What stands after the cursor, or after what is selected.
pub fn after_caret(field: &HtmlTextAreaElement) -> String {
    between(field, selection(field).1, u32::MAX)
}

/// How high a field is, in pixels, until both its ends are near its cursor.
const SHORT: i32 = 240;
/// How wide a character is on average, in pixels.
const WIDE: i32 = 8;

/// Whether the cursor stands in the lower half of a tall field, as far as the number of its lines tells; nothing of one that is
/// not tall.
pub fn is_low(field: &HtmlTextAreaElement) -> Option<bool> {
    let height = field.client_height();
    let in_line = (field.client_width() / WIDE).max(1) as usize;
    let lines =
        |text: &str| text.split('\n').map(|l| l.chars().count() / in_line + 1).sum::<usize>();
    let part = lines(&before_caret(field)) as f64 / lines(&field.value()) as f64;
    let at = part * f64::from(field.scroll_height()) - f64::from(field.scroll_top());
    (height > SHORT).then_some(at * 2.0 > f64::from(height))
}

/// How much room what is suggested takes, in pixels.
const ROOM: f64 = 320.0;

/// Whether a field stands so near the top of the screen that what belongs over it has its room below.
pub fn is_at_top(field: &HtmlTextAreaElement) -> bool {
    let place = field.get_bounding_client_rect();
    let height = document().document_element().map_or(0, |page| page.client_height());
    place.top() < ROOM && f64::from(height) - place.bottom() > place.top()
}

/// What is selected.
pub fn selected(field: &HtmlTextAreaElement) -> String {
    let (start, end) = selection(field);
    between(field, start, end)
}

/// Takes the word that an input method composes as it stands. What is put in meanwhile would leave it open: the field never
/// says that it is done.
pub fn settle(field: &HtmlTextAreaElement) {
    if document().active_element().as_ref() == Some(field.as_ref()) {
        // It had the focus a moment ago.
        let _ = field.blur();
        let _ = field.focus();
    }
}

/// Puts a text in the place of what is selected, so that it can be undone by the keyboard.
pub fn insert(field: &HtmlTextAreaElement, text: &str) {
    // A field that cannot take the focus is not on the page any more.
    let _ = field.focus();
    let page = document().dyn_into::<HtmlDocument>();
    let done = page.is_ok_and(|page| {
        // Nothing in the place of something is taken away: put in, it leaves the cursor on the line before.
        let done = if text.is_empty() && !selected(field).is_empty() {
            page.exec_command("delete")
        } else {
            page.exec_command_with_show_ui_and_value("insertText", false, text)
        };
        done.unwrap_or(false)
    });
    if !done {
        let (start, end) = selection(field);
        // Only an offset beyond the text is refused, and these are the field's own.
        let _ = field.set_range_text_with_start_and_end(text, start, end);
        let caret = start + text.encode_utf16().count() as u32;
        let _ = field.set_selection_range(caret, caret);
    }
}

/// Puts a text in the place of the last characters before the cursor, counted as JavaScript does.
pub fn replace_before(field: &HtmlTextAreaElement, count: usize, text: &str) {
    let (start, _) = selection(field);
    let _ = field.set_selection_range(start.saturating_sub(count as u32), start);
    insert(field, text);
}

/// Puts something before and behind what is selected, which stays selected; where it stands there already, takes it away.
pub fn wrap(field: &HtmlTextAreaElement, before: &str, after: &str) {
    settle(field);
    let (start, end) = selection(field);
    let inside = between(field, start, end);
    let (ahead, behind) =
        (before.encode_utf16().count() as u32, after.encode_utf16().count() as u32);
    let there = start >= ahead
        && between(field, start - ahead, start) == before
        && between(field, end, end + behind) == after;
    let begins = if there {
        // An offset that is not in the text is its end.
        let _ = field.set_selection_range(start - ahead, end + behind);
        insert(field, &inside);
        start - ahead
    } else {
        insert(field, &format!("{before}{inside}{after}"));
        start + ahead
    };
    let _ = field.set_selection_range(begins, begins + inside.encode_utf16().count() as u32);
}
