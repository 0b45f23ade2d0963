//! Writing to a person, or for the team.

mod desk;
mod drafts;
mod files;
mod replying;
mod suggest;
mod toolbar;
mod uploads;

use leptos::prelude::*;
use leptos::web_sys::{ClipboardEvent, KeyboardEvent, SubmitEvent};

use self::desk::Desk;
use self::files::Chips;
use self::replying::Hint;
use self::toolbar::Toolbar;
use super::state::ThreadState;
use crate::conversations::{PartKind, SAY};
use crate::notes::views::Tools;
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
                <Field desk typed />
            </div>
            <Chips desk />
            {move || desk.too_long.get().then(|| view! { <p class="notice error" role="alert">"This is too long for one message, so nothing was put in. Paste it in smaller pieces, or attach it as a file."</p> })}
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
fn Field(desk: Desk, typed: String) -> impl IntoView {
    let label = move || if desk.is_note() { "Note for the team" } else { "Reply" };
    let keys = move |key: KeyboardEvent| {
        if desk.suggest.choices.key(desk.field, &key) {
            key.prevent_default();
            return;
        }
        if key.key() == "Escape" && !key.is_composing() {
            // From here on letters are shortcuts of the page.
            if let Some(field) = desk.field.get_untracked() {
                // A field that is left already is left.
                let _ = field.blur();
            }
            return;
        }
        if !(key.ctrl_key() || key.meta_key()) {
            return;
        }
        match key.key().as_str() {
            "Enter" => desk.send(),
            "b" => desk.wrap("**", "**"),
            "i" => desk.wrap("_", "_"),
            "k" => desk.wrap("[", "](https://)"),
            _ => return,
        }
        key.prevent_default();
    };
    let paste = move |event: ClipboardEvent| {
        let Some(field) = desk.field.get_untracked() else { return };
        let (files, text) = (upload::pasted(&event), upload::pasted_text(&event));
        let text = text.unwrap_or_default();
        desk.too_long.set(false);
        // Tables and word processors send a picture of their words along.
        if text.trim().is_empty() && !files.is_empty() {
            event.prevent_default();
            return desk.upload(files);
        }
        if !editor::fits(&field, &text) {
            event.prevent_default();
            return desk.too_long.set(true);
        }
        if let Some(link) = editor::leading(&field, &text) {
            event.prevent_default();
            editor::insert(&field, &link);
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
            on:paste=paste
            on:input:target=move |event| desk.typed(event.target().value())
            on:blur=move |_| desk.suggest.choices.close()
        >
            {in_field((!typed.is_empty()).then_some(typed))}
        </textarea>
    }
    .into_any()
}
