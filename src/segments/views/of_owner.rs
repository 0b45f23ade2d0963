//! How a person or a company stands to each segment, and why.

use std::collections::HashSet;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::Conditions;
use crate::answers::{Transition, ask, kept};
use crate::id::SegmentId;
use crate::owner::Owner;
use crate::segments::api::{ExplainSegment, OtherStandings, Standings};
use crate::segments::{Explanation, InAndOut, Standing};
use crate::ui::{Section, refused};

/// What of them somebody has opened. It stays open whatever else happens to them meanwhile.
#[derive(Clone, Copy)]
struct Opened {
    /// The segments whose reasons are.
    why: RwSignal<HashSet<SegmentId>>,
    /// Whether those that they are not in are; nothing until somebody opened or closed them.
    others: RwSignal<Option<bool>>,
}

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
    let why = RwSignal::new(asked().why.into_iter().collect());
    let opened = Opened { why, others: RwSignal::new(None) };
    view! {
        <Section title="Segments">
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {
                    let standings = kept(move || standings.get());
                    move || match standings.get() {
                        Some(Ok(all)) => view! { <Lists all owner version opened /> }.into_any(),
                        Some(Err(error)) => refused(error).into_any(),
                        None => ().into_any(),
                    }
                }
            </Transition>
        </Section>
    }
    .into_any()
}

#[component]
fn Lists(all: InAndOut, owner: Owner, version: RwSignal<u32>, opened: Opened) -> impl IntoView {
    let InAndOut { inside, others } = all;
    let none = inside.is_empty();
    // Open where the address asks for them, or for one of them.
    let asked = asked();
    let open = asked.others || asked.why.is_some_and(|id| inside.iter().all(|s| s.id != id));
    let rest = (others > 0).then(|| view! { <Others many=others open owner version opened /> });
    view! {
        {none.then(|| view! { <p class="empty-text">"In no segment now."</p> })}
        <List standings=inside owner version opened />
        {rest}
    }
    .into_any()
}

/// Those that they are not in: often most of all there are, so that they are asked for when they are to be seen.
#[component]
fn Others(
    many: usize,
    /// Whether they are open until somebody closes them.
    open: bool,
    owner: Owner,
    version: RwSignal<u32>,
    opened: Opened,
) -> impl IntoView {
    let open = Memo::new(move |_| opened.others.get().unwrap_or(open));
    let toggled = move |now: bool| {
        if now != open.get_untracked() {
            opened.others.set(Some(now));
        }
    };
    let link = format!("{}?view=facts&others=segments", owner.href());
    view! {
        <details
            class="standings-others"
            open=move || open.get()
            on:toggle:target=move |ev| toggled(ev.target().has_attribute("open"))
        >
            <summary class="link-button">{if many == 1 { "Not in 1 other".to_owned() } else { format!("Not in {many} others") }}</summary>
            {move || match open.get() {
                true => view! { <Rest owner version opened /> }.into_any(),
                false => view! { <a class="button small" href=link.clone()>"Show them"</a> }.into_any(),
            }}
        </details>
    }
    .into_any()
}

#[component]
fn Rest(owner: Owner, version: RwSignal<u32>, opened: Opened) -> impl IntoView {
    let others = ask(move || {
        version.track();
        OtherStandings { owner }
    });
    view! {
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {
                let others = kept(move || others.get());
                move || match others.get() {
                    Some(Ok(standings)) => view! { <List standings owner version opened /> }.into_any(),
                    Some(Err(error)) => refused(error).into_any(),
                    None => ().into_any(),
                }
            }
        </Transition>
    }
    .into_any()
}

#[component]
fn List(
    standings: Vec<Standing>,
    owner: Owner,
    version: RwSignal<u32>,
    opened: Opened,
) -> impl IntoView {
    let one = |standing: Standing| view! { <One standing owner version opened /> };
    let rows = standings.into_iter().map(one);
    view! { <ul class="standings">{rows.collect_view()}</ul> }.into_any()
}

/// What the address asks for, where there is no script to ask for it.
struct Asked {
    /// Why they are in this segment, or not.
    why: Option<SegmentId>,
    /// The segments that they are not in.
    others: bool,
}

fn asked() -> Asked {
    let query = use_query_map().read_untracked();
    Asked {
        why: query.get("why").and_then(|id| id.parse().ok()),
        others: query.get("others").is_some_and(|of| of == "segments"),
    }
}

#[component]
fn One(standing: Standing, owner: Owner, version: RwSignal<u32>, opened: Opened) -> impl IntoView {
    let Standing { id, name, inside } = standing;
    let word = if inside { "Why" } else { "Why not" };
    let opened = opened.why;
    let open = Memo::new(move |_| opened.with(|all| all.contains(&id)));
    let toggled = move |now: bool| {
        if now != open.get_untracked() {
            opened.update(|all| _ = if now { all.insert(id) } else { all.remove(&id) });
        }
    };
    // A browser's script asks as soon as it is opened, and shows this no longer than that takes.
    let link = format!("{}?view=facts&why={id}", owner.href());
    view! {
        <li class="standing">
            <a href=format!("/segments/{id}") dir="auto">
                {name}
            </a>
            <details open=move || open.get() on:toggle:target=move |ev| toggled(ev.target().has_attribute("open"))>
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
                Some(Err(error)) => refused(error).into_any(),
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
        view! { <p class="quiet">{format!("{word}: {}.", until.whole())}</p> }
    });
    view! {
        {pending}
        <Conditions all=found.reasons />
        {until}
    }
    .into_any()
}
