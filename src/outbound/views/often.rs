//! How often somebody gets a message who is in several companies: asked where data of companies has a part in it.

use leptos::prelude::*;

use super::draft::wrong;
use crate::id::CompanyId;
use crate::outbound::asks_of_companies;
use crate::ui::typed_before;

/// The word in forms for what was chosen; empty where nothing was.
pub const fn word(per_company: Option<bool>) -> &'static str {
    match per_company {
        Some(true) => "each",
        Some(false) => "once",
        None => "",
    }
}

/// Once, or once for each company. Nothing is chosen for the author.
#[component]
pub fn Often(
    /// What is chosen.
    often: RwSignal<String>,
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
    let one = move |word: &'static str, label: &'static str| {
        let field = typed_before::<leptos::html::Input>(move |field| {
            if field.checked() && often.get_untracked() != word {
                often.set(word.to_owned());
            }
        });
        view! {
            <label class="check">
                <input
                    type="radio"
                    name="per_company"
                    value=word
                    checked=often.get_untracked() == word
                    node_ref=field
                    on:change=move |_| often.set(word.to_owned())
                />
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

/// What is said instead where it was begun on a company's page: it is about that one.
#[component]
pub fn OfCompany(id: CompanyId, name: String) -> impl IntoView {
    view! {
        <input type="hidden" name="company" value=id.to_string() />
        <p class="hint">
            "They get it as people of " <a href=format!("/companies/{id}") dir="auto">{name}</a>
            ": variables take the data of that company. Who has left it when the message goes out is left out."
        </p>
    }
    .into_any()
}
