//! The list by scrolling: a whole page without JavaScript, and with it only the rows that are near the screen.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

use std::collections::HashSet;
use std::time::Duration;

#[cfg(feature = "hydrate")]
use browser as screen;
#[cfg(not(feature = "hydrate"))]
use elsewhere as screen;
use leptos::html::{Div, Li};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::lines::InboxRow;
use super::pages::Pages;
use super::shared::Inbox;
use crate::conversations::api::list_conversations;
use crate::conversations::{Filter, Lines, Scope, State};
use crate::id::ConversationId;
use crate::ui::after_paint;

/// How many rows are made above and below what is seen.
const OVER: usize = 8;
/// How long a row that somebody else changed stands out.
const FRESH: Duration = Duration::from_secs(3);

/// A list as it is on the screen.
#[derive(Clone, Copy)]
struct Screen {
    inbox: Inbox,
    query: StoredValue<String>,
    /// Whether a browser has taken over.
    started: RwSignal<bool>,
    /// The rows that are made: from, and up to.
    rows: RwSignal<(usize, usize)>,
    asking: StoredValue<bool>,
    /// Whether what is asked for anew was changed by somebody else.
    news: StoredValue<bool>,
    fresh: RwSignal<HashSet<ConversationId>>,
    /// How far it was scrolled when it was last shown: on a phone it goes while a thread is read.
    at: StoredValue<i32>,
    frame: NodeRef<Div>,
    above: NodeRef<Li>,
    below: NodeRef<Li>,
}

/// The rows of a list, from its first page on.
#[component]
pub fn Roll(first: Lines, filter: Filter, before: Option<String>) -> impl IntoView {
    let inbox = expect_context::<Inbox>();
    let next = first.next.clone();
    let shown = first.lines.len();
    inbox.pages.set(Pages::begin(first, before.clone()));
    let s = Screen {
        inbox,
        query: StoredValue::new(filter.query()),
        started: RwSignal::new(false),
        // An empty list has room for the first that come.
        rows: RwSignal::new((0, shown.max(OVER))),
        asking: StoredValue::new(false),
        news: StoredValue::new(false),
        fresh: RwSignal::new(HashSet::new()),
        at: StoredValue::new(0),
        frame: NodeRef::new(),
        above: NodeRef::new(),
        below: NodeRef::new(),
    };
    run(s);
    let keys = Memo::new(move |_| {
        let (from, to) = s.rows.get();
        inbox.pages.with(|pages| pages.rows(from, to))
    });
    let empty = Memo::new(move |_| inbox.pages.with(Pages::len) == 0);
    let older = next.map(|next| {
        let address = filter.address(None);
        let joint = if address.contains('?') { '&' } else { '?' };
        let href = format!("{address}{joint}before={next}");
        view! {
            <a class="button small older" href=href hidden=s.started>
                "Older"
            </a>
        }
    });
    view! {
        <div class="lines-frame" node_ref=s.frame on:scroll=move |_| scrolled(s)>
            <ul class="lines">
                <li class="lines-space" node_ref=s.above aria-hidden="true"></li>
                <For each=move || keys.get() key=|key| *key let:key>
                    <InboxRow key inbox fresh=s.fresh />
                </For>
                <li class="lines-space" node_ref=s.below aria-hidden="true"></li>
            </ul>
            {move || empty.get().then(|| view! { <Nothing filter=inbox.filter.get_untracked() /> })}
            {older}
        </div>
    }
    .into_any()
}

