//! Menus in a browser: by keyboard, and one at a time.

use std::cell::RefCell;

use leptos::ev;
use leptos::prelude::{Effect, document, on_cleanup, window_event_listener};
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::{Element, HtmlElement, KeyboardEvent, MouseEvent, Node, NodeList};

const ENTRIES: &str = ".menu-body :is(a, button:not([hidden]), input:not([type=hidden]), select)";

/// Letters that come within so many milliseconds of each other begin one word.
const TOGETHER: f64 = 1_000.0;

thread_local! {
    /// The letters that were typed last, and when.
    static TYPED: RefCell<(String, f64)> = const { RefCell::new((String::new(), 0.0)) };
}

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

/// Moves through a menu, or closes it; answers whether the key was the menu's. Letters lead to the entry that begins with them, and
/// are no keys of the page meanwhile. In a field they and the arrows are the field's.
pub fn press(event: &KeyboardEvent) -> bool {
    let target: Option<Element> = event.target().and_then(|t| t.dyn_into().ok());
    let writes =
        target.as_ref().is_some_and(|t| matches!(t.tag_name().as_str(), "INPUT" | "SELECT"));
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
        _ if writes => return false,
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
        "Home" => focus(entries().first()),
        "End" => focus(entries().last()),
        letter if is_letter(event) => {
            let all = entries();
            focus(begins_with(&all, here(&all), &letter.to_lowercase()));
        }
        _ => return false,
    }
    true
}

/// Whether a key is a letter, or another sign. A space presses what has the focus.
fn is_letter(event: &KeyboardEvent) -> bool {
    let key = event.key();
    let with = event.ctrl_key() || event.meta_key() || event.alt_key();
    key.chars().count() == 1 && key != " " && !with
}

/// The next entry that begins with the letters that were typed together. The same one again goes on to the one after.
fn begins_with<'a>(
    all: &'a [HtmlElement],
    here: Option<usize>,
    letter: &str,
) -> Option<&'a HtmlElement> {
    let now = js_sys::Date::now();
    let typed = TYPED.with_borrow_mut(|(typed, at)| {
        if now - *at > TOGETHER {
            typed.clear();
        }
        *at = now;
        typed.push_str(letter);
        typed.clone()
    });
    let again = typed.replace(letter, "").is_empty();
    let word = if again { letter } else { typed.as_str() };
    let first = here.map_or(0, |n| n + usize::from(again));
    let said = |n: &usize| {
        all.get(*n).and_then(|e| e.text_content()).unwrap_or_default().trim().to_lowercase()
    };
    let mut places = (0..all.len()).map(|n| (first + n) % all.len());
    places.find(|n| said(n).starts_with(word)).and_then(|n| all.get(n))
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

/// Folds away what a selector finds, if it lies behind a button, as things do where there is little room. The button has the
/// focus then.
pub fn fold(behind: &str) {
    let summary = format!("details[open]:has(+ {behind}) > summary");
    let summary = document().query_selector(&summary).ok().flatten();
    let summary = summary.and_then(|found| found.dyn_into::<HtmlElement>().ok());
    // Where there is room the button is not shown.
    if let Some(summary) = summary.filter(|summary| summary.offset_parent().is_some()) {
        if let Some(opened) = summary.parent_element() {
            close(&opened);
        }
        focus(Some(&summary));
    }
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
