//! What is suggested while a note is written: `@` names teammates, `#` finds whom and what it can lead to.

use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::notes::Offer;
use crate::notes::api::{note_links, note_names};
use crate::ui::{Choice, Choices, fitting};

/// What is suggested in one field.
#[derive(Clone, Copy)]
pub struct Naming {
    /// What is suggested now.
    pub choices: Choices,
    names: RwSignal<Option<Vec<String>>>,
}

impl Naming {
    /// Nothing suggested yet; `name` is what the list is called on the page.
    pub fn new(name: impl Into<String>) -> Self {
        Self { choices: Choices::new(name), names: RwSignal::new(None) }
    }

    /// Looks at the word before the cursor. Who there is, is asked for when it is first needed.
    pub fn look(self, field: NodeRef<Textarea>) {
        let Some(there) = field.try_get_untracked().flatten() else { return };
        let Some((mark, word)) = self.choices.word(&there, &['@', '#']) else {
            let names = || self.names.get_untracked().unwrap_or_default();
            return self.choices.offer_names(&there, names);
        };
        if mark == '#' {
            return self.find(field, word);
        }
        if let Some(names) = self.names.get_untracked() {
            return self.choices.offer(fitting(names, &word));
        }
        spawn_local(async move {
            if let Ok(found) = note_names().await {
                self.names.try_set(Some(found));
                self.look(field);
            }
        });
    }

    /// Finds what can be linked to. What was typed meanwhile is looked at by itself.
    fn find(self, field: NodeRef<Textarea>, word: String) {
        // A second mark makes a heading of it.
        if word.starts_with('#') {
            return self.choices.close();
        }
        spawn_local(async move {
            let Ok(found) = note_links(word.clone()).await else { return };
            let Some(there) = field.try_get_untracked().flatten() else { return };
            if self.choices.word(&there, &['#']) == Some(('#', word)) {
                self.choices.offer(found.into_iter().map(link));
            }
        });
    }
}

/// An offer, as Markdown that leads to it.
pub fn link(offer: Offer) -> Choice {
    let Offer { label, detail, address } = offer;
    let mut name = String::with_capacity(label.len());
    for c in label.chars() {
        if "[]\\`*_<".contains(c) {
            name.push('\\');
        }
        name.push(c);
    }
    Choice { text: format!("[{name}]({address}) "), label, detail }
}
