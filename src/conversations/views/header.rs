//! What can be done with a conversation, above it.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::Actions;
use super::here::AlsoHere;
use super::shared::Inbox;
use crate::conversations::api::MarkRead;
use crate::conversations::{Line, State};
use crate::id::ConversationId;
use crate::time::Stamp;
use crate::ui::{focus, use_ago};

/// With whom it is, how it stands, and the menus that change it. Showing it says that it is read.
#[component]
pub fn ThreadHeader(line: Memo<Line>, changed: Callback<()>) -> impl IntoView {
    let inbox = expect_context::<Inbox>();
    let id = line.with_untracked(|l| l.id);
    read(inbox, id, Memo::new(move |_| line.read().last_part));
    Effect::new(move |before: Option<u32>| {
        let now = inbox.own.get();
        if before.is_some_and(|before| before != now) {
            changed.run(());
        }
        now
    });
    let back = move || inbox.filter.get().address(None);
    let facts = move || {
        let address = inbox.filter.get().address(Some(id));
        let joint = if address.contains('?') { '&' } else { '?' };
        format!("{address}{joint}view=facts")
    };
    view! {
        <header class="thread-header">
            <a class="thread-back" href=back>
                "Inbox"
            </a>
            <h1 dir="auto" title=move || line.read().title.clone()>
                {move || line.read().title.clone()}
            </h1>
            <AlsoHere conversation=id />
            <a class="thread-facts button small" href=facts>
                "Facts"
            </a>
            <details class="thread-more">
                <summary class="button small">"Actions"</summary>
            </details>
            <ActionForm action=inbox.act attr:class="action-form folded">
                <input type="hidden" name="ids" value=id.to_string() />
                <Actions prefix="thread" line=Some(line) />
            </ActionForm>
            {move || view! { <Marks line=line.get() /> }}
        </header>
    }
    .into_any()
}

/// How the conversation stands, in a line.
#[component]
fn Marks(line: Line) -> impl IntoView {
    let state = match line.state {
        State::Open => None,
        State::Snoozed => Some(line.snoozed.unwrap_or_else(|| "Snoozed".into())),
        State::Closed => Some("Closed".into()),
    };
    let tags = line.tags.into_iter().map(|(_, name)| {
        view! {
            <li class="tag">
                <span class="tag-name" dir="auto">
                    {name}
                </span>
            </li>
        }
    });
    let tags = tags.collect_view();
    view! {
        <div class="thread-marks">
            {state.map(|said| view! { <span class="badge">{said}</span> })}
            {line.priority.then(|| view! { <span class="badge danger">"Priority"</span> })}
            <span>{line.assignee.unwrap_or_else(|| "Nobody looks after it".into())}</span>
            {line.team.map(|team| view! { <span dir="auto">{format!("Team {team}")}</span> })}
            {line.waits.map(|since| view! { <Waits since /> })}
            <ul class="tags" aria-label="Tags of the conversation">
                {tags}
            </ul>
        </div>
    }
    .into_any()
}

/// For how long the person has had no answer.
#[component]
fn Waits(since: Stamp) -> impl IntoView {
    let title = format!("Since {}", since.exact);
    let ago = use_ago(since);
    let words = move || match ago().strip_suffix(" ago") {
        Some(length) => format!("Unanswered for {length}"),
        None => "Unanswered".to_owned(),
    };
    view! { <span title=title>{words}</span> }.into_any()
}

/// Says once for each newest part that the viewer has it before them, so that marking it unread holds.
fn read(inbox: Inbox, id: ConversationId, part: Memo<i64>) {
    let read = ServerAction::<MarkRead>::new();
    let look = move |part: i64| {
        let told = Some((id, part));
        if inbox.opened.get_value() != told && focus::is_seen() {
            inbox.opened.set_value(told);
            read.dispatch(MarkRead { conversation: id });
        }
    };
    Effect::new(move |_| look(part.get()));
    let back = window_event_listener(leptos::ev::focus, move |_| look(part.get_untracked()));
    on_cleanup(move || back.remove());
}
