//! Changing a note, without running over what someone else saved meanwhile.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::error::Error;
use crate::notes::Note;
use crate::notes::api::EditNote;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::in_field;

/// A form with the note's text. It carries the version that it began with; when someone else saved meanwhile, their
/// text is the note above, what was typed stays here, and saving again is meant.
#[component]
pub fn Edit(note: Memo<Note>, changed: Callback<()>) -> impl IntoView {
    let edit = ServerAction::<EditNote>::new();
    let first = note.get_untracked();
    let mine = use_typed("/do/edit_note", "note").is_some_and(|n| n == first.id.to_string());
    let before = use_failure("/do/edit_note").filter(|_| mine);
    let typed = use_typed("/do/edit_note", "body").filter(|_| mine);
    let open = RwSignal::new(before.is_some());
    let began = RwSignal::new(first.version);
    let failure = move || match edit.value().get() {
        Some(Err(error)) => Some(error),
        Some(Ok(())) => None,
        None => before.clone(),
    };
    Effect::new(move |_| match edit.value().get() {
        Some(Ok(())) => {
            open.set(false);
            changed.run(());
        }
        Some(Err(Error::Conflict(_))) => changed.run(()),
        _ => {}
    });
    // After a conflict was shown, and whenever the form is closed, it goes on from the note as it is now.
    Effect::new(move |_| {
        let now = note.get().version;
        let conflict = matches!(edit.value().get(), Some(Err(Error::Conflict(_))));
        if conflict || !open.get() {
            began.set(now);
        }
    });
    view! {
        <details
            class="note-edit"
            prop:open=move || open.get()
            open=open.get_untracked()
            on:toggle:target=move |ev| open.set(ev.target().has_attribute("open"))
        >
            <summary class="link-button">"Edit"</summary>
            <ActionForm action=edit attr:class="form">
                <input type="hidden" name="note" value=first.id.to_string() />
                <input type="hidden" name="version" value=move || began.get().to_string() />
                <textarea class="input" name="body" aria-label="Text of the note" rows="5" maxlength="100000" dir="auto" required>
                    {in_field(typed.unwrap_or(first.body))}
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
