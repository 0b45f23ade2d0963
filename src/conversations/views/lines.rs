//! Lists of conversations.

use std::collections::HashSet;

use leptos::prelude::*;

use super::pages::RowKey;
use super::selection::FORM;
use super::shared::Inbox;
use crate::conversations::{Line, Order};
use crate::id::ConversationId;
use crate::ui::{Avatar, use_ago};

/// Conversations, each a link; the current one is marked.
#[component]
pub fn LineList(
    /// The conversations.
    lines: Vec<Line>,
    /// Which one the page shows.
    #[prop(into)]
    current: Signal<Option<ConversationId>>,
) -> impl IntoView {
    let row = move |line: Line| {
        let (id, href) = (line.id, format!("/inbox/{}", line.id));
        let here = move || (current.get() == Some(id)).then_some("page");
        view! {
            <li>
                <a class="line" href=href aria-current=here>
                    <Inside line />
                </a>
            </li>
        }
    };
    view! { <ul class="lines">{lines.into_iter().map(row).collect_view()}</ul> }.into_any()
}

/// A row of the inbox: a box to select it, and the link. It stays while its conversation changes.
#[component]
pub fn InboxRow(
    key: RowKey,
    inbox: Inbox,
    fresh: RwSignal<HashSet<ConversationId>>,
) -> impl IntoView {
    let RowKey::Line(id) = key else {
        return view! { <li class="line-item line-gap" aria-hidden="true"></li> }.into_any();
    };
    let line = Memo::new(move |before: Option<&Option<Line>>| {
        let found = inbox.pages.with(|pages| pages.line(id).cloned());
        found.or_else(|| before.cloned().flatten())
    });
    let href = move || inbox.filter.read().address(Some(id));
    let here = move || (inbox.current.get() == Some(id)).then_some("page");
    let picked = move || inbox.selected.read().contains(&id);
    let label = move || line.read().as_ref().map(|l| format!("Select {}", l.title));
    let pick = move |event: leptos::web_sys::MouseEvent| inbox.pick(id, event.shift_key());
    view! {
        <li class="line-item" data-fresh=move || fresh.read().contains(&id).then_some("on") data-picked=move || picked().then_some("on")>
            <label class="line-pick">
                <input type="checkbox" name="conversations[]" value=id.to_string() form=FORM aria-label=label prop:checked=picked on:click=pick />
            </label>
            <a
                class="line"
                href=href
                data-conversation=id.to_string()
                data-unread=move || line.read().as_ref().is_some_and(|l| l.unread).then_some("on")
                aria-current=here
            >
                {move || line.get().map(|line| view! { <Inside line /> })}
            </a>
        </li>
    }
    .into_any()
}

/// What a row says.
#[component]
fn Inside(line: Line) -> impl IntoView {
    let note = if line.last_is_note { "Note: " } else { "" };
    // Those who wait longest stand first by when they began to wait.
    let inbox = use_context::<Inbox>();
    let by_wait = inbox.is_some_and(|inbox| inbox.filter.read_untracked().order == Order::Waiting);
    let at = line.waits.filter(|_| by_wait).unwrap_or(line.at);
    let (iso, exact, ago) = (at.iso.clone(), at.exact.clone(), use_ago(at));
    // What there is no room for is read where the mouse rests.
    let whole = match &line.company {
        Some(company) => format!("{}, {company}", line.title),
        None => line.title.clone(),
    };
    let company = line.company.map(|name| view! { <span class="line-company">{name}</span> });
    let unread = line.unread.then(|| view! { <span class="line-unread">"Unread"</span> });
    let first = line.priority.then(|| view! { <span class="line-first">"Priority"</span> });
    let waiting = line.waiting.then(|| {
        view! {
            <span title="It reaches them when they next open a page with your Messenger">"Waiting"</span>
        }
    });
    let who = match (line.assignee, line.team) {
        (Some(who), Some(team)) => Some(format!("{who}, {team}")),
        (who, team) => who.or(team),
    };
    let tags: Vec<_> = line.tags.into_iter().map(|(_, name)| name).collect();
    let tags = (!tags.is_empty()).then(|| tags.join(", "));
    view! {
        <Avatar name=line.title.clone() seed=line.contact.0 picture=line.picture />
        <span class="line-title" dir="auto" title=whole>
            {line.title}
            {company}
        </span>
        <time class="line-at" datetime=iso title=exact>
            {ago}
        </time>
        <span class="line-last" dir="auto">
            {note}
            {line.last}
        </span>
        <span class="line-marks">
            {unread}
            {first}
            {line.snoozed.map(|until| view! { <span class="line-mark">{until}</span> })}
            {waiting}
            {who.map(|who| view! { <span class="line-mark" dir="auto" title=who>{who.clone()}</span> })}
            {tags.map(|tags| view! { <span class="line-mark line-tags" dir="auto" title=tags>{tags.clone()}</span> })}
        </span>
    }
}
