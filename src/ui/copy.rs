//! A button that copies a text.

use leptos::prelude::*;

use super::Icon;

/// Copies, and says so for a moment. Without JavaScript it is not there: the text can be marked.
#[component]
pub fn Copy(
    /// What is copied.
    text: String,
    /// What the button is called.
    label: String,
) -> impl IntoView {
    let ready = RwSignal::new(false);
    let copied = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let copy = move |_| {
        super::clipboard::write(&text);
        copied.set(true);
        set_timeout(
            move || {
                copied.try_set(false);
            },
            std::time::Duration::from_secs(2),
        );
    };
    view! {
        <button class="fact-copy" type="button" aria-label=label hidden=move || !ready.get() on:click=copy>
            {move || {
                if copied.get() { view! { <Icon name="done" /> }.into_any() } else { view! { <Icon name="copy" /> }.into_any() }
            }}
        </button>
        <span class="visually-hidden" role="status">
            {move || copied.get().then_some("Copied")}
        </span>
    }
}
