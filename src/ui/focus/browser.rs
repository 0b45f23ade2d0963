//! Moving the focus, and pressing what is there.

use std::time::Duration;

use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::{Element, HtmlElement, HtmlTextAreaElement};

/// How long lies between two looks whether the focus is to go elsewhere, and how often it is looked.
const LOOK: Duration = Duration::from_millis(50);
const LOOKS: u32 = 100;

fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// Moves the focus to the first element that a selector finds.
pub fn focus(selector: &str) {
    if let Some(element) = find(selector) {
        // An element that cannot take the focus leaves it where it is.
        let _ = element.focus();
    }
}

/// Takes the focus from an element that a selector finds, if it has it.
pub fn leave(selector: &str) {
    let Some(element) = find(selector) else { return };
    if document().active_element().as_ref() == Some(element.as_ref()) {
        // An element that is left already is left.
        let _ = element.blur();
    }
}

/// What has the focus is about to go from the page: then the focus goes to the first element that a selector finds, once it
/// is there, and along with it where it is drawn anew. Whoever goes elsewhere meanwhile stays there; after five seconds
/// nothing is moved any more.
pub fn land(selector: impl Into<String>) {
    land_soon(selector.into(), document().active_element(), false, LOOKS);
}

fn land_soon(selector: String, mut held: Option<Element>, mut landed: bool, left: u32) {
    let active = document().active_element();
    if !is_nowhere(active.as_ref()) {
        if active != held {
            return;
        }
    } else if landed && held.as_ref().is_some_and(|held| held.is_connected()) {
        // Whoever landed has let go of it.
        return;
    } else if let Some(element) = find(&selector) {
        // Words take the focus as well, so that the next step goes on from there.
        if element.tab_index() < 0 {
            let _ = element.set_attribute("tabindex", "-1");
        }
        let _ = element.focus();
        let now = document().active_element();
        if !is_nowhere(now.as_ref()) {
            (held, landed) = (now, true);
        }
    }
    if left > 0 {
        set_timeout(move || land_soon(selector, held, landed, left - 1), LOOK);
    }
}

/// Whether nothing has the focus.
fn is_nowhere(active: Option<&Element>) -> bool {
    active.is_none_or(|active| active.tag_name() == "BODY")
}

/// Puts the cursor at the end of a field.
pub fn write_in(field: NodeRef<Textarea>) {
    if let Some(field) = field.get_untracked() {
        let end = field.value().encode_utf16().count() as u32;
        // A field that cannot take the focus leaves it where it is.
        let _ = field.set_selection_range(end, end);
        let _ = field.focus();
    }
}

/// Marks a line, from 1, of the text in the first field that a selector finds, and moves the focus there.
pub fn line(selector: &str, line: usize) {
    let field = find(selector).and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok());
    let Some(field) = field else { return };
    let (text, above) = (field.value(), line.saturating_sub(1));
    let units = |part: &str| part.encode_utf16().count() as u32;
    let begin = text.split_inclusive('\n').take(above).map(units).sum::<u32>();
    let end = begin + units(text.lines().nth(above).unwrap_or_default());
    // A field that cannot take the focus leaves it where it is.
    let _ = field.set_selection_range(begin, end);
    let _ = field.focus();
    // With two lines above it.
    let height = f64::from(field.scroll_height()) / text.lines().count().max(1) as f64;
    field.set_scroll_top((above.saturating_sub(2) as f64 * height) as i32);
}

/// Presses the first element that a selector finds.
pub fn click(selector: &str) {
    if let Some(element) = find(selector) {
        element.click();
    }
}

/// Whether someone writes in a field, so that letters are theirs.
pub fn is_writing() -> bool {
    let Some(active) = document().active_element() else { return false };
    let kind = active.get_attribute("type").unwrap_or_default();
    match active.tag_name().as_str() {
        // Nothing is written in a box that is ticked.
        "INPUT" => !matches!(kind.as_str(), "checkbox" | "radio" | "button" | "submit"),
        "TEXTAREA" | "SELECT" => true,
        _ => false,
    }
}

/// What a data attribute of the focused element says.
pub fn data(name: &str) -> Option<String> {
    document().active_element()?.get_attribute(&format!("data-{name}"))
}

/// Whether the page is on the screen: its tab is the one that is shown.
pub fn is_seen() -> bool {
    !document().hidden()
}

/// Whether somebody looks at the page: it is on the screen, and its window is the one that keys go to.
pub fn is_looked_at() -> bool {
    is_seen() && document().has_focus().unwrap_or(true)
}

/// What the composer that has the focus is for, if one has it: true for a note, false for a message; and whether it
/// is empty.
pub fn composing() -> Option<(bool, bool)> {
    let active = document().active_element().filter(|e| e.tag_name() == "TEXTAREA")?;
    let composer = active.closest("[data-mode]").ok().flatten()?;
    let note = match composer.get_attribute("data-mode")?.as_str() {
        "note" => true,
        "reply" => false,
        _ => return None,
    };
    let empty = active.dyn_into::<HtmlTextAreaElement>().ok()?.value().trim().is_empty();
    Some((note, empty))
}

/// Moves the focus among the elements that a selector finds; from outside to the first. False where it cannot go on.
pub fn step(selector: &str, by: i32) -> bool {
    let Ok(all) = document().query_selector_all(selector) else { return false };
    let active = document().active_element();
    let here = (0..all.length()).find(|n| all.get(*n).as_ref() == active.as_deref());
    // A cursor in a field moves by itself; only down leads out of it.
    let next = match here {
        Some(here) => i64::from(here) + i64::from(by),
        None if by > 1 => 0,
        None => return false,
    };
    let element = u32::try_from(next).ok().and_then(|n| all.get(n));
    let element = element.and_then(|node| node.dyn_into::<HtmlElement>().ok());
    element.is_some_and(|element| element.focus().is_ok())
}

/// What in a part of a page can have the focus.
const FOCUSABLE: &str = "a[href], button";

fn focusable(part: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(all) = part.query_selector_all(FOCUSABLE) else { return Vec::new() };
    (0..all.length()).filter_map(|n| all.get(n)?.dyn_into().ok()).collect()
}

/// What an element is called, for one who hears it.
fn called(element: &HtmlElement) -> String {
    element.get_attribute("aria-label").or_else(|| element.text_content()).unwrap_or_default()
}

/// Makes the content of a part of the page anew. If the focus is in it, it is afterwards at what has the same name,
/// the nearest of several, or else at the same place; anywhere else it stays where it is.
pub fn keep(part: &HtmlElement, anew: impl FnOnce(&HtmlElement)) {
    let active = document().active_element();
    let before = focusable(part);
    let place = before.iter().position(|e| active.as_ref() == Some(e.as_ref()));
    let place = place.map(|place| (place, called(&before[place])));
    anew(part);
    let Some((place, name)) = place else { return };
    let after = focusable(part);
    let named = after.iter().enumerate().filter(|(_, e)| called(e) == name);
    let nearest = named.min_by_key(|(n, _)| n.abs_diff(place)).map(|(_, e)| e);
    if let Some(element) = nearest.or(after.get(place)).or(after.last()) {
        // An element that cannot take the focus leaves it where it is.
        let _ = element.focus();
    }
}

/// Sends the form of a field, with its own checks.
pub fn submit(field: NodeRef<Textarea>) {
    if let Some(form) = field.get_untracked().and_then(|field| field.form()) {
        // A form that is refused shows why by itself.
        let _ = form.request_submit();
    }
}
