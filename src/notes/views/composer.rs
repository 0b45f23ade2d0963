//! Writing a note.

use leptos::form::ActionForm;
use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos::web_sys::KeyboardEvent;

use super::naming::Naming;
use super::pasting::{Home, Pasting, PastingLine, PictureButton, PlainPictures};
use super::tools::Tools;
use crate::id::TeammateId;
use crate::notes::api::AddNote;
use crate::notes::{FORM, Owner};
use crate::teammates::Viewer;
use crate::ui::flash::{failure_here, use_typed, was_about};
use crate::ui::{ChoiceList, draft, editor, focus, in_field, refused, upload};

/// A field that is one line high until someone writes; Ctrl or Cmd with Enter saves, and a reload loses nothing.
#[component]
pub fn NoteComposer(
    /// Whom the note is about.
    owner: Owner,
    /// Called after a note was written here.
    changed: Callback<()>,
    /// What the field is called on the page, which has it once.
    #[prop(default = "write-note".to_owned())]
    id: String,
) -> impl IntoView {
    let add = ServerAction::<AddNote>::new();
    let field = NodeRef::<Textarea>::new();
    let me = use_context::<Option<Viewer>>().flatten().map_or(TeammateId(0), |viewer| viewer.id);
    // Theirs alone who typed: whoever signs in here next finds an empty field.
    let name = StoredValue::new(format!("note-{owner}-by-{me}"));
    let mine = was_about(AddNote::PATH, "owner", owner);
    let failure = failure_here(add, mine);
    let typed = mine.then(|| use_typed(AddNote::PATH, "body")).flatten();
    Effect::new(move |_| {
        let Some(field) = field.get() else { return };
        if let Some(text) = name.with_value(|n| draft::kept(n)).filter(|_| field.value().is_empty())
        {
            field.set_value(&text);
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(_)) = add.value().get() {
            name.with_value(|n| draft::forget(n));
            if let Some(field) = field.get_untracked() {
                field.set_value("");
            }
            changed.run(());
        }
    });
    let pasting = Pasting::new(Home::New(owner), None, field);
    let writes = RwSignal::new(false);
    let naming = Naming::new(format!("note-names-{owner}"));
    let saves = move |key: KeyboardEvent| {
        let done = naming.choices.key(field, &key)
            || editor::goes_on(&key, field)
            || editor::forms(&key, field);
        if done {
            return key.prevent_default();
        }
        if key.key() == "Enter" && (key.ctrl_key() || key.meta_key()) {
            key.prevent_default();
            focus::submit(field);
        }
    };
    view! {
        <ActionForm action=add attr:class="composer" attr:data-mode="note">
            <input type="hidden" name="owner" value=owner.to_string() />
            <div class="composer-field">
            <ChoiceList choices=naming.choices field />
            <textarea
                node_ref=field
                id=id
                name="body"
                aria-label="New note"
                placeholder="Write a note for the team"
                rows="1"
                maxlength="100000"
                dir="auto"
                required
                on:keydown=saves
                aria-controls=naming.choices.list_id()
                aria-activedescendant=move || naming.choices.active()
                on:focus=move |_| writes.set(true)
                on:blur=move |_| naming.choices.close()
                on:paste=move |event| pasting.paste(&event)
                on:dragover=|event| {
                    if upload::carries_files(&event) {
                        event.prevent_default();
                    }
                }
                on:drop=move |event| pasting.drop(&event)
                on:input:target=move |ev| {
                    name.with_value(|n| draft::keep(n, &ev.target().value()));
                    naming.look(field);
                }
            >
                {in_field(typed)}
            </textarea>
            </div>
            {move || failure().map(refused)}
            <Tools field wanted=writes.into() />
            <PastingLine pasting />
            <div class="composer-actions">
                <PictureButton pasting />
                <PlainPictures />
                <span class="quiet">"Only your team sees it"</span>
                <button class="button small primary" type="submit" formaction=FORM formenctype="multipart/form-data" disabled=move || add.pending().get()>
                    "Save note"
                </button>
            </div>
        </ActionForm>
    }
    .into_any()
}
