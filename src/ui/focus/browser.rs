//! Moving the focus, and pressing what is there.

use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::{HtmlElement, HtmlTextAreaElement};

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

/// Sends the form of a field, with its own checks.
pub fn submit(field: NodeRef<Textarea>) {
    if let Some(form) = field.get_untracked().and_then(|field| field.form()) {
        // A form that is refused shows why by itself.
        let _ = form.request_submit();
    }
}
