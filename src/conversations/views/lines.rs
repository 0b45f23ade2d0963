//! A list of conversations.

use leptos::prelude::*;

use crate::conversations::Line;
use crate::id::ConversationId;
use crate::ui::{Avatar, TimeAgo};

/// Conversations, each a link; the current one is marked.
#[component]
pub fn LineList(
    /// The conversations.
    lines: Vec<Line>,
    /// Which one the page shows.
    #[prop(into)]
    current: Signal<Option<ConversationId>>,
) -> impl IntoView {
    let row = move |line: Line| view! { <LineRow line current /> };
    view! { <ul class="lines">{lines.into_iter().map(row).collect_view()}</ul> }.into_any()
}

#[component]
fn LineRow(line: Line, current: Signal<Option<ConversationId>>) -> impl IntoView {
    let id = line.id;
    let here = move || (current.get() == Some(id)).then_some("page");
    let note = line.last_is_note.then_some("Note: ");
    let waiting = line.waiting.then(|| {
        view! {
            <span class="badge" title="It reaches them when the Messenger or e-mail is connected">
                "Waiting"
            </span>
        }
    });
    view! {
        <li>
            <a class="line" href=format!("/inbox/{id}") aria-current=here>
                <Avatar name=line.title.clone() seed=line.contact.0 />
                <span class="line-title" dir="auto">
                    {line.title}
                </span>
                <span class="line-at">
                    <TimeAgo stamp=line.at />
                </span>
                <span class="line-last">{note} <bdi>{line.last}</bdi></span>
                <span class="line-marks">{waiting} {line.assignee}</span>
            </a>
        </li>
    }
    .into_any()
}
