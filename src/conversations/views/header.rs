//! What can be done with a conversation, above it.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::conversations::api::{Assign, Shelve};
use crate::conversations::{Line, Shelf};
use crate::id::TeammateId;

/// With whom it is, who looks after it, and closing it.
#[component]
pub fn ThreadHeader(
    line: Line,
    assignee: TeammateId,
    teammates: Vec<(TeammateId, String)>,
    changed: Callback<()>,
) -> impl IntoView {
    let id = line.id;
    let shelve = ServerAction::<Shelve>::new();
    let assign = ServerAction::<Assign>::new();
    Effect::new(move |_| {
        if matches!(shelve.value().get(), Some(Ok(())))
            || matches!(assign.value().get(), Some(Ok(())))
        {
            changed.run(());
        }
    });
    let (shelf, word) =
        if line.open { (Shelf::Closed, "Close") } else { (Shelf::Open, "Open again") };
    let options = teammates.into_iter().map(move |(id, name)| {
        view! {
            <option value=id.to_string() selected=id == assignee>
                {name}
            </option>
        }
    });
    view! {
        <header class="thread-header">
            <a class="thread-back" href="/inbox">
                "Inbox"
            </a>
            <h1 dir="auto">{line.title}</h1>
            <a class="thread-facts button small" href=format!("/inbox/{id}?view=facts")>
                "Facts"
            </a>
            <ActionForm action=assign attr:class="thread-assign">
                <input type="hidden" name="conversation" value=id.to_string() />
                <select class="input" name="teammate" aria-label="Who looks after it">
                    <option value="0">"Nobody"</option>
                    {options.collect_view()}
                </select>
                <button class="button small" type="submit">
                    "Assign"
                </button>
            </ActionForm>
            <ActionForm action=shelve>
                <input type="hidden" name="conversation" value=id.to_string() />
                <input type="hidden" name="shelf" value=shelf.word() />
                <button class="button small" id="shelve" type="submit">
                    {word}
                </button>
            </ActionForm>
        </header>
    }
    .into_any()
}
