//! The page on which a segment is made or changed.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::fields::Rows;
use super::filling::Filling;
use super::look::Look;
use super::missing::NoSegment;
use super::state::Build;
use crate::answers::{Transition, ask, ask_again, ask_if, kept, now};
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::SegmentId;
use crate::live::{Topic, follow};
use crate::segments::api::{FindSegment, PreviewSegment, SegmentChoices, estimate_segment};
use crate::segments::fields::SEGMENT;
use crate::segments::tree::{Kind, Tree, is_shown_whole};
use crate::segments::{Choices, Detail, Draft, FieldTest, Op, Predicate, first_row};
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{WATCHED, escape, settle, thousands};

const PATH: &str = "/do/save_segment";
/// How long typing rests before the rule is looked at again.
const PAUSE: Duration = Duration::from_millis(300);

/// `/segments/new?of=contact` and `/segments/5`; both take a rule in the address instead of the one that is saved.
#[component]
pub fn BuilderPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    move || {
        let id = id.get();
        match (id.as_str(), id.parse::<SegmentId>()) {
            ("new", _) => view! { <New /> }.into_any(),
            (_, Ok(id)) => view! { <Change id /> }.into_any(),
            _ => view! { <NoSegment error=Error::NotFound /> }.into_any(),
        }
    }
}

fn asked_rule() -> Option<String> {
    use_typed(PATH, "rule").or_else(|| use_query_map().read_untracked().get("rule"))
}

fn asked_name() -> Option<String> {
    use_typed(PATH, "name").or_else(|| use_query_map().read_untracked().get("name"))
}

#[component]
fn New() -> impl IntoView {
    let of = use_query_map().read_untracked().get("of");
    let of = of.and_then(|word| Subject::from_word(&word)).unwrap_or(Subject::Contact);
    let (choices, again) = ask_again(|| SegmentChoices {});
    view! {
        <Title text="New segment" />
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || {
                let page = match choices.get()? {
                    Ok(choices) => {
                        let begun = Tree::Group(Kind::All, vec![first_row(of == Subject::Company)]);
                        let rule = asked_rule().unwrap_or_else(|| begun.predicate().text());
                        let draft = Draft { of, id: None, name: asked_name().unwrap_or_default(), rule };
                        view! { <Form draft choices locked=false /> }.into_any()
                    }
                    Err(error) => view! { <NoSegment error again=Some(again) /> }.into_any(),
                };
                Some(page)
            }}
        </Transition>
    }
    .into_any()
}

#[component]
fn Change(id: SegmentId) -> impl IntoView {
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
    let (id, locked) = (first.brief.id, first.brief.builtin);
    let draft = Draft {
        of: first.brief.subject,
        id: Some(id),
        name: asked_name().unwrap_or_else(|| first.brief.name.clone()),
        rule: asked_rule().unwrap_or(first.rule),
    };
    let copy = Draft { id: None, name: String::new(), ..draft.clone() };
    let list = format!("{}?segment={id}", draft.list());
    let message = format!("/outbound/new?rule={}", escape(&in_segment(id)));
    let fault = move || {
        let fault = now.with(|d| d.brief.fault.clone());
        (!fault.is_empty()).then(|| {
            view! { <p class="notice warn">{format!("This rule matches nobody any more: {fault}.")}</p> }
        })
    };
    let archived = move || {
        now.with(|d| d.archived).then(|| view! { <p class="notice warn">"In the archive: nobody is in it until it is taken back."</p> })
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
            <a class="button small" href=copy.address()>
                "Duplicate"
            </a>
            {(first.brief.subject == Subject::Contact).then(|| view! {
                <a class="button small" href=message>
                    "Message"
                </a>
            })}
            {(!locked).then(|| view! { <Archive id now /> })}
        </div>
        <Form draft choices locked />
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
        {failure.map(|e| view! { <p class="notice error" role="alert">{e.sentence()}</p> })}
    }
    .into_any()
}

/// The rule, its name, and what it would do.
#[component]
fn Form(
    draft: Draft,
    choices: Choices,
    /// Whether the rule stays as it is: that of a segment which is there from the start.
    locked: bool,
) -> impl IntoView {
    let parsed = Predicate::parse(&draft.rule);
    let whole = parsed.as_ref().is_ok_and(is_shown_whole);
    let rule = parsed.unwrap_or_default();
    let build = Build::new(draft.of, draft.id, choices, &rule);
    provide_context(build);
    Effect::new(move |_| build.started.set(true));
    let settled = settle(build.changed, PAUSE);
    // What only the JSON form can say is looked at as it was written.
    let written = StoredValue::new(draft.rule.clone());
    let text = move || if whole { build.text() } else { written.get_value() };
    let preview = ask_if(move || {
        let at = settled.get();
        (!locked).then(|| PreviewSegment { of: build.of, id: build.id, rule: text(), at })
    });
    let rough = Action::new(move |rule: &String| {
        let (rule, at) = (rule.clone(), settled.get_untracked());
        async move {
            // Without it one waits for the exact number.
            let found = estimate_segment(build.of, build.id, rule).await.ok().flatten();
            build.rough.try_set(found.map(|estimate| (at, estimate)));
        }
    });
    Effect::new(move |before: Option<u32>| {
        let at = settled.get();
        if before.is_some() && !locked {
            rough.dispatch(text());
        }
        at
    });
    let failure = use_failure(PATH);
    let list = draft.list();
    let hidden = move || {
        build.changed.track();
        build.text()
    };
    let rows = view! { <Rows state=build rule=draft.rule whole locked /> };
    let (word, whom) = match draft.of {
        Subject::Contact => ("Segment of people", "contact"),
        Subject::Company => ("Segment of companies", "company"),
    };
    view! {
        <form class="segment-form" method="post" action=PATH>
            <input type="hidden" name="of" value=whom />
            {draft.id.map(|id| view! { <input type="hidden" name="id" value=id.to_string() /> })}
            // What Enter presses: the first button of the form.
            <button class="visually-hidden" type="submit" tabindex="-1" aria-hidden="true">"Save"</button>
            <header class="segment-head">
                <h1 class="visually-hidden">{word}</h1>
                <a class="quiet" href="/segments">
                    {word}
                </a>
                <label class="field">
                    <span class="visually-hidden">"Name"</span>
                    <input
                        class="input segment-name"
                        name="name"
                        maxlength="100"
                        placeholder="Name of the segment"
                        autocomplete="off"
                        dir="auto"
                        value=draft.name
                    />
                </label>
            </header>
            <Look preview of=build locked />
            {failure.map(|e| view! { <p class="notice error" role="alert">{e.sentence()}</p> })}
            {rows}
            <div class="form-actions">
                <button class="button primary" type="submit">
                    {if draft.id.is_some() { "Save changes" } else { "Save segment" }}
                </button>
                <button class="button" type="submit" name="act" value="show" hidden=build.started>
                    "Look again"
                </button>
                {(whole && !locked)
                    .then(|| {
                        view! {
                            <a class="button" href=move || format!("{list}?rule={}", escape(&hidden()))>
                                "Show in the list"
                            </a>
                        }
                    })}
                <a class="button" href="/segments">
                    "Cancel"
                </a>
            </div>
        </form>
    }
    .into_any()
}
