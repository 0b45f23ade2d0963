//! Buttons that copy a text.

use std::time::Duration;

use leptos::prelude::*;

use super::{Icon, clipboard};

/// How long it says that it was copied.
const SAID: Duration = Duration::from_secs(2);

/// What a button needs that copies.
#[derive(Clone, Copy)]
pub struct Copying {
    /// Whether a script is there that can copy, which browsers let a page do that came by https or from the same machine.
    pub ready: RwSignal<bool>,
    /// Whether it was copied a moment ago.
    pub copied: RwSignal<bool>,
}

impl Copying {
    /// Before anything was copied.
    pub fn begin() -> Self {
        let ready = RwSignal::new(false);
        Effect::new(move |_| ready.set(clipboard::is_there()));
        Self { ready, copied: RwSignal::new(false) }
    }

    /// Copies, and says so for a moment.
    pub fn copy(self, text: &str) {
        clipboard::write(text);
        self.copied.set(true);
        set_timeout(move || _ = self.copied.try_set(false), SAID);
    }
}

/// Copies, and says so for a moment. Where nothing can copy it is not there: the text can be marked.
#[component]
pub fn Copy(
    /// What is copied.
    text: String,
    /// What the button is called.
    label: String,
) -> impl IntoView {
    let copying = Copying::begin();
    let Copying { ready, copied } = copying;
    view! {
        <button
            class="fact-copy"
            type="button"
            aria-label=label
            hidden=move || !ready.get()
            on:click=move |_| copying.copy(&text)
        >
            {move || {
                if copied.get() { view! { <Icon name="done" /> }.into_any() } else { view! { <Icon name="copy" /> }.into_any() }
            }}
        </button>
        <span class="visually-hidden" role="status">
            {move || copied.get().then_some("Copied")}
        </span>
    }
}
