//! One thing said.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::note::{EditNote, UndoNote};
use super::state::ThreadState;
use crate::attachments::views::Files;
use crate::conversations::{Part, PartKind};
use crate::ui::Icon;

/// Who said it, when, and what, with what can be done about it.
#[component]
pub fn PartView(
    /// The part.
    part: Part,
    /// Whether it says who and when.
    head: bool,
    /// Whether it is the newest that the person has seen.
    seen: bool,
    /// Its thread.
    state: ThreadState,
) -> impl IntoView {
    let side = match (part.kind, part.ours) {
        (PartKind::Note, _) => "note",
        (PartKind::Message, true) => "out",
        (PartKind::Message, false) => "in",
    };
    let id = part.id;
    let (kind, mine) = (part.kind, part.ours && part.teammate == state.me);
    let note = (kind == PartKind::Note).then_some("Note");
    let edited = (part.edited_at.0 > 0 && !part.deleted).then_some("edited");
    let href = format!("?part={id}#part-{id}");
    let seen = seen.then(|| view! { <p class="part-state">"Seen"</p> });
    let text = if part.deleted {
        let undo = mine.then(|| view! { <UndoNote part=id state /> });
        view! { <div class="part-gone">"Note deleted. " {undo}</div> }.into_any()
    } else {
        let body = StoredValue::new(part.body.clone());
        let quote = move |_| state.quote.set(Some((kind, body.get_value())));
        let own =
            (mine && kind == PartKind::Note).then(|| view! { <Own part=part.clone() state /> });
        let words = (!part.html.is_empty())
            .then(|| view! { <div class="prose" dir="auto" inner_html=part.html></div> });
        view! {
            {words}
            <Files files=part.files />
            <div class="part-actions">
                <button class="link-button" type="button" title="Quote" on:click=quote>
                    <Icon name="reply" />
                    <span class="visually-hidden">"Quote"</span>
                </button>
                {own}
            </div>
        }
        .into_any()
    };
    view! {
        <li class="part" id=format!("part-{id}") data-side=side data-head=head.then_some("on")>
            <p class="part-meta">
                <strong dir="auto">{part.author}</strong>
                {note}
                <a href=href rel="external">
                    <time datetime=part.at.iso title=part.at.exact>
                        {part.at.clock}
                    </time>
                </a>
                {edited}
            </p>
            {text}
            {seen}
        </li>
    }
    .into_any()
}

/// What its author can do with a note.
#[component]
fn Own(part: Part, state: ThreadState) -> impl IntoView {
    let id = part.id;
    view! {
        <EditNote part state />
        <ActionForm action=state.delete>
            <input type="hidden" name="conversation" value=state.id.to_string() />
            <input type="hidden" name="part" value=id.to_string() />
            <button class="link-button" type="submit">
                "Delete"
            </button>
        </ActionForm>
    }
    .into_any()
}
