//! Where a person was last seen.

use leptos::prelude::*;

use super::local::use_local_time;
use crate::contacts::{Credit, Whereabouts};
use crate::ui::{Fact, FactList, Section};

/// A small map with a dot, the time there, and the browser of the last visit.
#[component]
pub fn Place(
    /// Where, if it is known.
    place: Signal<Option<Whereabouts>>,
    /// What time it is for them.
    local_time: Signal<Option<String>>,
    /// Who made the databases of places.
    credits: Signal<Vec<Credit>>,
    /// Whether a database of places is set up.
    set_up: Signal<bool>,
    /// The browser and how the visit came.
    device: Signal<Vec<Fact>>,
) -> impl IntoView {
    let local_time = use_local_time(local_time);
    let shown = move || {
        match place.get() {
        Some(place) => view! { <Map place time=local_time credits=credits.get() /> }.into_any(),
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
    let time = move || {
        let time = local_time.get().filter(|_| place.read().is_none());
        time.map(|time| view! { <p class="place-time">{format!("{time} where they are")}</p> })
    };
    let facts = move || {
        let facts = device.get();
        (!facts.is_empty()).then(|| view! { <FactList facts /> })
    };
    view! {
        <Section title="Devices and places">
            {shown}
            {time}
            {facts}
        </Section>
    }
    .into_any()
}

#[component]
fn Map(place: Whereabouts, time: Signal<Option<String>>, credits: Vec<Credit>) -> impl IntoView {
    let dot = place.point.map(|(longitude, latitude)| {
        let (x, y) = (format!("{:.1}", longitude + 180.0), format!("{:.1}", 90.0 - latitude));
        view! { <circle cx=x cy=y r="5" /> }
    });
    let land = format!("{}#land", place.map);
    let time = move || {
        time.get().map(|time| view! { <span class="place-time">{format!("{time} there")}</span> })
    };
    view! {
        <figure class="place">
            <svg class="place-map" viewBox="0 0 360 150" aria-hidden="true">
                <use href=land></use>
                {dot}
            </svg>
            <figcaption>
                <bdi class="place-words">{place.words}</bdi>
                {time}
                <Credits credits />
            </figcaption>
        </figure>
    }
    .into_any()
}

/// Who made the databases that the places are from.
#[component]
pub fn Credits(credits: Vec<Credit>) -> impl IntoView {
    let one = |credit: Credit| match credit.href {
        Some(href) => view! {
            <a class="place-credit" href=href rel="noopener noreferrer" target="_blank">
                {credit.words}
            </a>
        }
        .into_any(),
        None => view! { <span class="place-credit">{credit.words}</span> }.into_any(),
    };
    credits.into_iter().map(one).collect_view()
}
