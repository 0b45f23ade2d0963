//! A stream: its tabs, and the part of it that is shown.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::line::{Changed, entry_id};
use super::page::{Part, PartView, STEP};
use crate::answers::{Answer, Transition, ask, kept, now};
use crate::error::Error;
use crate::id::ContactId;
use crate::owner::Owner;
use crate::stream::api::StreamOf;
use crate::stream::{Facet, Page, Place};
use crate::ui::{refused, scroll};

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
            {tab(None, "Everything")} {Facet::ALL.iter().map(|f| tab(Some(*f), f.said())).collect_view()}
        </nav>
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {
                // The part stays while what it shows changes, so that nothing that has the focus, or was opened, is lost.
                let failed = kept(move || page.get().map(Result::err));
                let part = move |page: Page| Part {
                    page,
                    facet: facet.get_untracked(),
                    event: event.get_untracked(),
                    person: person.get_untracked(),
                };
                let latest = Memo::new(move |_| page.get().and_then(Result::ok).map(part));
                move || match failed.get() {
                    None => ().into_any(),
                    Some(Some(Error::NotFound)) => view! { <Gone owner /> }.into_any(),
                    Some(Some(error)) => refused(error).into_any(),
                    Some(None) => match now(&page).map(part) {
                        Some(first) => view! { <PartView first latest owner shown /> }.into_any(),
                        None => ().into_any(),
                    },
                }
            }
        </Transition>
    }
    .into_any()
}

/// The place in the stream that an address names.
fn place_of(get: impl Fn(&str) -> Option<String>) -> Option<Place> {
    let at = get("at").and_then(|seq| seq.parse().ok()).map(Place::At);
    at.or_else(|| get("after").map(Place::After)).or_else(|| get("before").map(Place::Before))
}

/// Brings the entry that a page was opened at to the screen, once; later changes leave the reader where they are.
fn reveal(page: Answer<Page>) {
    let shown = StoredValue::new(None);
    Effect::new(move |_| {
        let at = page.with_good(|page| page.at).flatten();
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
