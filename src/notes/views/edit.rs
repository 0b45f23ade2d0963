//! Changing a note, together with whoever else does.

use leptos::form::ActionForm;
use leptos::html::{Div, Textarea};
use leptos::prelude::*;
use leptos::web_sys::SubmitEvent;

use super::field::NoteField;
use super::pasting::{Home, Pasting, PastingLine, PictureButton, PlainPictures};
use super::together::TogetherLine;
use super::tools::Tools;
use crate::error::Error;
use crate::notes::api::EditNote;
use crate::notes::editor::{self, Desk, Event, Place};
use crate::notes::{FORM, Written};
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{focus, refused};

/// A form with the note's text. In a browser it becomes a field that several write in at once; until then, and where that
/// does not come, it is a form that carries the version that it began with, and what it saves merges with what others
/// wrote meanwhile.
#[component]
pub fn Edit(
    note: Memo<Written>,
    changed: Callback<()>,
    /// How it is written in, for what stands beside it.
    desk: Desk,
    /// Whether it has to have words: one with files needs none.
    #[prop(default = true)]
    required: bool,
) -> impl IntoView {
    let edit = ServerAction::<EditNote>::new();
    let first = note.get_untracked();
    let mine = use_typed("/do/edit_note", "note").is_some_and(|n| n == first.id.to_string());
    let before = use_failure("/do/edit_note").filter(|_| mine);
    let typed = use_typed("/do/edit_note", "body").filter(|_| mine);
    let open = desk.open;
    open.set(before.is_some());
    let began = RwSignal::new(first.version);
    let failure = move || match edit.value().get() {
        Some(Err(error)) => Some(error),
        Some(Ok(())) => None,
        None => before.clone(),
    };
    let (field, mirror) = (NodeRef::<Textarea>::new(), NodeRef::<Div>::new());
    let pasting = Pasting::new(Home::Note(first.id), Some(desk), field);
    Effect::new(move |_| match edit.value().get() {
        Some(Ok(())) => {
            open.set(false);
            changed.run(());
        }
        Some(Err(Error::Conflict(_))) => changed.run(()),
        _ => {}
    });
    // What was typed on an earlier page goes on being typed.
    Effect::new(move |_| {
        if editor::is_kept(desk) {
            open.set(true);
        }
    });
    // After a conflict was shown, and whenever the form is closed, it goes on from the note as it is now.
    Effect::new(move |_| {
        let now = note.get();
        let conflict = matches!(edit.value().get(), Some(Err(Error::Conflict(_))));
        if conflict || !open.get() {
            began.set(now.version);
        }
        if !open.get()
            && !desk.is_together()
            && let Some(field) = field.get()
        {
            field.set_value(&now.body);
        }
    });
    Effect::new(move |was: Option<bool>| {
        let is = open.get();
        let (Some(field), Some(mirror)) = (field.get(), mirror.get()) else { return is };
        if is {
            let base = note.get_untracked().body;
            editor::open(desk, Place { field, mirror: mirror.into(), base });
        } else if was == Some(true) {
            desk.say(Event::Closed);
            let id = desk.note;
            // Or at the way back, where somebody has deleted it meanwhile.
            focus::land(format!(
                "#edit-{id}, #note-{id}-gone button, #part-{id} > .part-gone button"
            ));
        }
        is
    });
    let submits = move |event: SubmitEvent| {
        if desk.is_together() {
            event.prevent_default();
            open.set(false);
        }
    };
    // Who opens it begins to write: letters are not for the page any more.
    let toggled = move |is: bool| {
        let pressed = is && !open.get_untracked();
        open.set(is);
        if pressed {
            focus::write_in(field);
        }
    };
    view! {
        <details
            class="note-edit"
            prop:open=move || open.get()
            open=open.get_untracked()
            on:toggle:target=move |ev| toggled(ev.target().has_attribute("open"))
        >
            <summary class="link-button" id=format!("edit-{}", desk.note)>
                "Edit"
            </summary>
            <ActionForm action=edit attr:class="form" on:submit:capture=submits>
                <input type="hidden" name="note" value=first.id.to_string() />
                <input type="hidden" name="version" value=move || began.get().to_string() />
                <NoteField desk field mirror pasting text=typed.unwrap_or(first.body) required />
                <Tools desk field wanted=open.into() />
                {move || failure().map(refused)}
                <TogetherLine desk />
                <PastingLine pasting />
                <div class="composer-actions">
                    <PictureButton pasting />
                    <PlainPictures />
                    <button
                        class="button small primary"
                        type="submit"
                        formaction=FORM
                        formenctype="multipart/form-data"
                    >
                        {move || if desk.is_together() { "Done" } else { "Save" }}
                    </button>
                </div>
            </ActionForm>
        </details>
    }
    .into_any()
}
