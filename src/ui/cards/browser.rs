//! In a browser.

use leptos::ev;
use leptos::prelude::*;
use leptos::web_sys::{Element, EventTarget, HtmlElement};
use wasm_bindgen::JsCast as _;

/// What has a card in it.
const OWNERS: &str = ".ref, .hovered";
/// Those whose card is shown.
const SHOWN: &str = ":is(.ref, .hovered):is(:hover, :focus-within):not([data-hidden])";
/// Those whose card was taken away, or put above the line: it stays so while they are pointed at or have the focus still.
const KEPT: &str = ":is([data-hidden], [data-above]):is(.ref, .hovered)";
/// How far a card stands aside from where its line begins, so that it is beside what it is about.
const ASIDE: &str = "--aside";
/// How far above the line that it is about a card stands that has no room below, in pixels.
const LINE: f64 = 32.0;

/// Takes cards away with Escape, puts each under the words that it is about, and those above the line that would end below the
/// screen. For as long as the component stands.
pub fn keep() {
    let key = window_event_listener(ev::keydown, |event| {
        if event.key() == "Escape" && !event.is_composing() {
            for owner in all(SHOWN) {
                // The words are ones that any element takes.
                let _ = owner.set_attribute("data-hidden", "");
            }
        }
    });
    let over = window_event_listener(ev::pointerover, |event| come(event.target()));
    let into = window_event_listener(ev::focusin, |event| come(event.target()));
    on_cleanup(move || {
        key.remove();
        over.remove();
        into.remove();
    });
}

/// Something is pointed at, or has the focus now.
fn come(to: Option<EventTarget>) {
    for owner in all(KEPT) {
        if !owner.matches(":hover, :focus-within").unwrap_or(true) {
            let _ = owner.remove_attribute("data-hidden");
            let _ = owner.remove_attribute("data-above");
        }
    }
    let target = to.and_then(|to| to.dyn_into::<Element>().ok());
    if let Some(owner) = target.and_then(|target| target.closest(OWNERS).ok().flatten()) {
        fit(&owner);
    }
}

fn fit(owner: &Element) {
    let card = owner.last_element_child();
    let screen = document().document_element().map_or(0, |page| page.client_height());
    let (Some(card), false) = (card, owner.has_attribute("data-above")) else { return };
    beside(owner, &card);
    let place = card.get_bounding_client_rect();
    let is_below = place.bottom() > f64::from(screen);
    if is_below && place.top() - place.height() > LINE {
        let _ = owner.set_attribute("data-above", "");
    }
}

/// Puts a card under the words that it is about, within the column that it stands in.
fn beside(owner: &Element, card: &Element) {
    let card = card.unchecked_ref::<HtmlElement>();
    let (Some(column), Some(words)) = (card.offset_parent(), owner.first_element_child()) else {
        return;
    };
    let style = card.style();
    // Where a page may not be styled it stays where it is.
    let _ = style.remove_property(ASIDE);
    let place = card.get_bounding_client_rect();
    let column = column.get_bounding_client_rect();
    let last = (column.right() - place.width()).max(column.left());
    let aside = words.get_bounding_client_rect().left().clamp(column.left(), last) - place.left();
    let _ = style.set_property(ASIDE, &format!("{aside}px"));
}

fn all(selector: &str) -> Vec<Element> {
    let Ok(list) = document().query_selector_all(selector) else { return Vec::new() };
    let nodes = (0..list.length()).filter_map(|n| list.item(n));
    nodes.filter_map(|node| node.dyn_into().ok()).collect()
}
