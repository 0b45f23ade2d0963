//! Changing a note of one's own, and bringing one back.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::state::ThreadState;
use crate::conversations::Part;
use crate::conversations::api::{EditPart, RestorePart};
use crate::id::PartId;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::in_field;

/// A form with the note's text, folded until it is wanted.
#[component]
pub fn EditNote(part: Part, state: ThreadState) -> impl IntoView {
    const PATH: &str = "/do/edit_part";
    let edit = ServerAction::<EditPart>::new();
    let mine = use_typed(PATH, "part").is_some_and(|id| id == part.id.to_string());
    let before = use_failure(PATH).filter(|_| mine);
    let open = before.is_some();
    let typed = use_typed(PATH, "body").filter(|_| mine);
    let failure = move || match edit.value().get() {
        Some(Err(error)) => Some(error),
        Some(Ok(())) => None,
        None => before.clone(),
    };
    Effect::new(move |_| {
        if let Some(Ok(())) = edit.value().get() {
            state.version.update(|n| *n += 1);
        }
    });
    view! {
        <details class="note-edit" open=open>
            <summary class="link-button">"Edit"</summary>
            <ActionForm action=edit attr:class="form">
                <input type="hidden" name="conversation" value=state.id.to_string() />
                <input type="hidden" name="part" value=part.id.to_string() />
                <textarea class="input" name="body" aria-label="Text of the note" rows="3" maxlength="100000" dir="auto" required>
                    {in_field(typed.unwrap_or(part.body))}
                </textarea>
                {move || failure().map(|e| view! { <p class="notice error" role="alert">{e.sentence()}</p> })}
                <button class="button small primary" type="submit">
                    "Save"
                </button>
            </ActionForm>
        </details>
    }
    .into_any()
}

/// The way back for a note that was just deleted here.
#[component]
pub fn UndoNote(part: PartId, state: ThreadState) -> impl IntoView {
    const PATH: &str = "/do/delete_part";
    let restore = ServerAction::<RestorePart>::new();
    let here = use_typed(PATH, "part").is_some_and(|id| id == part.to_string());
    let flashed = StoredValue::new(use_typed(PATH, "body").filter(|_| here));
    let body =
        move || state.undo.with(|all| all.get(&part).cloned()).or_else(|| flashed.get_value());
    let failure = move || restore.value().get().and_then(Result::err);
    Effect::new(move |_| {
        if let Some(Ok(())) = restore.value().get() {
            state.version.update(|n| *n += 1);
        }
    });
    let form = move || {
        body().map(|body| {
            view! {
                <ActionForm action=restore attr:class="inline">
                    <input type="hidden" name="conversation" value=state.id.to_string() />
                    <input type="hidden" name="part" value=part.to_string() />
                    <textarea name="body" hidden>
                        {in_field(body)}
                    </textarea>
                    <button class="link-button" type="submit">
                        "Undo"
                    </button>
                </ActionForm>
            }
        })
    };
    view! {
        {form}
        {move || failure().map(|e| view! { <span class="notice error" role="alert">{e.sentence()}</span> })}
    }
    .into_any()
}
