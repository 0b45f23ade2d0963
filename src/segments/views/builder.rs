//! The page on which a segment is made or changed.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::fields::Rows;
use super::look::Look;
use super::meanwhile::Meanwhile;
use super::missing::NoSegment;
use super::saved::Saved;
use super::share::Share;
use super::state::Build;
use super::typed::typed_rule;
use crate::answers::{Transition, ask_again, ask_if};
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::SegmentId;
use crate::segments::api::{PreviewSegment, SegmentChoices, estimate_segment};
use crate::segments::tree::{Kind, Tree};
use crate::segments::{Choices, Detail, Draft, first_row};
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{refused, settle};

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
            (_, Ok(id)) => view! { <Saved id /> }.into_any(),
            _ => view! { <NoSegment error=Error::NotFound /> }.into_any(),
        }
    }
}

/// The rule that is asked for: typed before the form failed, or else in the address.
pub(super) fn asked_rule(of: Subject, choices: &Choices) -> Option<String> {
    typed_rule(PATH, of, choices).or_else(|| use_query_map().read_untracked().get("rule"))
}

/// A field that is asked for in the same ways.
pub(super) fn asked(field: &str) -> Option<String> {
    use_typed(PATH, field).or_else(|| use_query_map().read_untracked().get(field))
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
                        let rule = asked_rule(of, &choices).unwrap_or_else(|| begun.predicate().text());
                        let draft = Draft { name: asked("name").unwrap_or_default(), rule, ..Draft::new(of) };
                        view! { <Form draft choices /> }.into_any()
                    }
                    Err(error) => view! { <NoSegment error again=Some(again) /> }.into_any(),
                };
                Some(page)
            }}
        </Transition>
    }
    .into_any()
}

/// The rule, its name, and what it would do.
#[component]
pub fn Form(
    draft: Draft,
    choices: Choices,
    /// The segment as it is saved; nothing for a new one.
    #[prop(optional)]
    saved: Option<Memo<Detail>>,
) -> impl IntoView {
    // The rule of a segment which is there from the start stays as it is.
    let locked = saved.is_some_and(|saved| saved.with_untracked(|d| d.brief.builtin));
    let build = Build::new(draft.of, draft.id, choices, &draft.rule);
    provide_context(build);
    Effect::new(move |_| build.started.set(true));
    let settled = settle(build.changed, PAUSE);
    let name = RwSignal::new(draft.name.clone());
    let preview = ask_if(move || {
        let at = settled.get();
        (!locked).then(|| PreviewSegment { of: build.of, id: build.id, rule: build.text(), at })
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
            rough.dispatch(build.text());
        }
        at
    });
    let said = saved.map(|saved| saved.with_untracked(|d| d.brief.sentence.clone()));
    let said = said.unwrap_or_default();
    let as_saved = saved.is_some_and(|saved| saved.with_untracked(|d| d.rule == draft.rule));
    let began = draft.clone();
    // As it stands, what is typed included.
    let stands = move || {
        build.changed.track();
        Draft { rule: build.text(), name: name.get(), ..began.clone() }
    };
    let (linked, listed, first) = (stands.clone(), stands.clone(), draft.name.clone());
    let filtered = move || listed().filtered();
    let share = Signal::derive(move || match draft.id {
        Some(id) if as_saved && build.changed.get() == 0 && name.get() == first => {
            format!("/segments/{id}")
        }
        _ => linked().address(),
    });
    let failure = use_failure(PATH);
    failure.iter().for_each(|error| build.refuse(error));
    let overtaken = matches!(failure, Some(Error::Conflict(_)));
    let meanwhile = saved.map(|saved| {
        let own = move || stands().copied(&saved.with(|d| d.brief.name.clone())).address();
        view! { <Meanwhile saved began=draft.version refused=overtaken own=Signal::derive(own) /> }
    });
    // That somebody else was sooner is said with what can be done.
    let failure = failure.filter(|_| !overtaken || meanwhile.is_none());
    let rows = view! { <Rows state=build locked /> };
    let (word, whom) = match draft.of {
        Subject::Contact => ("Segment of people", "contact"),
        Subject::Company => ("Segment of companies", "company"),
    };
    view! {
        <form class="segment-form" method="post" action=PATH>
            <input type="hidden" name="of" value=whom />
            {draft.id.map(|id| view! { <input type="hidden" name="id" value=id.to_string() /> })}
            {draft.id.map(|_| view! { <input type="hidden" name="version" value=draft.version.to_string() /> })}
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
                        on:input:target=move |ev| name.set(ev.target().value())
                    />
                </label>
            </header>
            {meanwhile}
            <Look preview of=build locked said as_saved />
            {failure.map(refused)}
            {rows}
            <div class="form-actions">
                <button class="button primary" type="submit">
                    {if draft.id.is_some() { "Save changes" } else { "Save segment" }}
                </button>
                <button class="button" type="submit" name="act" value="show" hidden=build.started>
                    "Look again"
                </button>
                {(!locked)
                    .then(|| {
                        view! {
                            <a class="button" href=filtered hidden=move || !build.started.get()>
                                "Show in the list"
                            </a>
                            <button class="button" type="submit" name="act" value="list" hidden=build.started>
                                "Show in the list"
                            </button>
                        }
                    })}
                {draft
                    .id
                    .map(|_| {
                        // By the form, so that what stands in it comes along with a script and without one.
                        view! {
                            <button class="button" type="submit" name="act" value="duplicate">
                                "Duplicate"
                            </button>
                        }
                    })}
                <Share address=share />
                <a class="button" href="/segments">
                    "Cancel"
                </a>
            </div>
        </form>
    }
    .into_any()
}
