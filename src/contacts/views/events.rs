//! The events that a person did.

use leptos::prelude::*;

use crate::contacts::EventCount;
use crate::id::ContactId;
use crate::ui::{Section, TimeAgo};

/// The events of a person: how often, first and last, and the last 90 days; each leads to its occurrences.
#[component]
pub fn Events(contact: ContactId, events: Signal<Vec<EventCount>>) -> impl IntoView {
    let row = move |e: EventCount| {
        let href = format!("/contacts/{contact}?show=event&event={}", e.id);
        let exact = format!("{} × from {} to {}", e.count, e.first.exact, e.last.exact);
        let times = if e.count == 1 {
            view! { "Once, " <TimeAgo stamp=e.last /> }.into_any()
        } else {
            view! { "First " <TimeAgo stamp=e.first /> ", last " <TimeAgo stamp=e.last /> }
                .into_any()
        };
        view! {
            <li class="event-row" title=exact>
                <a href=href dir="auto">
                    {e.name}
                </a>
                <svg class="sparkline" viewBox="0 0 90 16" preserveAspectRatio="none" aria-hidden="true">
                    <path d=e.spark />
                </svg>
                <span>{e.count}</span>
                <p class="event-times">{times}</p>
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
        <Section title="Events">
            {rows}
        </Section>
    }
    .into_any()
}
