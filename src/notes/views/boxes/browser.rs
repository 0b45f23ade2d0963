//! In a browser.

use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::{Event, HtmlElement, HtmlInputElement};

/// The most characters of a box's name.
const NAME: usize = 80;

fn boxes(prose: &HtmlElement) -> Vec<HtmlInputElement> {
    let Ok(found) = prose.query_selector_all("input[type=checkbox]") else { return Vec::new() };
    (0..found.length()).filter_map(|n| found.get(n)?.dyn_into().ok()).collect()
}

/// Lets the boxes of a text be ticked, each under the words beside it.
pub fn enable(prose: &HtmlElement) {
    for found in boxes(prose) {
        let words = found.parent_element().and_then(|e| e.text_content()).unwrap_or_default();
        let name: String = words.trim().chars().take(NAME).collect();
        // Both are words that any element takes.
        let _ = found.set_attribute("aria-label", if name.is_empty() { "Done" } else { &name });
        let _ = found.remove_attribute("disabled");
    }
}

/// Which box of the text was ticked, counted from 0, and whether it is ticked now.
pub fn ticked(prose: &HtmlElement, event: &Event) -> Option<(u32, bool)> {
    let target: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let place = boxes(prose).iter().position(|found| *found == target)?;
    Some((u32::try_from(place).ok()?, target.checked()))
}
