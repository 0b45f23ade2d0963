//! How a person or a company stands to each segment, and why.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::answers::{Transition, ask};
use crate::id::SegmentId;
use crate::owner::Owner;
use crate::segments::api::{ExplainSegment, Standings};
use crate::segments::{Explanation, Reason, Standing};
use crate::ui::{Section, yes_or_no};

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
        <Section title="Segments">
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || match standings.get() {
                    Some(Ok(all)) => view! { <Lists all owner version /> }.into_any(),
                    Some(Err(error)) => view! { <p class="notice error" role="alert">{error.sentence()}</p> }.into_any(),
                    None => ().into_any(),
                }}
            </Transition>
        </Section>
    }
    .into_any()
}

#[component]
fn Lists(all: Vec<Standing>, owner: Owner, version: RwSignal<u32>) -> impl IntoView {
    let (inside, outside): (Vec<_>, Vec<_>) = all.into_iter().partition(|s| s.inside);
    let none = inside.is_empty();
    let list = move |standings: Vec<Standing>| {
        let rows = standings.into_iter().map(|standing| view! { <One standing owner version /> });
        view! { <ul class="standings">{rows.collect_view()}</ul> }
    };
    let asked = asked();
    let others = (!outside.is_empty()).then(|| {
        // Open where the address asks for one of them.
        let open = outside.iter().any(|s| Some(s.id) == asked);
        view! {
            <details class="standings-others" open=open>
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

/// The segment that the address asks about, where there is no script to ask for it.
fn asked() -> Option<SegmentId> {
    use_query_map().read_untracked().get("why")?.parse().ok()
}

#[component]
fn One(standing: Standing, owner: Owner, version: RwSignal<u32>) -> impl IntoView {
    let Standing { id, name, inside } = standing;
    let word = if inside { "Why" } else { "Why not" };
    let asked = asked() == Some(id);
    let open = RwSignal::new(asked);
    let page = match owner {
        Owner::Contact(id) => format!("/contacts/{id}"),
        Owner::Company(id) => format!("/companies/{id}"),
    };
    // A browser's script asks as soon as it is opened, and shows this no longer than that takes.
    let link = format!("{page}?why={id}");
    view! {
        <li class="standing">
            <a href=format!("/segments/{id}") dir="auto">
                {name}
            </a>
            <details open=asked on:toggle:target=move |ev| open.set(ev.target().has_attribute("open"))>
                <summary class="link-button">{word}</summary>
                {move || match open.get() {
                    true => view! { <Why owner segment=id version /> }.into_any(),
                    false => view! { <a class="button small" href=link.clone()>"Show each condition"</a> }.into_any(),
                }}
            </details>
        </li>
    }
    .into_any()
}

/// Each condition, asked for when it is shown.
#[component]
fn Why(owner: Owner, segment: SegmentId, version: RwSignal<u32>) -> impl IntoView {
    let explanation = ask(move || {
        version.track();
        ExplainSegment { owner, segment }
    });
    view! {
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || match explanation.get() {
                Some(Ok(found)) => view! { <Reasons found /> }.into_any(),
                Some(Err(error)) => view! { <p class="notice error" role="alert">{error.sentence()}</p> }.into_any(),
                None => ().into_any(),
            }}
        </Transition>
    }
    .into_any()
}

#[component]
fn Reasons(found: Explanation) -> impl IntoView {
    let holds = found.standing.inside != found.pending;
    let pending = found.pending.then(|| {
        let word = if holds { "They are not in it yet" } else { "They are still in it" };
        view! { <p class="quiet">{format!("{word}: not everyone was looked at so far for this rule.")}</p> }
    });
    let until = found.until.map(|until| {
        let word = if holds { "Time alone takes them out" } else { "Time alone puts them in" };
        view! { <p class="quiet">{format!("{word}: {} ({}).", until.ago, until.exact)}</p> }
    });
    let reason = |reason: Reason| {
        let sign = yes_or_no(reason.holds);
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
        {pending}
        <ul class="reasons">{found.reasons.into_iter().map(reason).collect_view()}</ul>
        {until}
    }
    .into_any()
}
