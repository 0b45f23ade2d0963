//! Where the people of a company are.

use leptos::prelude::*;

use crate::answers::{Transition, ask};
use crate::companies::Dot;
use crate::companies::api::CompanyPlaces;
use crate::contacts::Credit;
use crate::contacts::views::Credits;
use crate::id::CompanyId;

/// How many places are named under the map.
const NAMED: usize = 5;

/// A map with a dot a place, larger where more people are, and the largest places by name.
#[component]
pub fn Places(company: CompanyId, people: Signal<i64>) -> impl IntoView {
    let places = ask(move || {
        people.track();
        CompanyPlaces { company }
    });
    view! {
        <details class="facts" open>
            <summary>"Where they are"</summary>
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || {
                    places
                        .get()
                        .and_then(Result::ok)
                        .map(|found| {
                            if found.dots.is_empty() {
                                view! { <p class="empty-text">"Known when its people come, where a database of places is set up."</p> }
                                    .into_any()
                            } else {
                                view! { <Map map=found.map dots=found.dots credits=found.credits /> }.into_any()
                            }
                        })
                }}
            </Transition>
        </details>
    }
    .into_any()
}

#[component]
fn Map(map: String, dots: Vec<Dot>, credits: Vec<Credit>) -> impl IntoView {
    let most = dots.iter().map(|d| d.people).max().unwrap_or(1).max(1) as f64;
    let circle = |dot: &Dot| {
        let (x, y) = (format!("{:.1}", dot.point.0 + 180.0), format!("{:.1}", 90.0 - dot.point.1));
        // The area says how many.
        let r = format!("{:.1}", 2.5 + 5.5 * (dot.people as f64 / most).sqrt());
        let people = if dot.people == 1 { "person" } else { "people" };
        view! {
            <circle cx=x cy=y r=r>
                <title>{format!("{}: {} {people}", dot.words, dot.people)}</title>
            </circle>
        }
    };
    let circles = dots.iter().map(circle).collect_view();
    let more = dots.len().saturating_sub(NAMED);
    let named = dots.into_iter().take(NAMED).map(|dot| {
        view! {
            <li>
                <bdi>{dot.words}</bdi>
                <span class="tab-count">{dot.people}</span>
            </li>
        }
    });
    view! {
        <figure class="place">
            <svg class="place-map" viewBox="0 0 360 150" aria-hidden="true">
                <use href=format!("{map}#land")></use>
                {circles}
            </svg>
            <figcaption>
                <ul class="place-list">{named.collect_view()}</ul>
                {(more > 0).then(|| format!("and {more} more places"))}
                <Credits credits />
            </figcaption>
        </figure>
    }
    .into_any()
}
