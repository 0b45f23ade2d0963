//! What lies over the field: the same text, unseen, with the others' cursors in it.

use leptos::prelude::document;
use leptos::web_sys::{HtmlElement, Node};

/// Where somebody is, in UTF-16 units.
pub struct Caret {
    /// Their name.
    pub name: String,
    /// Which of the colours is theirs.
    pub colour: u8,
    /// Where their selection begins.
    pub anchor: usize,
    /// Where their cursor is.
    pub head: usize,
}

/// Draws the cursors; nobody is nothing.
pub fn draw(mirror: &HtmlElement, text: &[u16], carets: &[Caret]) {
    mirror.set_text_content(None);
    let mut done = 0;
    for caret in carets {
        let head = caret.head.min(text.len());
        let (from, to) = (caret.anchor.min(caret.head), caret.anchor.max(caret.head));
        let (from, to) = (from.min(text.len()).max(done), to.min(text.len()));
        add(mirror, &text[done..from.max(done)]);
        let before = caret.head <= caret.anchor;
        if before {
            put(mirror, caret);
        }
        if to > from {
            select(mirror, &text[from..to], caret.colour);
        }
        if !before {
            put(mirror, caret);
        }
        done = done.max(to).max(head);
    }
    if !carets.is_empty() {
        add(mirror, &text[done..]);
    }
}

fn add(parent: &Node, text: &[u16]) {
    let node = document().create_text_node(&String::from_utf16_lossy(text));
    // A node just made has no parent that could refuse.
    let _ = parent.append_child(&node);
}

fn element(parent: &Node, class: &str, colour: u8) -> Option<leptos::web_sys::Element> {
    let span = document().create_element("span").ok()?;
    span.set_class_name(class);
    span.set_attribute("data-colour", &colour.to_string()).ok()?;
    parent.append_child(&span).ok()?;
    Some(span)
}

fn select(parent: &Node, text: &[u16], colour: u8) {
    if let Some(span) = element(parent, "note-selected", colour) {
        add(&span, text);
    }
}

fn put(parent: &Node, caret: &Caret) {
    if let Some(span) = element(parent, "note-caret", caret.colour) {
        let _ = span.set_attribute("data-name", &caret.name);
    }
}
