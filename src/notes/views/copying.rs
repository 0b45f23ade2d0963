//! Taking a note's text along.

use leptos::prelude::*;

use crate::notes::Written;
use crate::ui::Copying;

/// Copies the text as it was typed, formatting included. What is marked where it is read has lost that.
#[component]
pub fn CopyText(note: Memo<Written>) -> impl IntoView {
    let copying = Copying::begin();
    let Copying { ready, copied } = copying;
    let copies = move |_| note.with_untracked(|note| copying.copy(&note.body));
    let button = move || {
        view! {
            <button class="link-button" type="button" title="Copy as Markdown" on:click=copies>
                {move || if copied.get() { "Copied" } else { "Copy" }}
            </button>
        }
    };
    view! {
        {move || ready.get().then(button)}
        <span class="visually-hidden" role="status">
            {move || copied.get().then_some("Copied")}
        </span>
    }
    .into_any()
}
