//! A link to a segment, or to a rule as it stands before it is saved.

use std::time::Duration;

use leptos::prelude::*;

use crate::ui::clipboard;

/// How long it says that the link was copied.
const SAID: Duration = Duration::from_secs(2);

/// A button that copies the link; without a script the address of the page is one.
#[component]
pub fn Share(
    /// The path and what follows it.
    address: Signal<String>,
) -> impl IntoView {
    let ready = RwSignal::new(false);
    let copied = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let copy = move |_| {
        let origin = window().location().origin().unwrap_or_default();
        clipboard::write(&format!("{origin}{}", address.get_untracked()));
        copied.set(true);
        set_timeout(move || _ = copied.try_set(false), SAID);
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
