//! Keys that give what is written its form, the same in every field for Markdown.

use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::web_sys::KeyboardEvent;

use super::lists::go_on;
use super::wrap;

/// What browsers say of a key that an input method takes.
const TAKEN: u32 = 229;

/// Whether a key is an input method's. In Safari the word is over when the key comes that took it, and only a number tells.
pub fn composes(key: &KeyboardEvent) -> bool {
    key.is_composing() || key.key_code() == TAKEN
}

/// Whether a key begins a new line of a list, which has begun by then.
pub fn goes_on(key: &KeyboardEvent, field: NodeRef<Textarea>) -> bool {
    let bare = !(key.ctrl_key() || key.meta_key() || key.alt_key() || key.shift_key());
    // The key that takes a word from an input method begins no line.
    let begins = key.key() == "Enter" && bare && !composes(key);
    begins && field.get_untracked().is_some_and(|field| go_on(&field))
}

/// Whether a key with Ctrl or ⌘ gives what is selected its form, or takes it away, which has happened by then.
pub fn forms(key: &KeyboardEvent, field: NodeRef<Textarea>) -> bool {
    // With Shift they are the browser's, and Ctrl with Alt writes letters of many keyboards.
    let commands = (key.ctrl_key() || key.meta_key()) && !(key.alt_key() || key.shift_key());
    let (before, after) = match key.key().to_lowercase().as_str() {
        "b" => ("**", "**"),
        "i" => ("_", "_"),
        "e" => ("`", "`"),
        "k" => ("[", "](https://)"),
        _ => return false,
    };
    let Some(field) = field.get_untracked().filter(|_| commands) else { return false };
    wrap(&field, before, after);
    true
}
