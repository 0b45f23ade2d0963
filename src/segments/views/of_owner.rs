//! How a person or a company stands to each segment, and why.

use leptos::prelude::*;

use crate::answers::{Transition, ask};
use crate::owner::Owner;
use crate::segments::api::Standings;
use crate::segments::{Reason, Standing};

/// The segments that they are in, and behind a button the others; each opens to its reasons.
#[component]
pub fn SegmentsOf(
    /// Whose they are.
    owner: Owner,
    /// Goes up when something about them changed.
    version: RwSignal<u32>,
) -> impl IntoView {
    let standings = ask(move || {
        version.track();
        Standings { owner }
    });
    view! {
        <details class="facts" open>
            <summary>"Segments"</summary>
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || match standings.get() {
                    Some(Ok(all)) => view! { <Lists all /> }.into_any(),
                    Some(Err(error)) => view! { <p class="notice error" role="alert">{error.sentence()}</p> }.into_any(),
                    None => ().into_any(),
                }}
            </Transition>
        </details>
    }
    .into_any()
}

#[component]
fn Lists(all: Vec<Standing>) -> impl IntoView {
    let (inside, outside): (Vec<_>, Vec<_>) = all.into_iter().partition(|s| s.inside);
    let none = inside.is_empty();
    let list = |standings: Vec<Standing>| {
        let rows = standings.into_iter().map(|standing| view! { <One standing /> });
        view! { <ul class="standings">{rows.collect_view()}</ul> }
    };
    let others = (!outside.is_empty()).then(|| {
        view! {
            <details class="standings-others">
                <summary class="link-button">{format!("Not in {} others", outside.len())}</summary>
                {list(outside)}
            </details>
        }
    });
    view! {
        {none.then(|| view! { <p class="empty-text">"In no segment now."</p> })}
        {list(inside)}
        {others}
    }
    .into_any()
}

#[component]
fn One(standing: Standing) -> impl IntoView {
    let why = if standing.inside { "Why" } else { "Why not" };
    let until = (!standing.until.is_empty()).then(|| {
        let word =
            if standing.inside { "Time alone takes them out" } else { "Time alone puts them in" };
        view! { <p class="quiet">{format!("{word}: {}.", standing.until)}</p> }
    });
    let reason = |reason: Reason| {
        let sign = if reason.holds { "Yes" } else { "No" };
        // Deeper than this there is no room.
        let depth = reason.depth.min(4).to_string();
        view! {
            <li data-depth=depth data-holds=reason.holds.to_string()>
                <span class="reason-sign">{sign}</span>
                <span dir="auto">{reason.said}</span>
                {(!reason.value.is_empty()).then(|| view! { <span class="quiet" dir="auto">{reason.value}</span> })}
            </li>
        }
    };
    view! {
        <li class="standing">
            <a href=format!("/segments/{}", standing.id) dir="auto">
                {standing.name}
            </a>
            <details>
                <summary class="link-button">{why}</summary>
                <ul class="reasons">{standing.reasons.into_iter().map(reason).collect_view()}</ul>
                {until}
            </details>
        </li>
    }
    .into_any()
}
