//! The companies of a person.

use leptos::prelude::*;

use crate::contacts::CompanyFact;
use crate::ui::{FactList, Section};

/// Each company with its facts; its name leads to its profile.
#[component]
pub fn Companies(companies: Signal<Vec<CompanyFact>>) -> impl IntoView {
    let one = |company: CompanyFact| {
        view! {
            <section class="fact-company">
                <h2>
                    <a href=format!("/companies/{}", company.id) dir="auto">
                        {company.name}
                    </a>
                </h2>
                <FactList facts=company.facts />
            </section>
        }
    };
    let shown = move || {
        let companies = companies.get();
        if companies.is_empty() {
            view! { <p class="empty-text">"In no company so far."</p> }.into_any()
        } else {
            companies.into_iter().map(one).collect_view().into_any()
        }
    };
    view! {
        <Section title="Companies">
            {shown}
        </Section>
    }
    .into_any()
}
