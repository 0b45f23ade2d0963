//! When a message begins and ends, and in which hours it may arrive.

use leptos::prelude::*;

use super::draft::{typed, wrong};
use crate::messenger::{DAYS, Hours, clock};
use crate::outbound::{Detail, When, Zone};

/// The beginning, the end, and the hours.
#[component]
pub fn Times(first: Detail) -> impl IntoView {
    let zone = first.time_zone.clone();
    view! {
        <section class="message-part" aria-labelledby="when">
            <h2 id="when">"When"</h2>
            <div class="message-dates">
                <label class="field" data-invalid=wrong("starts")>
                    "Begin"
                    <input class="input" type="datetime-local" name="starts" value=typed("starts", &first.starts) />
                </label>
                <label class="field" data-invalid=wrong("stops")>
                    "End"
                    <input class="input" type="datetime-local" name="stops" value=typed("stops", &first.stops) />
                </label>
            </div>
            <p class="hint">{format!("Empty: at once, and until somebody stops it. In the workspace’s time zone, {zone}.")}</p>
            <Window when=first.when zone=first.zone />
        </section>
    }
    .into_any()
}

/// At which hours it may arrive, and where those are counted.
#[component]
pub fn Window(when: When, zone: Zone) -> impl IntoView {
    let chosen = typed("hours", when.word());
    let one = |word: &'static str, label: &'static str| {
        view! {
            <label class="check">
                <input type="radio" name="hours" value=word checked=chosen == word />
                <span>{label}</span>
            </label>
        }
    };
    let where_ = typed("zone", zone.word());
    let zones = Zone::ALL.iter().map(|zone| {
        view! {
            <label class="check">
                <input type="radio" name="zone" value=zone.word() checked=where_ == zone.word() />
                <span>{zone.said()}</span>
            </label>
        }
    });
    // A message without hours of its own suggests the usual ones.
    let usual: Vec<_> = (0..5).map(|day| Hours { day, from: 540, to: 1_020 }).collect();
    let kept = match when.hours() {
        [] => usual,
        hours => hours.to_vec(),
    };
    let days = DAYS.into_iter().enumerate().map(|(day, name)| {
        let hours = kept.iter().find(|h| usize::from(h.day) == day).copied();
        let time = |part: &str, at: Option<u16>| {
            let field = format!("{part}[{day}]");
            let value = typed(&field, &at.map(clock).unwrap_or_default());
            let until = if part == "from" { "from" } else { "until" };
            view! { <input class="input" type="time" aria-label=format!("{name}, {until}") value=value name=field /> }
        };
        view! {
            <li data-invalid=wrong(&format!("from[{day}]"))>
                <span>{name}</span>
                {time("from", hours.map(|h| h.from))}
                {time("to", hours.map(|h| h.to))}
            </li>
        }
    });
    view! {
        <fieldset class="field message-whom message-hours">
            <legend>"When it may arrive"</legend>
            {one("always", "At any time")}
            {one("office", "In the office hours of the Messenger’s settings")}
            {one("hours", "In these hours")}
            <ul class="messenger-hours">{days.collect_view()}</ul>
            <div class="message-zone" role="group" aria-label="Whose hours">
                {zones.collect_view()}
            </div>
            <p class="hint">"Outside these hours it waits until they begin. A day without times is a day off."</p>
        </fieldset>
    }
    .into_any()
}
