//! A part of a stream on the page. What stands there stays while other things come and go.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::line::FoldView;
use crate::answers::kept as steady;
use crate::id::ContactId;
use crate::owner::Owner;
use crate::stream::{Day, Facet, Fold, Page};
use crate::ui::Each;

/// How many entries a page of a stream has; "older" adds as many.
pub(super) const STEP: i64 = 50;
/// From here on, older entries are a page of their own.
const MOST: i64 = 500;

/// A part of a stream, and what was asked for when it came.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub page: Page,
    pub facet: Option<Facet>,
    pub event: Option<i64>,
    pub person: Option<ContactId>,
}

/// What the address of another part of the same stream keeps.
fn kept(facet: Option<Facet>, event: Option<i64>, person: Option<ContactId>) -> String {
    let facet = facet.map(|f| format!("&show={}", f.word())).unwrap_or_default();
    let event = event.map(|e| format!("&event={e}")).unwrap_or_default();
    let person = person.map(|p| format!("&person={p}")).unwrap_or_default();
    format!("{facet}{event}{person}")
}

impl Part {
    /// The address of a part of the same stream, which begins at this place.
    fn address(&self, owner: Owner, place: &str) -> String {
        let kept = kept(self.facet, self.event, self.person);
        format!("{}?view=stream{place}{kept}", owner.href())
    }

    /// The name of the one event that it has, and what leads to all of them.
    fn only(&self, owner: Owner) -> Option<(String, String)> {
        self.event?;
        let first = self.page.days.first().and_then(|day| day.folds.first());
        let name = first.map_or_else(|| "one event".to_owned(), |fold| fold.newest.name.clone());
        let kept = kept(Some(Facet::Event), None, self.person);
        Some((name, format!("{}?view=stream{kept}", owner.href())))
    }
}

/// Days, with what leads to newer and older ones.
#[component]
pub(super) fn PartView(
    first: Part,
    /// As it is now.
    latest: Memo<Option<Part>>,
    owner: Owner,
    /// How many entries are asked for.
    shown: RwSignal<i64>,
) -> impl IntoView {
    let part = Memo::new(move |_| latest.get().unwrap_or_else(|| first.clone()));
    let days = steady(move || part.with(|part| part.page.days.clone()));
    let at = steady(move || part.with(|part| part.page.at));
    let empty = steady(move || part.with(|part| part.page.days.is_empty()));
    let only = steady(move || part.with(|part| part.only(owner)));
    let newer = steady(move || {
        let to = |part: &Part| {
            Some(part.address(owner, &format!("&after={}", part.page.newer.as_ref()?)))
        };
        part.with(to)
    });
    let older = steady(move || {
        let to = |part: &Part| {
            Some(part.address(owner, &format!("&before={}", part.page.older.as_ref()?)))
        };
        part.with(to)
    });
    let more = Callback::new(move |click: MouseEvent| {
        if shown.get_untracked() < MOST {
            click.prevent_default();
            shown.update(|n| *n += STEP);
        } else {
            shown.set(STEP);
        }
    });
    view! {
        {move || only.get().map(|(name, href)| view! { <Only name href /> })}
        {move || empty.get().then(|| view! { <Empty /> })}
        <div class="stream" hidden=move || empty.get()>
            <Way href=newer word="Newer" pressed=Callback::new(move |_| shown.set(STEP)) />
            <Each rows=days key=|day: &Day| day.title.clone() let:day>
                <DayView day owner at />
            </Each>
            <Way href=older word="Older" pressed=more />
        </div>
    }
    .into_any()
}

/// Says that one event is shown alone, with the way back to all of them.
#[component]
fn Only(name: String, href: String) -> impl IntoView {
    view! {
        <p class="hint">
            "Only " <bdi>{name}</bdi> " · " <a href=href>"All events"</a>
        </p>
    }
    .into_any()
}

/// What leads to another part; it keeps the focus while that comes.
#[component]
fn Way(
    /// Nothing where there is no more.
    href: Signal<Option<String>>,
    word: &'static str,
    pressed: Callback<MouseEvent>,
) -> impl IntoView {
    let there = steady(move || href.with(Option::is_some));
    let link = move || {
        view! {
            <a class="button stream-more" href=move || href.get() on:click=move |click| pressed.run(click)>
                {word}
            </a>
        }
    };
    move || there.get().then(link)
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">"Nothing here yet"</p>
            <p class="empty-text">"Events, tags and changes appear here as they happen."</p>
        </div>
    }
    .into_any()
}

#[component]
fn DayView(day: Signal<Day>, owner: Owner, at: Signal<Option<i64>>) -> impl IntoView {
    let title = day.with_untracked(|day| day.title.clone());
    let folds = steady(move || day.with(|day| day.folds.clone()));
    view! {
        <section class="stream-day">
            <h2 class="stream-day-title">{title}</h2>
            <ol class="stream-list">
                <Each rows=folds key=Fold::oldest let:fold>
                    <FoldView fold owner at />
                </Each>
            </ol>
        </section>
    }
    .into_any()
}
