//! What happened to a conversation besides what was said.

use leptos::prelude::*;

use crate::stream::Line;
use crate::stream::views::said;

/// A quiet line: who did what, and when.
#[component]
pub fn HappenedView(line: Line) -> impl IntoView {
    view! {
        <li class="happened">
            <span>{said(line.kind, line.actor, line.name)}</span>
            <time datetime=line.at.iso title=line.at.exact>
                {line.at.clock}
            </time>
        </li>
    }
    .into_any()
}
