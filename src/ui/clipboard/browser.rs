//! Writing to the clipboard, after a click.

/// Puts a text on the clipboard.
pub fn write(text: &str) {
    // The promise fails where the page is not on https or localhost; the text can still be marked.
    let _ = leptos::prelude::window().navigator().clipboard().write_text(text);
}
