//! Taking a note's text along.

use leptos::prelude::*;

use crate::notes::Written;
use crate::ui::CopyWords;

/// Copies the text as it was typed, formatting included. What is marked where it is read has lost that.
#[component]
pub fn CopyText(note: Memo<Written>) -> impl IntoView {
    let text = Callback::new(move |()| note.with_untracked(|note| note.body.clone()));
    view! { <CopyWords text words=("Copy", "Copied") class="link-button" title="Copy as Markdown" /> }
}
