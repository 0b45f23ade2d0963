//! A segment that is there: as it is, and changed.

use leptos::prelude::*;
use leptos_meta::Title;

use super::builder::{Form, asked, asked_rule};
use super::filling::Filling;
use super::missing::NoSegment;
use crate::answers::{Transition, ask, ask_again, kept, now};
use crate::attributes::Subject;
use crate::id::SegmentId;
use crate::live::{Topic, follow};
use crate::segments::api::{FindSegment, SegmentChoices};
use crate::segments::fields::SEGMENT;
use crate::segments::{Choices, Detail, Draft, FieldTest, Op, Predicate};
use crate::ui::flash::use_failure;
use crate::ui::{WATCHED, escape, refused, settle, thousands};

/// `/segments/5`: how far it is filled, how many are in it, what can be done with it, and its form.
#[component]
pub fn Saved(id: SegmentId) -> impl IntoView {
    let version = RwSignal::new(0);
    let settled = settle(version, WATCHED);
    let segment = ask(move || {
        settled.track();
        FindSegment { id }
    });
    let (choices, other_choices) = ask_again(|| SegmentChoices {});
    let again = Callback::new(move |()| {
        other_choices.run(());
        version.update(|n| *n += 1);
    });
    follow(Topic::Segments, version, move || Some(segment.get()?.ok()?.seq));
    view! {
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {
                // The form stays while the segment is filled, so that nothing that is typed is lost.
                let failed = kept(move || segment.get().map(Result::err));
                let latest = Memo::new(move |_| segment.get().and_then(Result::ok));
                move || match (failed.get(), choices.get()) {
                    (Some(Some(error)), _) | (_, Some(Err(error))) => {
                        view! { <NoSegment error again=Some(again) /> }.into_any()
                    }
                    (Some(None), Some(Ok(choices))) => {
                        now(&segment).map(|first| view! { <Known first latest choices /> })
                            .into_any()
                    }
                    _ => ().into_any(),
                }
            }
        </Transition>
    }
    .into_any()
}

#[component]
fn Known(first: Detail, latest: Memo<Option<Detail>>, choices: Choices) -> impl IntoView {
    let now = Memo::new({
        let first = first.clone();
        move |_| latest.get().unwrap_or_else(|| first.clone())
    });
    let (id, of, locked) = (first.brief.id, first.brief.subject, first.brief.builtin);
    let began = asked("version").and_then(|version| version.parse().ok());
    let draft = Draft {
        of,
        id: Some(id),
        version: began.unwrap_or(first.version),
        name: asked("name").unwrap_or_else(|| first.brief.name.clone()),
        rule: asked_rule(of, &choices).unwrap_or(first.rule),
    };
    let list = format!("{}?segment={id}", draft.list());
    let message = format!("/outbound/new?rule={}", escape(&in_segment(id)));
    let fault = move || {
        let fault = now.with(|d| d.brief.fault.clone());
        (!fault.is_empty()).then(|| {
            view! { <p class="notice segment-fault">{format!("This rule matches nobody any more: {fault}.")}</p> }
        })
    };
    let archived = move || {
        now.with(|d| d.archived).then(|| view! { <p class="notice segment-fault">"In the archive: nobody is in it until it is taken back."</p> })
    };
    let members = move || thousands(now.with(|d| d.brief.members));
    view! {
        <Title text=first.brief.name.clone() />
        {archived}
        {fault}
        <Filling id now />
        <div class="segment-now">
            <a class="button small" href=list>
                "In it now: "
                {members}
            </a>
            {(of == Subject::Contact).then(|| view! {
                <a class="button small" href=message>
                    "Message"
                </a>
            })}
            {(!locked).then(|| view! { <Archive id now /> })}
        </div>
        <Form draft choices saved=now />
    }
    .into_any()
}

/// The rule that somebody is in a segment.
fn in_segment(id: SegmentId) -> String {
    let test = FieldTest {
        field: SEGMENT.into(),
        op: Op::Is,
        value: id.to_string().into(),
        exact_case: false,
    };
    Predicate::All(vec![Predicate::Field(test)]).text()
}

#[component]
fn Archive(id: SegmentId, now: Memo<Detail>) -> impl IntoView {
    let archived = move || now.with(|d| d.archived);
    let failure = use_failure("/do/archive_segment");
    view! {
        <form method="post" action="/do/archive_segment">
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="archive" value=move || (!archived()).to_string() />
            <button class="button small" type="submit">
                {move || if archived() { "Take back" } else { "Archive" }}
            </button>
        </form>
        {failure.map(refused)}
    }
    .into_any()
}
