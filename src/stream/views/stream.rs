//! A stream: tabs, days, and what is older.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::line::{Changed, FoldView};
use crate::answers::{Transition, ask};
use crate::id::ContactId;
use crate::owner::Owner;
use crate::stream::api::StreamOf;
use crate::stream::{Day, Facet, Page};

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
    let before = Memo::new(move |_| query.read().get("before"));
    let page = ask(move || {
        version.track();
        StreamOf {
            owner,
            facet: facet.get(),
            event: event.get(),
            person: person.get(),
            before: before.get(),
            limit: shown.get(),
        }
    });
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
                            view! { <PageView page owner facet=facet.get_untracked() event=event.get_untracked() person=person.get_untracked() shown /> }
                                .into_any()
                        }
                        Err(error) => view! { <p class="notice error" role="alert">{error.sentence()}</p> }.into_any(),
                    })
            }}
        </Transition>
    }
    .into_any()
}

#[component]
fn PageView(
    page: Page,
    owner: Owner,
    facet: Option<Facet>,
    event: Option<i64>,
    person: Option<ContactId>,
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
    let older = page.older.map(|before| {
        let facet = facet.map(|f| format!("&show={}", f.word())).unwrap_or_default();
        let event = event.map(|e| format!("&event={e}")).unwrap_or_default();
        let person = person.map(|p| format!("&person={p}")).unwrap_or_default();
        let base = owner.href();
        let href = format!("{base}?view=stream&before={before}{facet}{event}{person}");
        let more = move |click: leptos::ev::MouseEvent| {
            if shown.get_untracked() < MOST {
                click.prevent_default();
                shown.update(|n| *n += STEP);
            } else {
                shown.set(STEP);
            }
        };
        view! {
            <a class="button stream-more" href=href on:click=more>
                "Older"
            </a>
        }
    });
    view! {
        <div class="stream">
            {page.days.into_iter().map(|day| view! { <DayView day /> }).collect_view()} {older}
        </div>
    }
    .into_any()
}

#[component]
fn DayView(day: Day) -> impl IntoView {
    view! {
        <section class="stream-day">
            <h2 class="stream-day-title">{day.title}</h2>
            <ol class="stream-list">
                {day.folds.into_iter().map(|fold| view! { <FoldView fold /> }).collect_view()}
            </ol>
        </section>
    }
    .into_any()
}
