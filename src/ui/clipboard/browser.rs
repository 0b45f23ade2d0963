//! Writing to the clipboard, after a click.

/// Puts a text on the clipboard.
pub fn write(text: &str) {
    // Where a browser refuses it the text can still be marked.
    let _ = leptos::prelude::window().navigator().clipboard().write_text(text);
}

/// Whether the page may put something on it.
pub fn is_there() -> bool {
    leptos::prelude::window().is_secure_context()
}
