//! A note's text, as it is read.

use leptos::form::ActionForm;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::web_sys::SubmitEvent;

use crate::notes::Written;
use crate::notes::api::TickNote;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{ShowAll, focus, is_long, refused};

/// The text with its formatting; boxes of task lists can be ticked, each as a button of the form around them.
#[component]
pub fn Prose(
    note: Memo<Written>,
    /// Its text as safe HTML, in which boxes are buttons.
    html: Memo<String>,
    changed: Callback<()>,
    /// How many characters a line of it has room for, where only the beginning of a long one is shown.
    #[prop(optional)]
    cut_at: Option<usize>,
) -> impl IntoView {
    let tick = ServerAction::<TickNote>::new();
    let prose = NodeRef::<Div>::new();
    let id = note.get_untracked().id;
    let mine = use_typed("/do/tick_note", "note").is_some_and(|n| n == id.to_string());
    let before = use_failure("/do/tick_note").filter(|_| mine);
    let failure = move || match tick.value().get() {
        Some(answer) => answer.err(),
        None => before.clone(),
    };
    // The text is made anew with every tick: the focus stays where it went meanwhile.
    let show = move || {
        if let Some(prose) = prose.get_untracked() {
            focus::keep(&prose, |prose| prose.set_inner_html(&html.get_untracked()));
        }
    };
    let first = html.get_untracked();
    let long = Memo::new(move |_| cut_at.is_some_and(|wide| html.with(|html| is_long(html, wide))));
    Effect::new(move |before: Option<String>| {
        let now = html.get();
        if *before.as_ref().unwrap_or(&first) != now {
            show();
        }
        now
    });
    Effect::new(move |_| match tick.value().get() {
        Some(Ok(())) => changed.run(()),
        // A tick that was refused is taken back.
        Some(Err(_)) => show(),
        None => {}
    });
    view! {
        <div class="note-text" on:submit=|event| turn(&event)>
            <ActionForm action=tick>
                <input type="hidden" name="note" value=id.to_string() />
                <input type="hidden" name="version" value=move || note.with(|n| n.version.to_string()) />
                <div class="prose" dir="auto" node_ref=prose inner_html=html.get_untracked()></div>
                {move || long.get().then(|| view! { <ShowAll /> })}
            </ActionForm>
            {move || failure().map(refused)}
        </div>
    }
    .into_any()
}

/// A box shows at once what it was made to be; the form has read by now what it sends.
fn turn(event: &SubmitEvent) {
    let Some(pressed) = event.submitter() else { return };
    let is = pressed.get_attribute("aria-checked").as_deref() == Some("true");
    // Both words are ones that any element takes.
    let _ = pressed.set_attribute("aria-checked", if is { "false" } else { "true" });
}
