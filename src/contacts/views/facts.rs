//! Groups of facts that fold, and the events that a person did.

use leptos::prelude::*;

use crate::contacts::{EventCount, Fact};
use crate::id::ContactId;
use crate::ui::TimeAgo;

/// A group of facts under a heading.
#[component]
pub fn Facts(
    /// The heading.
    title: &'static str,
    /// What is known.
    facts: Vec<Fact>,
    /// What to say when nothing is.
    #[prop(optional)]
    empty: &'static str,
) -> impl IntoView {
    let rows = if facts.is_empty() {
        view! { <p class="empty-text">{empty}</p> }.into_any()
    } else {
        let row = |fact: Fact| {
            let value = match fact.at {
                Some(stamp) => view! { <TimeAgo stamp /> }.into_any(),
                None => view! { <span dir="auto">{fact.value}</span> }.into_any(),
            };
            view! {
                <div class="fact">
                    <dt dir="auto">{fact.label}</dt>
                    <dd>{value}</dd>
                </div>
            }
        };
        view! { <dl class="facts-list">{facts.into_iter().map(row).collect_view()}</dl> }.into_any()
    };
    view! {
        <details class="facts" open>
            <summary>{title}</summary>
            {rows}
        </details>
    }
}

/// The events of a person: how often, first and last; each leads to its occurrences.
#[component]
pub fn Events(contact: ContactId, events: Vec<EventCount>) -> impl IntoView {
    let row = |e: EventCount| {
        let href = format!("/contacts/{contact}?show=event&event={}", e.id);
        let times = format!("{} × since {}", e.count, e.first.exact);
        view! {
            <li class="event-row" title=times>
                <a href=href dir="auto">
                    {e.name}
                </a>
                <span>{e.count}</span>
                <TimeAgo stamp=e.last />
            </li>
        }
    };
    let rows = if events.is_empty() {
        view! { <p class="empty-text">"Events that your product sends are counted here."</p> }
            .into_any()
    } else {
        view! { <ul class="events-list">{events.into_iter().map(row).collect_view()}</ul> }
            .into_any()
    };
    view! {
        <details class="facts" open>
            <summary>"Events"</summary>
            {rows}
        </details>
    }
}
