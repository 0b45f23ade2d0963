//! A stream: tabs, days, and what is newer and older.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::line::{Changed, FoldView, entry_id};
use crate::answers::{Answer, Transition, ask};
use crate::error::Error;
use crate::id::ContactId;
use crate::owner::Owner;
use crate::stream::api::StreamOf;
use crate::stream::{Day, Facet, Page, Place};
use crate::ui::scroll;

/// How many entries a page of a stream has; "older" adds as many.
const STEP: i64 = 50;
/// From here on, older entries are a page of their own.
const MOST: i64 = 500;

/// The stream of a person or a company; `version` goes up when it changed.
#[component]
pub fn StreamOf(
    /// Whose it is.
    owner: Owner,
    /// Counts the changes.
    version: RwSignal<u32>,
) -> impl IntoView {
    provide_context(Changed(Callback::new(move |()| version.update(|n| *n += 1))));
    let query = use_query_map();
    let shown = RwSignal::new(STEP);
    let facet = Memo::new(move |_| query.read().get("show").and_then(|w| Facet::from_word(&w)));
    let event = Memo::new(move |_| query.read().get("event").and_then(|e| e.parse::<i64>().ok()));
    let person =
        Memo::new(move |_| query.read().get("person").and_then(|p| p.parse::<ContactId>().ok()));
    let place = Memo::new(move |_| query.with(|q| place_of(|name| q.get(name))));
    let page = ask(move || {
        version.track();
        StreamOf {
            owner,
            facet: facet.get(),
            event: event.get(),
            person: person.get(),
            place: place.get(),
            limit: shown.get(),
        }
    });
    reveal(page);
    let tab = move |this: Option<Facet>, word: &'static str| {
        let href = move || {
            let base = owner.href();
            let person = person.get().map(|p| format!("&person={p}")).unwrap_or_default();
            let show = this.map(|f| format!("&show={}", f.word())).unwrap_or_default();
            format!("{base}?view=stream{show}{person}")
        };
        let current = move || (facet.get() == this && event.get().is_none()).then_some("page");
        view! {
            <a href=href aria-current=current on:click=move |_| shown.set(STEP)>
                {word}
            </a>
        }
    };
    view! {
        <nav class="tabs" aria-label="Stream">
            {tab(None, "Everything")} {Facet::ALL.into_iter().map(|(f, word)| tab(Some(f), word)).collect_view()}
        </nav>
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || {
                page.get()
                    .map(|answer| match answer {
                        Ok(page) => {
                            let kept = kept(facet.get_untracked(), event.get_untracked(), person.get_untracked());
                            let only = event.get_untracked().map(|_| only(&page, owner, person.get_untracked()));
                            view! {
                                {only}
                                <PageView page owner kept shown />
                            }
                                .into_any()
                        }
                        Err(Error::NotFound) => view! { <Gone owner /> }.into_any(),
                        Err(error) => view! { <p class="notice error" role="alert">{error.sentence()}</p> }.into_any(),
                    })
            }}
        </Transition>
    }
    .into_any()
}

/// Says that one event is shown alone, with the way back to all of them.
fn only(page: &Page, owner: Owner, person: Option<ContactId>) -> impl IntoView {
    let first = page.days.first().and_then(|day| day.folds.first());
    let name = first.map_or_else(|| "one event".to_owned(), |fold| fold.newest.name.clone());
    let href = format!("{}?view=stream{}", owner.href(), kept(Some(Facet::Event), None, person));
    view! {
        <p class="hint">
            "Only " <bdi>{name}</bdi> " · " <a href=href>"All events"</a>
        </p>
    }
    .into_any()
}

/// The place in the stream that an address names.
fn place_of(get: impl Fn(&str) -> Option<String>) -> Option<Place> {
    let at = get("at").and_then(|seq| seq.parse().ok()).map(Place::At);
    at.or_else(|| get("after").map(Place::After)).or_else(|| get("before").map(Place::Before))
}

/// What the address of another part of the same stream keeps.
fn kept(facet: Option<Facet>, event: Option<i64>, person: Option<ContactId>) -> String {
    let facet = facet.map(|f| format!("&show={}", f.word())).unwrap_or_default();
    let event = event.map(|e| format!("&event={e}")).unwrap_or_default();
    let person = person.map(|p| format!("&person={p}")).unwrap_or_default();
    format!("{facet}{event}{person}")
}

/// Brings the entry that a page was opened at to the screen, once; later changes leave the reader where they are.
fn reveal(page: Answer<Page>) {
    let shown = StoredValue::new(None);
    Effect::new(move |_| {
        let at = page.with(|page| page.as_ref().and_then(|p| p.as_ref().ok()?.at));
        if shown.get_value() == at {
            return;
        }
        shown.set_value(at);
        if let Some(seq) = at {
            request_animation_frame(move || {
                scroll::reveal(&format!("#{}", entry_id(seq)));
            });
        }
    });
}

/// What stands where an entry was that is not in the stream.
#[component]
fn Gone(owner: Owner) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">"This entry is not here any more"</p>
            <p class="empty-text">"It was deleted, or it belongs to somebody else."</p>
            <a class="button" href=format!("{}?view=stream", owner.href())>
                "Newest entries"
            </a>
        </div>
    }
    .into_any()
}

#[component]
fn PageView(
    page: Page,
    owner: Owner,
    /// What the addresses of other parts keep.
    kept: String,
    shown: RwSignal<i64>,
) -> impl IntoView {
    if page.days.is_empty() {
        return view! {
            <div class="empty">
                <p class="empty-title">"Nothing here yet"</p>
                <p class="empty-text">"Events, tags and changes appear here as they happen."</p>
            </div>
        }
        .into_any();
    }
    let (base, at) = (format!("{}?view=stream", owner.href()), page.at);
    let newer = page.newer.map(|after| {
        view! {
            <a class="button stream-more" href=format!("{base}&after={after}{kept}") on:click=move |_| shown.set(STEP)>
                "Newer"
            </a>
        }
    });
    let older = page.older.map(|before| {
        let more = move |click: leptos::ev::MouseEvent| {
            if shown.get_untracked() < MOST {
                click.prevent_default();
                shown.update(|n| *n += STEP);
            } else {
                shown.set(STEP);
            }
        };
        view! {
            <a class="button stream-more" href=format!("{base}&before={before}{kept}") on:click=more>
                "Older"
            </a>
        }
    });
    view! {
        <div class="stream">
            {newer} {page.days.into_iter().map(|day| view! { <DayView day owner at /> }).collect_view()} {older}
        </div>
    }
    .into_any()
}

#[component]
fn DayView(day: Day, owner: Owner, #[prop(optional_no_strip)] at: Option<i64>) -> impl IntoView {
    view! {
        <section class="stream-day">
            <h2 class="stream-day-title">{day.title}</h2>
            <ol class="stream-list">
                {day.folds.into_iter().map(|fold| view! { <FoldView fold owner at /> }).collect_view()}
            </ol>
        </section>
    }
    .into_any()
}
