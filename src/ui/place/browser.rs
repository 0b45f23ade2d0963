//! The parts of a page.

use leptos::web_sys::Element;

/// Puts the children of an element into an order, each found by what its attribute says. Only those that stand elsewhere
/// move, so that the others keep what a move would cost them: the focus, and where they are scrolled to.
pub fn place(list: &Element, attribute: &str, order: &[&str]) {
    let mut at = list.first_element_child();
    for word in order {
        let found = list.query_selector(&format!(":scope > [{attribute}=\"{word}\"]"));
        let Ok(Some(part)) = found else { continue };
        if at.as_ref() == Some(&part) {
            at = part.next_element_sibling();
        } else {
            list.insert_before(&part, at.as_deref()).ok();
        }
    }
}
