//! A link to a segment, or to a rule as it stands before it is saved.

use leptos::prelude::*;

use crate::ui::Copying;

/// A button that copies the link; without a script the address of the page is one.
#[component]
pub fn Share(
    /// The path and what follows it.
    address: Signal<String>,
) -> impl IntoView {
    let copying = Copying::begin();
    let Copying { ready, copied } = copying;
    let copy = move |_| {
        let origin = window().location().origin().unwrap_or_default();
        copying.copy(&format!("{origin}{}", address.get_untracked()));
    };
    view! {
        <button class="button" type="button" hidden=move || !ready.get() on:click=copy>
            {move || if copied.get() { "Link copied" } else { "Copy link" }}
        </button>
        <span class="visually-hidden" role="status">
            {move || copied.get().then_some("Link copied")}
        </span>
    }
    .into_any()
}
