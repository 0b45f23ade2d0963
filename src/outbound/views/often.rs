//! How often somebody gets a message who is in several companies: asked where data of companies has a part in it.

use leptos::prelude::*;

use super::draft::{typed, wrong};
use crate::outbound::{Detail, asks_of_companies};

/// Once, or once for each company. Nothing is chosen for the author.
#[component]
pub fn Often(
    first: Detail,
    rule: RwSignal<String>,
    body: RwSignal<String>,
    subject: RwSignal<String>,
    /// Whether the people are named one by one, so that the rule says nothing.
    chosen: bool,
) -> impl IntoView {
    let asked = Memo::new(move |_| {
        let of_rule = !chosen && rule.with(|rule| asks_of_companies(rule, ""));
        let of_text = |text: RwSignal<String>| text.with(|text| asks_of_companies("", text));
        of_rule || of_text(body) || of_text(subject)
    });
    let saved = match first.per_company {
        Some(true) => "each",
        Some(false) => "once",
        None => "",
    };
    let now = typed("per_company", saved);
    let one = |word: &'static str, label: &'static str| {
        view! {
            <label class="check">
                <input type="radio" name="per_company" value=word checked=now == word />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <fieldset class="field message-whom message-often" data-invalid=wrong("per_company") hidden=move || !asked.get()>
            <legend>"Who is in several companies gets it"</legend>
            {one("once", "Once: variables take the company that they have been in for longest")}
            {one("each", "Once for each company for which the rule holds, with the data of that company")}
        </fieldset>
    }
    .into_any()
}
