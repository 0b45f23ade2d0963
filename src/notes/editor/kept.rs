//! What was typed in a note and the server has not got, in the browser's own storage, so that a reload loses nothing.

use std::collections::BTreeSet;

use leptos::prelude::window;
use leptos::web_sys::Storage;

use crate::id::{NoteId, TeammateId};

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Each editor has a place of its own: two tabs do not take each other's away. It is the teammate's who typed: where
/// several use a browser one after the other, nobody sends what another has typed.
fn name(note: NoteId, me: TeammateId, client: u64) -> String {
    format!("{}{client}", prefix(note, me))
}

fn prefix(note: NoteId, me: TeammateId) -> String {
    format!("note-{note}-typed-by-{me}-")
}

/// Keeps an update; nothing where there is none. Each character of what is stored is a byte.
pub fn keep(note: NoteId, me: TeammateId, client: u64, update: Option<&[u8]>) {
    let Some(storage) = storage() else { return };
    let name = name(note, me, client);
    // A full storage keeps nothing; what is typed is still on the page.
    let _ = match update {
        Some(update) => {
            let text: String = update.iter().copied().map(char::from).collect();
            storage.set_item(&name, &text)
        }
        None => storage.remove_item(&name),
    };
}

/// Forgets what another editor kept, once this one has it.
pub fn forget(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(name);
    }
}

/// The notes in which something of a teammate's is kept.
pub fn notes(me: TeammateId) -> BTreeSet<NoteId> {
    let Some(storage) = storage() else { return BTreeSet::new() };
    let count = storage.length().unwrap_or_default();
    let names = (0..count).filter_map(|n| storage.key(n).ok().flatten());
    let mine = format!("-typed-by-{me}-");
    names.filter_map(|name| name.strip_prefix("note-")?.split_once(&mine)?.0.parse().ok()).collect()
}

/// What is kept of a teammate's in a note, by the names that it is kept under.
pub fn all(note: NoteId, me: TeammateId) -> Vec<(String, Vec<u8>)> {
    let Some(storage) = storage() else { return Vec::new() };
    let prefix = prefix(note, me);
    let count = storage.length().unwrap_or_default();
    let names = (0..count).filter_map(|n| storage.key(n).ok().flatten());
    let names: Vec<_> = names.filter(|name| name.starts_with(&prefix)).collect();
    let bytes = |text: String| text.chars().map(|c| u8::try_from(c).ok()).collect::<Option<_>>();
    names
        .into_iter()
        .filter_map(|name| {
            let text = storage.get_item(&name).ok().flatten()?;
            Some((name, bytes(text)?))
        })
        .collect()
}
