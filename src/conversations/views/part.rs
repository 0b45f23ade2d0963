//! One thing said.

use leptos::prelude::*;

use crate::conversations::{Part, PartKind};
use crate::ui::TimeAgo;

/// Who said it, when, and what.
#[component]
pub fn PartView(part: Part) -> impl IntoView {
    let side = match (part.kind, part.ours) {
        (PartKind::Note, _) => "note",
        (PartKind::Message, true) => "out",
        (PartKind::Message, false) => "in",
    };
    let note = (part.kind == PartKind::Note).then_some("Note");
    view! {
        <li class="part" data-side=side>
            <p class="part-meta">
                <strong dir="auto">{part.author}</strong>
                {note}
                <TimeAgo stamp=part.at />
            </p>
            <div class="prose" dir="auto" inner_html=part.html></div>
        </li>
    }
    .into_any()
}
