//! The field that a note is written in.

use leptos::html::{Div, Textarea};
use leptos::prelude::*;
use leptos::web_sys::{InputEvent, KeyboardEvent};

use super::naming::Naming;
use super::pasting::Pasting;
use crate::notes::editor::{Desk, Event};
use crate::ui::{ChoiceList, editor, focus, in_field, upload};

/// A field for Markdown with shortcuts, and over it what shows where the others are. What happens at it is said to the
/// desk.
#[component]
pub fn NoteField(
    desk: Desk,
    field: NodeRef<Textarea>,
    mirror: NodeRef<Div>,
    /// Where what is pasted goes.
    pasting: Pasting,
    /// What it begins with.
    text: String,
    /// Whether it has to have words.
    required: bool,
) -> impl IntoView {
    let naming = Naming::new(format!("note-names-{}", desk.note));
    // A phone's shaking and a menu's word undo as keys do.
    let before_input = move |event: InputEvent| {
        let kind = event.input_type();
        if desk.is_together() && matches!(kind.as_str(), "historyUndo" | "historyRedo") {
            event.prevent_default();
            desk.say(Event::Undo { again: kind == "historyRedo" });
        }
    };
    view! {
        <div class="note-desk">
            <ChoiceList choices=naming.choices field />
            <textarea
                node_ref=field
                class="input"
                id=format!("write-in-{}", desk.note)
                name="body"
                aria-label="Text of the note"
                rows="5"
                maxlength="100000"
                dir="auto"
                required=required
                aria-controls=naming.choices.list_id()
                aria-activedescendant=move || naming.choices.active()
                on:input=move |_| {
                    desk.say(Event::Typed);
                    naming.look(field);
                }
                on:blur=move |_| naming.choices.close()
                on:paste=move |event| pasting.paste(&event)
                on:dragover=|event| {
                    if upload::carries_files(&event) {
                        event.prevent_default();
                    }
                }
                on:drop=move |event| pasting.drop(&event)
                on:beforeinput=before_input
                on:keydown=move |event| {
                    if naming.choices.key(field, &event) {
                        return event.prevent_default();
                    }
                    press(&event, desk, field);
                }
                on:keyup=move |_| desk.say(Event::Moved)
                on:pointerup=move |_| desk.say(Event::Moved)
                on:focus=move |_| desk.say(Event::Moved)
                on:compositionstart=move |_| desk.say(Event::Composing(true))
                on:compositionend=move |_| desk.say(Event::Composing(false))
                on:scroll=move |_| follow(field, mirror)
            >
                {in_field(text)}
            </textarea>
            <div node_ref=mirror class="input note-mirror" dir="auto" aria-hidden="true"></div>
        </div>
    }
    .into_any()
}

/// Does what a key asks for, where it is more than a letter.
fn press(event: &KeyboardEvent, desk: Desk, field: NodeRef<Textarea>) {
    if editor::goes_on(event, field) || editor::forms(event, field) {
        return event.prevent_default();
    }
    if !(event.ctrl_key() || event.meta_key()) || event.alt_key() {
        return;
    }
    match event.key().to_lowercase().as_str() {
        "z" if desk.is_together() => desk.say(Event::Undo { again: event.shift_key() }),
        "y" if desk.is_together() => desk.say(Event::Undo { again: true }),
        "enter" => focus::submit(field),
        _ => return,
    }
    event.prevent_default();
}

/// What lies over the field scrolls with it.
fn follow(field: NodeRef<Textarea>, mirror: NodeRef<Div>) {
    if let (Some(field), Some(mirror)) = (field.get_untracked(), mirror.get_untracked()) {
        mirror.set_scroll_top(field.scroll_top());
    }
}
