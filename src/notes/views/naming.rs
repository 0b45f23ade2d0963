//! Naming teammates while a note is written: `@` suggests who there is.

use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::notes::api::note_names;
use crate::ui::{Choices, fitting};

/// The names that are suggested in one field.
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
        let Some((_, word)) = self.choices.word(&there, &['@']) else {
            return self.choices.close();
        };
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
}
