//! What a rule says and would do, beside the rule while it is built.

use leptos::prelude::*;

use super::state::Build;
use super::written::Lines;
use crate::answers::{Answer, Transition};
use crate::attributes::Subject;
use crate::error::with_more;
use crate::segments::{Estimate, Example, Preview};
use crate::ui::{refused, thousands};

/// From so many characters on a sentence would fill a phone's screen.
const LONG: usize = 240;

/// The sentence, the count, some of those whom it finds, and who would come and go.
#[component]
pub fn Look(
    preview: Answer<Option<Preview>>,
    of: Build,
    /// Whether there is nothing to look at: the rule stays as it is.
    locked: bool,
    /// What a rule says that stays as it is.
    #[prop(optional)]
    said: String,
    /// Whether the rule is at first the one that is saved: then nobody comes or goes by it, though many may still wait to be
    /// looked at.
    #[prop(optional)]
    as_saved: bool,
) -> impl IntoView {
    if locked {
        return view! {
            <Sentence said />
            <p class="notice">"This segment is there from the start. Its name can be changed; duplicate it to change its rule."</p>
        }
        .into_any();
    }
    // The number of the last question with an exact answer; nothing when that took too long.
    let exact = RwSignal::new(Some(0));
    Effect::new(move |_| {
        let seen = preview.get();
        exact.set(seen.as_ref().and_then(|s| s.as_ref().ok()?.as_ref().map(|p| p.at)));
        let Some(seen) = seen.and_then(Result::ok).flatten() else { return };
        // Until something changes, what a save was refused for stays marked.
        if !seen.faults.is_empty() || seen.at > 0 {
            of.mark(&seen.faults);
        }
    });
    let rough = move || {
        let (at, estimate) = of.rough.get()?;
        exact.get().is_none_or(|exact| at > exact).then_some(estimate)
    };
    // What failed stays beside the estimate.
    let waits = Memo::new(move |_| exact.get().is_some() && rough().is_some());
    view! {
        <section class="rule-look" aria-label="What the rule does" aria-live="polite">
            {move || rough().map(|estimate| view! { <About estimate of=of.of /> })}
            <div class="rule-look" hidden=waits>
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || match preview.get() {
                    Some(Ok(Some(p))) => view! { <Found p at=of as_saved /> }.into_any(),
                    Some(Err(error)) => refused(error).into_any(),
                    _ => ().into_any(),
                }}
            </Transition>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Found(
    p: Preview,
    /// The rule as it stands.
    at: Build,
    as_saved: bool,
) -> AnyView {
    // Where the segment is there already, some come and some go.
    let (of, id) = (at.of, at.id.is_some());
    if !p.faults.is_empty() {
        let wrong: Vec<_> = at.wrong(&p.faults).collect();
        let word = if id { "Not a rule as it stands" } else { "Not a rule yet" };
        if at.written().is_some() {
            return view! {
                <p class="rule-sentence quiet">{format!("{word}.")}</p>
                <Lines of=at faults=p.faults />
            }
            .into_any();
        }
        let said = match wrong.first() {
            None => "Fill in each condition to see who matches.".to_owned(),
            Some(fault) => format!("{word}: {}.", with_more(&fault.message, wrong.len() - 1)),
        };
        return view! { <p class="rule-sentence quiet">{said}</p> }.into_any();
    }
    let counted = |n: i64| counted(n, of);
    let said = |n: i64, one: &str, many: &str| {
        format!("{} {}", counted(n), if n == 1 { one } else { many })
    };
    let edited = id && !(as_saved && p.at == 0);
    let moves = (edited && (p.enter > 0 || p.leave > 0)).then(|| {
        view! {
            <div class="rule-moves-look">
                <Several title=said(p.enter, "enters", "enter") many=p.enter of examples=p.entering />
                <Several title=said(p.leave, "leaves", "leave") many=p.leave of examples=p.leaving />
            </div>
        }
    });
    view! {
        <Sentence said=p.sentence />
        <Several title=format!("{} now", counted(p.count)) many=p.count of examples=p.sample />
        {moves}
    }
    .into_any()
}

/// What the rule says, in smaller type where that is much.
#[component]
fn Sentence(said: String) -> impl IntoView {
    let long = (said.chars().count() > LONG).then_some("");
    view! {
        <p class="rule-sentence" dir="auto" data-long=long>
            {said}
        </p>
    }
}

fn counted(n: i64, of: Subject) -> String {
    let (one, many) = match of {
        Subject::Contact => ("person", "people"),
        Subject::Company => ("company", "companies"),
    };
    format!("{} {}", thousands(n), if n == 1 { one } else { many })
}

/// What is known before everyone was asked.
#[component]
fn About(estimate: Estimate, of: Subject) -> impl IntoView {
    let Estimate { sentence, count, error } = estimate;
    view! {
        <Sentence said=sentence />
        <div class="rule-some">
            <strong>{format!("About {} (±{}) now", counted(count, of), thousands(error))}</strong>
            <span class="quiet">"Counting everyone…"</span>
        </div>
    }
    .into_any()
}

/// A number and some of those whom it counts.
#[component]
fn Several(title: String, many: i64, of: Subject, examples: Vec<Example>) -> impl IntoView {
    let lead = match of {
        Subject::Contact => "/contacts/",
        Subject::Company => "/companies/",
    };
    let more = many - examples.len() as i64;
    let more = (more > 0).then(|| {
        view! { <li class="quiet">{format!("and {} more", thousands(more))}</li> }
    });
    let one = |example: Example| {
        let whole = example.title.clone();
        view! {
            <li>
                <a href=format!("{lead}{}", example.id) dir="auto" title=whole>
                    {example.title}
                </a>
            </li>
        }
    };
    view! {
        <div class="rule-some">
            <strong>{title}</strong>
            <ul>{examples.into_iter().map(one).collect_view()} {more}</ul>
        </div>
    }
    .into_any()
}
