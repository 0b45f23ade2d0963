//! A note's text, as it is read.

use leptos::html::Div;
use leptos::prelude::*;
use leptos::web_sys::Event;

use super::boxes;
use crate::notes::Note;
use crate::notes::api::TickNote;

/// The text with its formatting; boxes of task lists can be ticked.
#[component]
pub fn Prose(note: Memo<Note>, changed: Callback<()>) -> impl IntoView {
    let tick = ServerAction::<TickNote>::new();
    let prose = NodeRef::<Div>::new();
    let html = Memo::new(move |_| note.get().html);
    let failure = move || tick.value().get().and_then(Result::err);
    Effect::new(move |_| {
        let html = html.get();
        let Some(prose) = prose.get() else { return };
        // A tick that was refused is taken back.
        if failure().is_some() {
            prose.set_inner_html(&html);
        }
        boxes::enable(&prose);
    });
    Effect::new(move |_| {
        if let Some(Ok(())) = tick.value().get() {
            changed.run(());
        }
    });
    let change = move |event: Event| {
        let Some(prose) = prose.get_untracked() else { return };
        if let Some((place, ticked)) = boxes::ticked(&prose, &event) {
            let (note, version) = note.with_untracked(|n| (n.id, n.version));
            tick.dispatch(TickNote { note, version, place, ticked });
        }
    };
    view! {
        <div class="prose" dir="auto" node_ref=prose inner_html=move || html.get() on:change=change></div>
        {move || failure().map(|e| view! { <p class="notice error" role="alert">{e.sentence()}</p> })}
    }
    .into_any()
}
