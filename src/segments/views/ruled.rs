//! What the rule says that filters a list, with ways to keep it and to be rid of it.

use leptos::prelude::*;

use crate::attributes::Subject;
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
