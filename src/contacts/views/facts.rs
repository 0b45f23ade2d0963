//! Groups of facts that fold, and the events that a person did.

use leptos::prelude::*;

use crate::contacts::{EventCount, Fact};
use crate::id::ContactId;
use crate::ui::{Copy, TimeAgo};

/// A group of facts under a heading.
#[component]
pub fn Facts(
    /// The heading.
    title: &'static str,
    /// What is known.
    facts: Signal<Vec<Fact>>,
    /// What to say when nothing is.
    #[prop(optional)]
    empty: &'static str,
) -> impl IntoView {
    view! {
        <details class="facts" open>
            <summary>{title}</summary>
            {move || view! { <FactList facts=facts.get() empty /> }}
        </details>
    }
    .into_any()
}

/// Facts as names and values.
#[component]
pub fn FactList(
    /// What is known.
    facts: Vec<Fact>,
    /// What to say when nothing is.
    #[prop(optional)]
    empty: &'static str,
) -> impl IntoView {
    if facts.is_empty() {
        return view! { <p class="empty-text">{empty}</p> }.into_any();
    }
    view! {
        <dl class="facts-list">
            {facts.into_iter().map(|fact| view! { <FactView fact /> }).collect_view()}
        </dl>
    }
    .into_any()
}

#[component]
fn FactView(fact: Fact) -> impl IntoView {
    let copy = fact.copy.then(|| {
        let label = format!("Copy: {}", fact.label);
        view! { <Copy text=fact.value.clone() label /> }
    });
    let value = match (fact.at, fact.link) {
        (Some(stamp), _) => view! { <TimeAgo stamp /> }.into_any(),
        (None, Some(href)) => view! {
            <a href=href rel="noopener noreferrer nofollow" target="_blank" dir="auto">
                {fact.value}
            </a>
        }
        .into_any(),
        (None, None) => view! { <bdi>{fact.value}</bdi> }.into_any(),
    };
    view! {
        <div class="fact">
            <dt dir="auto">{fact.label}</dt>
            <dd>
                {value}
                {copy}
            </dd>
        </div>
    }
    .into_any()
}

/// The events of a person: how often, first and last, and the last 90 days; each leads to its occurrences.
#[component]
pub fn Events(contact: ContactId, events: Signal<Vec<EventCount>>) -> impl IntoView {
    let row = move |e: EventCount| {
        let href = format!("/contacts/{contact}?show=event&event={}", e.id);
        let times = format!("{} × since {}", e.count, e.first.exact);
        view! {
            <li class="event-row" title=times>
                <a href=href dir="auto">
                    {e.name}
                </a>
                <svg class="sparkline" viewBox="0 0 90 16" preserveAspectRatio="none" aria-hidden="true">
                    <path d=e.spark />
                </svg>
                <span>{e.count}</span>
                <TimeAgo stamp=e.last />
            </li>
        }
    };
    let rows = move || {
        let events = events.get();
        if events.is_empty() {
            view! { <p class="empty-text">"Events that your product sends are counted here."</p> }
                .into_any()
        } else {
            view! { <ul class="events-list">{events.into_iter().map(row).collect_view()}</ul> }
                .into_any()
        }
    };
    view! {
        <details class="facts" open>
            <summary>"Events"</summary>
            {rows}
        </details>
    }
    .into_any()
}
