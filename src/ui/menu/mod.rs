//! A menu that opens under a button: `<details>`, so that it works before and without JavaScript.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
use browser as keyboard;
#[cfg(not(feature = "hydrate"))]
use elsewhere as keyboard;
pub use keyboard::{close_all, close_others, fold, open, put_away, tidy};
use leptos::prelude::*;
use leptos::web_sys::KeyboardEvent;

/// A button that opens what lies under it. Arrow keys go through it, Escape closes it and gives the focus back.
#[component]
pub fn Menu(
    /// How others open it.
    id: String,
    /// What the button says.
    #[prop(into)]
    label: Signal<String>,
    /// What it does, with its key: `Assign (a)`.
    title: &'static str,
    /// The key that opens it, empty for none.
    #[prop(optional)]
    key: &'static str,
    /// What lies under it.
    children: Children,
) -> impl IntoView {
    let keys = |event: KeyboardEvent| {
        if keyboard::press(&event) {
            event.prevent_default();
            event.stop_propagation();
        }
    };
    let hint = (!key.is_empty()).then(|| view! { <kbd>{key}</kbd> });
    view! {
        <details class="menu" id=id on:keydown=keys>
            <summary class="button small" title=title aria-keyshortcuts=(!key.is_empty()).then_some(key)>
                <span class="menu-label">{label}</span>
                {hint}
            </summary>
            <div class="menu-body">{children()}</div>
        </details>
    }
    .into_any()
}