/// What goes on in a browser.
fn run(s: Screen) {
    let inbox = s.inbox;
    Effect::new(move |_| {
        s.started.set(true);
        look(s);
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| look(s));
    on_cleanup(move || resized.remove());
    Effect::new(move |before: Option<(u32, u32)>| {
        let now = (inbox.own.get(), inbox.theirs.get());
        if let Some(before) = before.filter(|before| *before != now) {
            let busy = inbox.act.pending().get_untracked();
            s.news.set_value(before.1 != now.1 && !busy);
            inbox.pages.update(Pages::expire);
            ask(s);
        }
        now
    });
    // The rows that are not made leave their room.
    Effect::new(move |_| {
        let (from, to) = s.rows.get();
        let all = inbox.pages.with(Pages::len);
        if s.started.get() {
            screen::space(s.above, from.min(all));
            screen::space(s.below, all.saturating_sub(to));
        }
    });
    Effect::new(move |before: Option<Option<ConversationId>>| {
        let current = inbox.current.get();
        let place = current.and_then(|id| inbox.pages.with(|pages| pages.place(id)));
        if let Some(place) = place {
            inbox.place.set_value(Some(place));
            if before.flatten() != current {
                screen::show(s.frame, place);
            }
        }
        if current.is_none() && before.flatten().is_some() {
            after_paint(move || come_back(s));
        }
        current
    });
}

fn scrolled(s: Screen) {
    if let Some(at) = screen::scrolled(s.frame) {
        s.at.set_value(at);
    }
    look(s);
}

/// Shows the list where it was, with what has changed meanwhile.
fn come_back(s: Screen) {
    if let Some(at) = s.at.try_get_value() {
        screen::scroll(s.frame, at);
        look(s);
    }
}

/// Makes the rows that are near the screen, and asks for those that are not there.
fn look(s: Screen) {
    let Some((top, bottom)) = screen::seen(s.frame) else { return };
    let rows = (top.saturating_sub(OVER), bottom + OVER);
    if s.rows.get_untracked() != rows {
        // Room first: near its end a list that loses rows before it gains their room is scrolled back by the browser.
        let all = s.inbox.pages.with_untracked(Pages::len);
        screen::grow(s.above, rows.0.min(all));
        screen::grow(s.below, all.saturating_sub(rows.1));
        s.rows.set(rows);
    }
    ask(s);
}

/// Asks for one page after the other, until what is near the screen is there and true.
fn ask(s: Screen) {
    if s.asking.get_value() {
        return;
    }
    let (from, to) = s.rows.get_untracked();
    let Some(wanted) = s.inbox.pages.with_untracked(|pages| pages.wanted(from, to)) else {
        s.news.set_value(false);
        return;
    };
    s.asking.set_value(true);
    let query = s.query.get_value();
    spawn_local(async move {
        let page = wanted.page;
        let answer = list_conversations(query, wanted.after, wanted.until).await;
        // The list may be gone, or another, by the time that it answers.
        if s.asking.try_set_value(false).is_some() {
            return;
        }
        // A failed request is made again by the next scroll or change.
        if let Ok(lines) = answer {
            put(s, page, lines);
            look(s);
        }
    });
}

/// Puts a page, and keeps what is on the screen where it is.
fn put(s: Screen, page: usize, lines: Lines) {
    let anchor = screen::seen(s.frame).and_then(|(top, bottom)| {
        let held = s.inbox.pages.read_untracked();
        (top..bottom).find_map(|n| held.at(n).map(|id| (n, id)))
    });
    let current = s.inbox.current.get_untracked();
    let mut changed = Vec::new();
    s.inbox.pages.update(|pages| {
        changed = pages.put(page, lines);
        pages.forget(s.rows.get_untracked().0);
    });
    if let Some((was, id)) = anchor
        && let Some(is) = s.inbox.pages.with_untracked(|pages| pages.place(id))
    {
        screen::shift(s.frame, is as i64 - was as i64);
    }
    changed.retain(|id| Some(*id) != current);
    if s.news.get_value() && !changed.is_empty() {
        s.fresh.update(|fresh| fresh.extend(&changed));
        let fade = move || {
            s.fresh.try_update(|fresh| changed.iter().for_each(|id| _ = fresh.remove(id)));
        };
        set_timeout(fade, FRESH);
    }
}

#[component]
fn Nothing(filter: Filter) -> impl IntoView {
    let (title, text) = match filter.state {
        _ if !filter.find.is_empty() => {
            ("Nobody found", "Look for fewer letters, or in another state.")
        }
        _ if filter.priority => (
            "Nothing here has priority",
            "Conversations that are marked as priority, under More, appear here.",
        ),
        State::Open => match filter.scope {
            Scope::Mine => (
                "Nothing is yours",
                "Conversations that are given to you appear here. Take one of those that are unassigned.",
            ),
            Scope::Unassigned => (
                "Everything is looked after",
                "Conversations that nobody looks after yet appear here.",
            ),
            Scope::Mentions => (
                "No conversation mentions you",
                "Conversations appear here in which a note names you with @.",
            ),
            _ => ("Nothing is open", "Messages to people and from them appear here."),
        },
        State::Snoozed => ("Nothing is snoozed", "Conversations that you put off wait here."),
        State::Closed => ("Nothing is closed", "Conversations that you close are kept here."),
    };
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            <p class="empty-text">{text}</p>
        </div>
    }
    .into_any()
}
