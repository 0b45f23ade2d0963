//! Bringing a deleted note back.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::back::back;
use crate::id::NoteId;
use crate::notes::api::RestoreNote;
use crate::ui::focus;

/// Says that a note was deleted, with a way back, which is open for 30 days.
#[component]
pub fn Undo(
    /// Which.
    note: NoteId,
    /// What has the focus afterwards.
    place: String,
    changed: Callback<()>,
) -> impl IntoView {
    let restore = ServerAction::<RestoreNote>::new();
    let back = back(place.clone());
    Effect::new(move |_| {
        if let Some(Ok(())) = restore.value().get() {
            changed.run(());
        }
    });
    Effect::new(move |_| {
        // Before the answer: this may be gone when it comes.
        if restore.input().get().is_some() {
            focus::land(place.as_str());
        }
    });
    let failure = move || restore.value().get().and_then(Result::err);
    view! {
        <span class="note-undo">
            "Note deleted. "
            <ActionForm action=restore attr:class="inline">
                <input type="hidden" name="note" value=note.to_string() />
                <input type="hidden" name="back" value=back />
                <button class="link-button" type="submit">
                    "Undo"
                </button>
            </ActionForm>
            {move || failure().map(|e| view! { <span class="notice error" role="alert">{e.sentence()}</span> })}
        </span>
    }
    .into_any()
}
