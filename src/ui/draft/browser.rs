//! Drafts in the browser's own storage; a browser that gives none keeps none.

use leptos::prelude::window;
use leptos::web_sys::Storage;

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Keeps what is typed under a name; nothing typed is nothing kept.
pub fn keep(name: &str, text: &str) {
    if text.is_empty() {
        return forget(name);
    }
    if let Some(storage) = storage() {
        // A full storage keeps no draft; what is typed is still on the page.
        let _ = storage.set_item(&format!("draft-{name}"), text);
    }
}

/// What was typed under a name and not saved.
pub fn kept(name: &str) -> Option<String> {
    storage()?.get_item(&format!("draft-{name}")).ok().flatten()
}

/// Forgets a draft once it is saved.
pub fn forget(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&format!("draft-{name}"));
    }
}
