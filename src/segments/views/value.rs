//! What a field is compared with, typed or chosen.

use leptos::prelude::*;

use super::state::Build;
use super::suggested::Suggested;
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
    if let Some(choices) = choices {
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
    if sort == Sort::Text && !field.is_empty() {
        return view! { <Suggested name value of field typed /> }.into_any();
    }
    let day = matches!(op, Op::After | Op::On | Op::Before);
    let (kind, mode, label) = match sort {
        Sort::Date if day => ("date", "none", "Day"),
        Sort::Date => ("number", "numeric", "Days"),
        Sort::Number => ("text", "decimal", "Number"),
        _ => ("text", "text", "Value"),
    };
    view! {
        <input
            class="input"
            type=kind
            inputmode=mode
            name=name
            aria-label=label
            autocomplete="off"
            min=(kind == "number").then_some("0")
            dir="auto"
            value=value
            on:input:target=move |ev| typed.run(ev.target().value())
        />
        {(sort == Sort::Date && !day).then(|| view! { <span class="rule-after">"days ago"</span> })}
    }
    .into_any()
}
