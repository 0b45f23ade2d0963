//! The companies of a person.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::attach::AttachToCompany;
use crate::companies::api::Detach;
use crate::companies::views::CompanyBeside;
use crate::contacts::CompanyFact;
use crate::id::ContactId;
use crate::ui::{Each, FactList, Section};

/// Each company with its facts, its name leading to its profile; they are attached and detached here.
#[component]
pub fn Companies(
    contact: ContactId,
    companies: Signal<Vec<CompanyFact>>,
    /// Whether they stand beside a conversation, where each is changed in place.
    beside: bool,
    changed: Callback<()>,
) -> impl IntoView {
    let detach = ServerAction::<Detach>::new();
    Effect::new(move |_| {
        if let Some(Ok(())) = detach.value().get() {
            changed.run(());
        }
    });
    let none = move || {
        let empty = companies.read().is_empty();
        empty.then(|| view! { <p class="empty-text">"In no company so far."</p> })
    };
    view! {
        <Section title="Companies">
            {none}
            // A card stays while its company changes, so that what is being typed in it is not lost.
            <Each rows=companies key=|company: &CompanyFact| company.id let:company>
                <CompanyOf contact company detach beside changed />
            </Each>
            <AttachToCompany contact changed />
        </Section>
    }
    .into_any()
}

#[component]
fn CompanyOf(
    contact: ContactId,
    company: Signal<CompanyFact>,
    detach: ServerAction<Detach>,
    beside: bool,
    changed: Callback<()>,
) -> impl IntoView {
    let id = company.with_untracked(|c| c.id);
    let name = move || company.with(|c| c.name.clone());
    let label = move || format!("Detach from {}", name());
    view! {
        <section class="fact-company" id=format!("company-{id}") aria-label=name>
            <header>
                <h2>
                    <a href=format!("/companies/{id}") dir="auto">
                        {name}
                    </a>
                </h2>
                <ActionForm action=detach>
                    <input type="hidden" name="company" value=id.to_string() />
                    <input type="hidden" name="contact" value=contact.to_string() />
                    <button class="tag-remove" type="submit" aria-label=label title=label>
                        "×"
                    </button>
                </ActionForm>
            </header>
            {move || view! { <FactList facts=company.get().facts /> }}
            {beside.then(|| view! { <CompanyBeside company=id changed /> })}
        </section>
    }
    .into_any()
}
