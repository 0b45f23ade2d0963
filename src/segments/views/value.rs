//! What a field is compared with, typed or chosen.

use leptos::prelude::*;

use super::moment::Moment;
use super::state::Build;
use super::suggested::{Source, Suggested};
use crate::attributes::Subject;
use crate::segments::Op;
use crate::segments::fields::{Sort, options};

/// A field for a value of this kind.
#[component]
pub fn Value(
    /// Its name in the form.
    name: String,
    /// What it is at first.
    value: String,
    /// The field that is compared.
    field: String,
    /// The kind.
    sort: Sort,
    /// What it is compared by.
    op: Op,
    /// What it is asked of.
    of: Subject,
    /// Where values are looked for, if not in the field.
    #[prop(optional)]
    source: Option<Signal<Source>>,
    /// Told what is typed.
    typed: Callback<String>,
) -> AnyView {
    let build = expect_context::<Build>();
    let choices: Option<Vec<(String, String)>> = build.choices.with_value(|c| match sort {
        Sort::Tag => Some(c.tags.iter().map(|(id, name)| (id.to_string(), name.clone())).collect()),
        Sort::Teammate => {
            Some(c.teammates.iter().map(|(id, name)| (id.to_string(), name.clone())).collect())
        }
        Sort::Choice => {
            let words = options(&field).into_iter();
            Some(words.map(|(word, name)| (word.to_owned(), name.to_owned())).collect())
        }
        Sort::Segment => {
            let others =
                c.segments.iter().filter(|(id, kind, _)| *kind == of && build.id != Some(*id));
            Some(others.map(|(id, _, name)| (id.to_string(), name.clone())).collect())
        }
        _ => None,
    });
    if let Some(mut choices) = choices {
        // What is gone stays chosen: the rule is not another one because somebody looks at it.
        if !value.is_empty() && choices.iter().all(|(key, _)| *key != value) {
            choices.push((value.clone(), gone(sort, &value)));
        }
        let option = |(key, label): (String, String)| {
            let chosen = key == value;
            view! {
                <option value=key selected=chosen>
                    {label}
                </option>
            }
        };
        return view! {
            <select
                class="input"
                name=name
                aria-label="Value"
                on:change:target=move |ev| typed.run(ev.target().value())
            >
                <option value="">"Choose"</option>
                {choices.into_iter().map(option).collect_view()}
            </select>
        }
        .into_any();
    }
    let suggested = match sort {
        Sort::Text => Some(("Value", "text")),
        Sort::Number => Some(("Number", "decimal")),
        _ => None,
    };
    if let Some((label, mode)) = suggested {
        let source = source.unwrap_or_else(|| Signal::stored(Source::Field(of, field)));
        return view! { <Suggested name value label mode source typed /> }.into_any();
    }
    if sort == Sort::Date {
        let day = matches!(op, Op::After | Op::On | Op::Before);
        return view! { <Moment name value day typed /> }.into_any();
    }
    view! {
        <input
            class="input"
            type="text"
            name=name
            aria-label="Value"
            autocomplete="off"
            dir="auto"
            value=value
            on:input:target=move |ev| typed.run(ev.target().value())
        />
    }
    .into_any()
}

/// What is said of a value that there is not any more.
fn gone(sort: Sort, value: &str) -> String {
    match sort {
        Sort::Tag => "A tag that is gone".into(),
        Sort::Segment => "A segment that is gone".into(),
        Sort::Teammate => "A teammate who is gone".into(),
        _ => value.to_owned(),
    }
}
