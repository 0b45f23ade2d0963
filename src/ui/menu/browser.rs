//! Menus in a browser: by keyboard, and one at a time.

use leptos::ev;
use leptos::prelude::{Effect, document, on_cleanup, window_event_listener};
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::{Element, HtmlElement, KeyboardEvent, MouseEvent, Node, NodeList};

const ENTRIES: &str = ".menu-body :is(a, button:not([hidden]), input:not([type=hidden]), select)";

fn elements(list: Option<NodeList>) -> Vec<HtmlElement> {
    let list = list.into_iter().flat_map(|l| (0..l.length()).filter_map(move |n| l.item(n)));
    list.filter_map(|node| node.dyn_into().ok()).collect()
}

fn focus(element: Option<&HtmlElement>) {
    if let Some(element) = element {
        // An element that cannot take the focus leaves it where it is.
        let _ = element.focus();
    }
}

fn close(menu: &Element) {
    // An attribute that is not there is gone already.
    let _ = menu.remove_attribute("open");
}

/// Moves through a menu, or closes it; answers whether the key was the menu's.
pub fn press(event: &KeyboardEvent) -> bool {
    let target: Option<Element> = event.target().and_then(|t| t.dyn_into().ok());
    let menu = target.as_ref().and_then(|t| t.closest("details.menu").ok().flatten());
    let Some(menu) = menu.filter(|m| m.has_attribute("open")) else { return false };
    let entries = || elements(menu.query_selector_all(ENTRIES).ok());
    let here = |all: &[HtmlElement]| {
        let active = document().active_element();
        all.iter().position(|e| active.as_ref().is_some_and(|a| e.is_same_node(Some(a))))
    };
    match event.key().as_str() {
        "Escape" => {
            close(&menu);
            let summary = menu.query_selector("summary").ok().flatten();
            focus(summary.and_then(|s| s.dyn_into().ok()).as_ref());
        }
        "ArrowDown" => {
            let all = entries();
            let next = here(&all).map_or(0, |n| (n + 1) % all.len().max(1));
            focus(all.get(next));
        }
        "ArrowUp" => {
            let all = entries();
            let before = here(&all).unwrap_or(0).checked_sub(1);
            focus(before.map_or(all.last(), |n| all.get(n)));
        }
        _ => return false,
    }
    true
}

/// Opens the menu that a selector finds, and puts the focus on its first entry; answers whether there is one.
pub fn open(selector: &str) -> bool {
    let Some(menu) = document().query_selector(selector).ok().flatten() else { return false };
    close_all();
    // On a phone the menus lie in one that is opened first.
    if let Some(around) = menu.closest(".folded").ok().flatten()
        && let Some(more) = around.previous_element_sibling()
    {
        let _ = more.set_attribute("open", "");
    }
    let _ = menu.set_attribute("open", "");
    let first = menu.query_selector(ENTRIES).ok().flatten();
    focus(first.and_then(|e| e.dyn_into().ok()).as_ref());
    true
}

/// Closes every open menu; answers whether one was.
pub fn close_all() -> bool {
    let open = elements(document().query_selector_all("details.menu[open]").ok());
    open.iter().for_each(|menu| close(menu));
    !open.is_empty()
}

/// Closes the menu that has the focus, which its button gets back; answers whether there was one.
pub fn put_away() -> bool {
    let active = document().active_element();
    let Some(menu) = active.and_then(|e| e.closest("details.menu[open]").ok().flatten()) else {
        return false;
    };
    let summary = menu.query_selector("summary").ok().flatten();
    focus(summary.and_then(|s| s.dyn_into().ok()).as_ref());
    close(&menu);
    true
}

/// Closes the menus that a click was not in.
pub fn close_others(event: &MouseEvent) {
    close_beside(event, "details.menu[open]");
}

/// While the component stands, Escape closes the menu that has the focus, and a click closes the menus of things to do that
/// it was not in. A menu that is a form stays, with what is typed in it.
pub fn tidy() {
    Effect::new(|_| {
        let pressed = window_event_listener(ev::keydown, |event| {
            if event.key() == "Escape" && put_away() {
                event.prevent_default();
            }
        });
        let clicked = window_event_listener(ev::click, |event| {
            close_beside(&event, "details.menu[open]:has(> ul)");
        });
        on_cleanup(move || {
            pressed.remove();
            clicked.remove();
        });
    });
}

fn close_beside(event: &MouseEvent, menus: &str) {
    let target: Option<Node> = event.target().and_then(|t| t.dyn_into().ok());
    for menu in elements(document().query_selector_all(menus).ok()) {
        if !menu.contains(target.as_ref()) {
            close(&menu);
        }
    }
}
