//! Where a person was last seen.

use leptos::prelude::*;

use crate::contacts::Whereabouts;
use crate::ui::{Fact, FactList, Section};

/// A small map with a dot, the time there, and the browser of the last visit.
#[component]
pub fn Place(
    /// Where, if it is known.
    place: Signal<Option<Whereabouts>>,
    /// Whether a database of places is set up.
    set_up: Signal<bool>,
    /// The browser and how the visit came.
    device: Signal<Vec<Fact>>,
) -> impl IntoView {
    let shown = move || {
        match place.get() {
        Some(place) => view! { <Map place /> }.into_any(),
        None if !set_up.get() => view! {
            <p class="empty-text">
                "No database of places is set up, so IP addresses say nothing. bin/geoip fetches a free one; name it in RAPPORT_GEOIP_DB."
            </p>
        }
        .into_any(),
        None if device.read().is_empty() => view! { <p class="empty-text">"Known from the first visit on."</p> }.into_any(),
        None => ().into_any(),
    }
    };
    let facts = move || {
        let facts = device.get();
        (!facts.is_empty()).then(|| view! { <FactList facts /> })
    };
    view! {
        <Section title="Devices and places">
            {shown}
            {facts}
        </Section>
    }
    .into_any()
}

#[component]
fn Map(place: Whereabouts) -> impl IntoView {
    let dot = place.point.map(|(longitude, latitude)| {
        let (x, y) = (format!("{:.1}", longitude + 180.0), format!("{:.1}", 90.0 - latitude));
        view! { <circle cx=x cy=y r="5" /> }
    });
    let land = format!("{}#land", place.map);
    let time = place
        .local_time
        .map(|time| view! { <span class="place-time">{format!("{time} there")}</span> });
    view! {
        <figure class="place">
            <svg class="place-map" viewBox="0 0 360 150" aria-hidden="true">
                <use href=land></use>
                {dot}
            </svg>
            <figcaption>
                <bdi class="place-words">{place.words}</bdi>
                {time}
                <a class="place-credit" href="https://db-ip.com" rel="noopener noreferrer" target="_blank">
                    "IP geolocation by DB-IP"
                </a>
            </figcaption>
        </figure>
    }
    .into_any()
}
