//! The segments of the workspace.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::answers::{Transition, ask};
use crate::attributes::Subject;
use crate::live::{Topic, follow};
use crate::segments::api::ListSegments;
use crate::segments::{Brief, Segments};
use crate::ui::flash::use_failure;
use crate::ui::{WATCHED, refused, settle, thousands};

/// Segments of people, of companies, and those that were put away.
#[component]
pub fn SegmentsPage() -> impl IntoView {
    let version = RwSignal::new(0);
    let settled = settle(version, WATCHED);
    let list = ask(move || {
        settled.track();
        ListSegments {}
    });
    follow(Topic::Segments, version, move || Some(list.get()?.ok()?.seq));
    let failure = use_failure("/do/archive_segment");
    view! {
        <Title text="Segments" />
        <header class="page-header">
            <h1>"Segments"</h1>
        </header>
        {failure.map(refused)}
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || match list.get() {
                Some(Ok(segments)) => view! { <Lists segments /> }.into_any(),
                Some(Err(error)) => refused(error).into_any(),
                None => ().into_any(),
            }}
        </Transition>
    }
    .into_any()
}

#[component]
fn Lists(segments: Segments) -> impl IntoView {
    let of = |subject| -> Vec<Brief> {
        segments.all.iter().filter(|s| s.subject == subject).cloned().collect()
    };
    let (people, companies) = (of(Subject::Contact), of(Subject::Company));
    let archived = (!segments.archived.is_empty()).then(|| {
        let rows =
            segments.archived.into_iter().map(|segment| view! { <Line segment archived=true /> });
        view! {
            <details class="segments-archived">
                <summary class="link-button">"Archive"</summary>
                <ul class="segments">{rows.collect_view()}</ul>
            </details>
        }
    });
    view! {
        <ListOf title="People" word="contact" segments=people />
        <ListOf title="Companies" word="company" segments=companies />
        {archived}
    }
    .into_any()
}

#[component]
fn ListOf(title: &'static str, word: &'static str, segments: Vec<Brief>) -> impl IntoView {
    let empty = segments.is_empty();
    let rows = segments.into_iter().map(|segment| view! { <Line segment archived=false /> });
    view! {
        <section class="segments-of" aria-label=title>
            <header>
                <h2>{title}</h2>
                <a class="button small primary" href=format!("/segments/new?of={word}")>
                    {if word == "contact" { "New segment of people" } else { "New segment of companies" }}
                </a>
            </header>
            <ul class="segments">{rows.collect_view()}</ul>
            {empty.then(|| view! { <p class="empty-text">"The first ones are being made."</p> })}
        </section>
    }
    .into_any()
}

#[component]
fn Line(segment: Brief, archived: bool) -> impl IntoView {
    let id = segment.id;
    let list = match segment.subject {
        Subject::Contact => format!("/people?segment={id}"),
        Subject::Company => format!("/companies?segment={id}"),
    };
    let state = match (segment.filling, segment.fault.is_empty()) {
        (_, false) => Some(format!("Matches nobody any more: {}", segment.fault)),
        (Some((done, total)), _) if !archived => {
            let word = if segment.paused { "Stopped" } else { "Being filled" };
            Some(format!("{word}: {} of {}", thousands(done), thousands(total)))
        }
        _ => None,
    };
    let back = archived.then(|| {
        view! {
            <form method="post" action="/do/archive_segment">
                <input type="hidden" name="id" value=id.to_string() />
                <input type="hidden" name="archive" value="false" />
                <button class="button small" type="submit">
                    "Take back"
                </button>
            </form>
        }
    });
    view! {
        <li class="segment">
            <a class="segment-title" href=format!("/segments/{id}") dir="auto">
                {segment.name}
            </a>
            <span class="segment-said" dir="auto">
                {segment.sentence}
            </span>
            {state.map(|text| view! { <span class="segment-state">{text}</span> })}
            {(!archived).then(|| view! {
                <a class="segment-count" href=list>
                    {thousands(segment.members)}
                    <span class="visually-hidden">" in it"</span>
                </a>
            })}
            {back}
        </li>
    }
    .into_any()
}
