//! Buttons that copy a text.

use std::time::Duration;

use leptos::prelude::*;

use super::{Icon, clipboard};

/// How long it says that it was copied.
const SAID: Duration = Duration::from_secs(2);

/// What a button needs that copies.
#[derive(Clone, Copy)]
struct Copying {
    /// Whether a script is there that can copy, which browsers let a page do that came by https or from the same machine.
    ready: RwSignal<bool>,
    /// Whether it was copied a moment ago.
    copied: RwSignal<bool>,
}

impl Copying {
    /// Before anything was copied.
    fn begin() -> Self {
        let ready = RwSignal::new(false);
        Effect::new(move |_| ready.set(clipboard::is_there()));
        Self { ready, copied: RwSignal::new(false) }
    }

    /// Copies, and says so for a moment.
    fn copy(self, text: &str) {
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

/// The same as words: a button that says what it does, and then for a moment what it did.
#[component]
pub fn CopyWords(
    /// Gives what is copied.
    text: Callback<(), String>,
    /// What it says before, and after.
    words: (&'static str, &'static str),
    /// Its looks.
    class: &'static str,
    /// More about it.
    #[prop(optional)]
    title: Option<&'static str>,
) -> impl IntoView {
    let copying = Copying::begin();
    let Copying { ready, copied } = copying;
    let (before, after) = words;
    let copies = move |_| copying.copy(&text.run(()));
    view! {
        <button class=class type="button" title=title hidden=move || !ready.get() on:click=copies>
            {move || if copied.get() { after } else { before }}
        </button>
        <span class="visually-hidden" role="status">
            {move || copied.get().then_some(after)}
        </span>
    }
    .into_any()
}
