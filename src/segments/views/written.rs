//! A rule that only its JSON form can say, in a field of its own, and where it makes no sense.

use leptos::prelude::*;
use serde_json::Value;

use super::state::Build;
use crate::segments::{Fault, line_of};
use crate::ui::{focus, in_field};

/// The field, as a selector.
const FIELD: &str = ".rule-json[name=rule]";

/// JSON that a program wrote in one line with a line for each of its members; what people wrote stays as it is.
pub fn spread(text: &str) -> String {
    let value = serde_json::from_str::<Value>(text).ok().filter(|_| !text.contains('\n'));
    let spread = value.and_then(|value| serde_json::to_string_pretty(&value).ok());
    spread.unwrap_or_else(|| text.to_owned())
}

/// The JSON text of a rule, which is looked at while it is typed.
#[component]
pub fn Written(
    /// The rule.
    of: Build,
    /// Its text at first.
    text: String,
) -> impl IntoView {
    let wrong = move || of.faults.with(|faults| !faults.is_empty()).then_some("true");
    view! {
        <label class="field" data-invalid=wrong>
            "The rule, which only its JSON form can say"
            <textarea
                class="input rule-json"
                name="rule"
                rows="16"
                spellcheck="false"
                autocapitalize="off"
                autocomplete="off"
                dir="ltr"
                aria-invalid=wrong
                aria-describedby="rule-lines"
                on:input:target=move |ev| of.write(ev.target().value())
            >
                {in_field(Some(text))}
            </textarea>
        </label>
    }
    .into_any()
}

/// What is wrong with it, each with its line, which a press shows.
#[component]
pub fn Lines(
    /// The rule.
    of: Build,
    /// What is wrong.
    faults: Vec<Fault>,
) -> impl IntoView {
    let text = of.written().unwrap_or_default();
    let one = |fault: Fault| {
        let line = line_of(&text, &fault);
        let place = move || {
            let word = format!("Line {line}");
            if of.started.get() {
                let go = move |_| focus::line(FIELD, line);
                view! { <button class="button small" type="button" on:click=go>{word}</button> }
                    .into_any()
            } else {
                view! { <strong>{word}</strong> }.into_any()
            }
        };
        view! {
            <li>
                {place}
                <span>{fault.message}</span>
            </li>
        }
    };
    view! {
        <ul class="rule-lines" id="rule-lines">
            {faults.into_iter().map(one).collect_view()}
        </ul>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn a_line_is_spread_and_lines_stay() {
        assert_eq!(spread(r#"{"a":[1]}"#), "{\n  \"a\": [\n    1\n  ]\n}");
        for as_it_is in ["{\n\"a\":[1]}", "{\"a\":", ""] {
            assert_eq!(spread(as_it_is), as_it_is);
        }
    }
}
