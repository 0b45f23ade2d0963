//! A link to a segment, or to a rule as it stands before it is saved.

use leptos::prelude::*;

use crate::ui::CopyWords;

/// A button that copies the link; without a script the address of the page is one.
#[component]
pub fn Share(
    /// The path and what follows it.
    address: Signal<String>,
) -> impl IntoView {
    let text = Callback::new(move |()| {
        let origin = window().location().origin().unwrap_or_default();
        format!("{origin}{}", address.get_untracked())
    });
    view! { <CopyWords text words=("Copy link", "Link copied") class="button" /> }
}
