//! A note's text, as it is read.

use leptos::form::ActionForm;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::web_sys::SubmitEvent;

use crate::notes::Note;
use crate::notes::api::TickNote;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::focus;

/// The text with its formatting; boxes of task lists can be ticked, each as a button of the form around them.
#[component]
pub fn Prose(note: Memo<Note>, changed: Callback<()>) -> impl IntoView {
    let tick = ServerAction::<TickNote>::new();
    let prose = NodeRef::<Div>::new();
    let id = note.get_untracked().id;
    let html = Memo::new(move |_| note.get().html);
    let mine = use_typed("/do/tick_note", "note").is_some_and(|n| n == id.to_string());
    let before = use_failure("/do/tick_note").filter(|_| mine);
    let failure = move || match tick.value().get() {
        Some(answer) => answer.err(),
        None => before.clone(),
    };
    Effect::new(move |_| match tick.value().get() {
        Some(Ok(())) => changed.run(()),
        // A tick that was refused is taken back.
        Some(Err(_)) => {
            if let Some(prose) = prose.get_untracked() {
                prose.set_inner_html(&html.get_untracked());
            }
        }
        None => {}
    });
    // The text is made anew with every tick: whoever pressed a box by the keyboard stays at it.
    let pressed = StoredValue::new(None::<String>);
    Effect::new(move |_| {
        html.track();
        let Some(place) = pressed.try_update_value(Option::take).flatten() else { return };
        request_animation_frame(move || {
            if !focus::is_writing() {
                focus::focus(&format!("#note-{id} .box[value^=\"{place}-\"]"));
            }
        });
    });
    view! {
        <div on:submit=move |event| pressed.set_value(show(&event))>
            <ActionForm action=tick>
                <input type="hidden" name="note" value=id.to_string() />
                <input type="hidden" name="version" value=move || note.get().version.to_string() />
                <div class="prose" dir="auto" node_ref=prose inner_html=move || html.get()></div>
            </ActionForm>
            {move || failure().map(|e| view! { <p class="notice error" role="alert">{e.sentence()}</p> })}
        </div>
    }
    .into_any()
}

/// A box shows at once what it was made to be; the form has read by now what it sends. Answers which one it is.
fn show(event: &SubmitEvent) -> Option<String> {
    let pressed = event.submitter()?;
    let is = pressed.get_attribute("aria-checked").as_deref() == Some("true");
    // Both words are ones that any element takes.
    let _ = pressed.set_attribute("aria-checked", if is { "false" } else { "true" });
    let value = pressed.get_attribute("value")?;
    value.split_once('-').map(|(place, _)| place.to_owned())
}
