//! The companies of a person.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::attach::AttachToCompany;
use crate::companies::api::Detach;
use crate::contacts::CompanyFact;
use crate::id::ContactId;
use crate::ui::{FactList, Section};

/// Each company with its facts, its name leading to its profile; they are attached and detached here.
#[component]
pub fn Companies(
    contact: ContactId,
    companies: Signal<Vec<CompanyFact>>,
    changed: Callback<()>,
) -> impl IntoView {
    let detach = ServerAction::<Detach>::new();
    Effect::new(move |_| {
        if let Some(Ok(())) = detach.value().get() {
            changed.run(());
        }
    });
    let shown = move || {
        let companies = companies.get();
        if companies.is_empty() {
            view! { <p class="empty-text">"In no company so far."</p> }.into_any()
        } else {
            let one = |company| view! { <CompanyOf contact company detach /> };
            companies.into_iter().map(one).collect_view().into_any()
        }
    };
    view! {
        <Section title="Companies">
            {shown}
            <AttachToCompany contact changed />
        </Section>
    }
    .into_any()
}

#[component]
fn CompanyOf(
    contact: ContactId,
    company: CompanyFact,
    detach: ServerAction<Detach>,
) -> impl IntoView {
    let label = format!("Detach from {}", company.name);
    view! {
        <section class="fact-company">
            <header>
                <h2>
                    <a href=format!("/companies/{}", company.id) dir="auto">
                        {company.name}
                    </a>
                </h2>
                <ActionForm action=detach>
                    <input type="hidden" name="company" value=company.id.to_string() />
                    <input type="hidden" name="contact" value=contact.to_string() />
                    <button class="tag-remove" type="submit" aria-label=label.clone() title=label>
                        "×"
                    </button>
                </ActionForm>
            </header>
            <FactList facts=company.facts />
        </section>
    }
    .into_any()
}
