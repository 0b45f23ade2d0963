//! Writing to a person, or for the team.

mod desk;
mod drafts;
mod files;
mod replying;
mod suggest;
mod toolbar;
mod uploads;

use leptos::prelude::*;
use leptos::web_sys::{KeyboardEvent, SubmitEvent};

use self::desk::Desk;
use self::files::Chips;
use self::replying::Hint;
use self::toolbar::Toolbar;
use super::state::ThreadState;
use crate::conversations::{PartKind, SAY};
use crate::notes::views::{Home, Pasting, Tools};
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{ChoiceList, editor, in_field, refused, upload};

/// One field for replies and notes, told apart by colour and word, with files. What is sent appears at once; what is
/// typed is kept. Without a script it is a form like any other.
#[component]
pub fn Composer(state: ThreadState) -> impl IntoView {
    let desk = Desk::provide(state);
    let failure = use_failure(SAY);
    let typed = use_typed(SAY, "body").unwrap_or_else(|| desk.text.get_untracked());
    let is_note = Signal::derive(move || desk.is_note());
    let takes = Callback::new(move |files| desk.upload(files));
    let pasting = Pasting::new(Home::Said(takes), None, desk.field).told_by(desk.failed);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        desk.send();
    };
    view! {
        <form
            class="composer"
            data-mode=move || if desk.is_note() { "note" } else { "reply" }
            method="post"
            action=SAY
            enctype="multipart/form-data"
            on:submit=submit
            on:dragover=|event| {
                if upload::carries_files(&event) {
                    event.prevent_default();
                }
            }
            on:drop=move |event| {
                // Words that are dragged into the field are the browser's to put in.
                let files = upload::dropped(&event);
                if !files.is_empty() {
                    event.prevent_default();
                    desk.upload(files);
                }
            }
        >
            // What Enter means outside the text: the first button of a form.
            <button type="submit" hidden></button>
            <input type="hidden" name="conversation" value=state.id.to_string() />
            <input type="hidden" name="client_id" value=state.first_id.get_value() />
            <Switch desk />
            <Offer desk />
            <div class="composer-field">
                <ChoiceList choices=desk.suggest.choices field=desk.field />
                <Field desk typed pasting />
            </div>
            <Chips desk />
            {move || desk.failed.get().map(|words| view! { <p class="notice error" role="alert">{words}</p> })}
            {failure.map(refused)}
            <Tools field=desk.field wanted=is_note />
            <div class="composer-actions">
                <Toolbar desk />
                <button
                    class="button small primary"
                    type="submit"
                    disabled=move || desk.is_uploading()
                    title="Ctrl or Cmd with Enter"
                >
                    {move || if desk.is_note() { "Add note" } else { "Reply" }}
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// To the person, or for the team alone.
#[component]
fn Switch(desk: Desk) -> impl IntoView {
    let choice = move |kind: PartKind, id: &'static str, word: &'static str, key: &'static str| {
        view! {
            <label title=format!("{word} ({key})")>
                <input
                    type="radio"
                    name="kind"
                    id=id
                    value=kind.word()
                    aria-keyshortcuts=key
                    checked=desk.kind.get_untracked() == kind
                    prop:checked=move || desk.kind.get() == kind
                    on:click=move |_| desk.turn(kind, true)
                />
                <span>{word}</span>
            </label>
        }
    };
    view! {
        <div class="composer-switch" role="radiogroup" aria-label="What it is">
            {choice(PartKind::Message, "compose-reply", "Reply", "r")}
            {choice(PartKind::Note, "compose-note", "Note", "n")}
            <Hint desk />
        </div>
    }
    .into_any()
}

/// A draft that was saved on another device meanwhile.
#[component]
fn Offer(desk: Desk) -> impl IntoView {
    let offer = move || {
        desk.offer.get().map(|draft| {
            let beginning: String = draft.body.chars().take(80).collect();
            view! {
                <p class="notice" role="status">
                    "You wrote something else here on another device: "
                    <q dir="auto">{beginning}</q>
                    " "
                    <button class="link-button" type="button" on:click=move |_| desk.take_other()>
                        "Use that"
                    </button>
                    " "
                    <button class="link-button" type="button" on:click=move |_| desk.keep_mine()>
                        "Keep this"
                    </button>
                </p>
            }
        })
    };
    view! { {offer} }.into_any()
}

#[component]
fn Field(desk: Desk, typed: String, pasting: Pasting) -> impl IntoView {
    let label = move || if desk.is_note() { "Note for the team" } else { "Reply" };
    let is_note = move || desk.kind.get_untracked() == PartKind::Note;
    let keys = move |key: KeyboardEvent| {
        let done = desk.suggest.choices.key(desk.field, &key)
            || (is_note() && editor::goes_on(&key, desk.field))
            || editor::forms(&key, desk.field);
        if done {
            return key.prevent_default();
        }
        if key.key() == "Escape" && !editor::composes(&key) {
            // From here on letters are shortcuts of the page.
            if let Some(field) = desk.field.get_untracked() {
                // A field that is left already is left.
                let _ = field.blur();
            }
            return;
        }
        if key.key() == "Enter" && (key.ctrl_key() || key.meta_key()) {
            key.prevent_default();
            desk.send();
        }
    };
    view! {
        <textarea
            node_ref=desk.field
            id="compose"
            name="body"
            aria-label=label
            placeholder=label
            aria-controls="compose-suggestions"
            aria-activedescendant=move || desk.suggest.choices.active()
            rows="1"
            maxlength="100000"
            dir="auto"
            on:keydown=keys
            on:paste=move |event| if is_note() { pasting.paste(&event) } else { pasting.paste_words(&event) }
            on:input:target=move |event| desk.typed(event.target().value())
            on:blur=move |_| desk.suggest.choices.close()
        >
            {in_field((!typed.is_empty()).then_some(typed))}
        </textarea>
    }
    .into_any()
}
