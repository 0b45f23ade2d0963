//! What a rule says and would do, beside the rule while it is built.

use leptos::prelude::*;

use super::state::Build;
use crate::answers::{Answer, Transition};
use crate::attributes::Subject;
use crate::segments::{Example, Preview};

/// The sentence, the count, some of those whom it finds, and who would come and go.
#[component]
pub fn Look(
    preview: Answer<Option<Preview>>,
    of: Build,
    /// Whether there is nothing to look at.
    locked: bool,
) -> impl IntoView {
    if locked {
        return view! {
            <p class="notice">"This segment is there from the start. Its name can be changed; duplicate it to change its rule."</p>
        }
        .into_any();
    }
    Effect::new(move |_| {
        let fault = preview.get().and_then(Result::ok).flatten().and_then(|p| p.fault);
        of.fault.set(fault.map(|f| (of.place(&f.path), f.message)));
    });
    view! {
        <section class="rule-look" aria-label="What the rule does" aria-live="polite">
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || match preview.get() {
                    Some(Ok(Some(p))) => view! { <Found p of=of.of id=of.id.is_some() /> }.into_any(),
                    Some(Err(error)) => view! { <p class="notice error" role="alert">{error.sentence()}</p> }.into_any(),
                    _ => ().into_any(),
                }}
            </Transition>
        </section>
    }
    .into_any()
}

#[component]
fn Found(
    p: Preview,
    of: Subject,
    /// Whether the segment is there already, so that some come and some go.
    id: bool,
) -> AnyView {
    if let Some(fault) = p.fault {
        return view! { <p class="rule-sentence quiet">{format!("Not a rule yet: {}.", fault.message)}</p> }
            .into_any();
    }
    let (one, many) = match of {
        Subject::Contact => ("person", "people"),
        Subject::Company => ("company", "companies"),
    };
    let counted = |n: i64| if n == 1 { format!("1 {one}") } else { format!("{n} {many}") };
    let moves = (id && (p.enter > 0 || p.leave > 0)).then(|| {
        view! {
            <div class="rule-moves-look">
                <Several title=format!("{} enter", counted(p.enter)) of examples=p.entering />
                <Several title=format!("{} leave", counted(p.leave)) of examples=p.leaving />
            </div>
        }
    });
    view! {
        <p class="rule-sentence" dir="auto">
            {p.sentence}
        </p>
        <Several title=format!("{} now", counted(p.count)) of examples=p.sample />
        {moves}
    }
    .into_any()
}

/// A number and some of those whom it counts.
#[component]
fn Several(title: String, of: Subject, examples: Vec<Example>) -> impl IntoView {
    let lead = match of {
        Subject::Contact => "/contacts/",
        Subject::Company => "/companies/",
    };
    let one = |example: Example| {
        view! {
            <li>
                <a href=format!("{lead}{}", example.id) dir="auto">
                    {example.title}
                </a>
            </li>
        }
    };
    view! {
        <div class="rule-some">
            <strong>{title}</strong>
            <ul>{examples.into_iter().map(one).collect_view()}</ul>
        </div>
    }
    .into_any()
}
