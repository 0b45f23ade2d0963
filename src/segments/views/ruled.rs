//! What the rule says that filters a list, with ways to keep it and to be rid of it.

use leptos::prelude::*;

use crate::attributes::Subject;
use crate::error::Error;
use crate::segments::Draft;

/// Nothing where no rule filters.
#[component]
pub fn Ruled(
    /// Of people or of companies.
    of: Subject,
    /// What it says; empty for no rule.
    said: String,
    /// The JSON text of the rule.
    rule: String,
    /// The address of the list without it.
    without: String,
) -> impl IntoView {
    let draft = Draft { rule, ..Draft::new(of) };
    (!said.is_empty()).then(|| {
        view! {
            <p class="notice list-rule">
                <span dir="auto">{said}</span>
                <a href=draft.address()>"Change it or save it as a segment"</a>
                <a href=without>"Show without it"</a>
            </p>
        }
    })
}

/// Why there is no list, and where a rule filters it, ways to mend that and to be rid of it.
#[component]
pub fn NoList(
    /// Of people or of companies.
    of: Subject,
    /// Why.
    error: Error,
    /// The JSON text of the rule; empty for none.
    rule: String,
    /// The address of the list without it.
    without: String,
) -> impl IntoView {
    let ways = (!rule.is_empty()).then(|| {
        let draft = Draft { rule, ..Draft::new(of) };
        view! {
            <a href=draft.address()>"Change the rule"</a>
            <a href=without>"Show without it"</a>
        }
    });
    view! {
        <p class="notice error list-rule" role="alert">
            <span dir="auto">{error.sentence()}</span>
            {ways}
        </p>
    }
}
