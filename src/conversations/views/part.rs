//! One thing said.

use leptos::prelude::*;

use super::note::UndoNote;
use super::state::ThreadState;
use crate::attachments::views::Files;
use crate::conversations::{Part, PartKind};
use crate::ui::Icon;

/// Who said it, when, and what; also that there was a note, where it was deleted.
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
    let (id, kind) = (part.id, part.kind);
    let note = (kind == PartKind::Note).then_some("Note");
    let edited = (part.edited_at.0 > 0 && !part.deleted).then_some("edited");
    let href = format!("?part={id}#part-{id}");
    let seen = seen.then(|| view! { <p class="part-state">"Seen"</p> });
    let text = if part.deleted {
        let undo = state.may_return(&part).then(|| view! { <UndoNote part=id state /> });
        view! { <div class="part-gone">"Note deleted. " {undo}</div> }.into_any()
    } else {
        let body = part.body;
        let words = (!part.html.is_empty())
            .then(|| view! { <div class="prose" dir="auto" inner_html=part.html></div> });
        view! {
            {words}
            <Files files=part.files />
            <div class="part-actions">
                <Quote quoted=Callback::new(move |()| state.quote.set(Some((kind, body.clone())))) />
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

/// Puts what was said into the field below, as a quotation.
#[component]
pub(super) fn Quote(quoted: Callback<()>) -> impl IntoView {
    view! {
        <button class="link-button" type="button" title="Quote" on:click=move |_| quoted.run(())>
            <Icon name="reply" />
            <span class="visually-hidden">"Quote"</span>
        </button>
    }
    .into_any()
}
