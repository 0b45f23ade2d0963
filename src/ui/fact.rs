//! Facts: a name and a value.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Copy, Section, TimeAgo};
use crate::time::Stamp;

/// One thing known about someone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is called.
    pub label: String,
    /// The value as text.
    pub value: String,
    /// The moment that it is, if it is one.
    pub at: Option<Stamp>,
    /// The address that it leads to, if it is one.
    pub link: Option<String>,
    /// Whether people want to copy it.
    pub copy: bool,
}

/// A group of facts under a heading.
#[component]
pub fn Facts(
    /// The heading.
    title: &'static str,
    /// What is known.
    facts: Signal<Vec<Fact>>,
    /// What to say when nothing is.
    #[prop(optional)]
    empty: &'static str,
) -> impl IntoView {
    view! {
        <Section title>
            {move || view! { <FactList facts=facts.get() empty /> }}
        </Section>
    }
    .into_any()
}

/// Facts as names and values.
#[component]
pub fn FactList(
    /// What is known.
    facts: Vec<Fact>,
    /// What to say when nothing is.
    #[prop(optional)]
    empty: &'static str,
    /// Where it stands, for its looks.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    if facts.is_empty() {
        return view! { <p class="empty-text">{empty}</p> }.into_any();
    }
    view! {
        <dl class=format!("facts-list {class}").trim_end().to_owned()>
            {facts.into_iter().map(|fact| view! { <FactView fact /> }).collect_view()}
        </dl>
    }
    .into_any()
}

#[component]
fn FactView(fact: Fact) -> impl IntoView {
    let copy = fact.copy.then(|| {
        let label = format!("Copy: {}", fact.label);
        view! { <Copy text=fact.value.clone() label /> }
    });
    let value = match (fact.at, fact.link) {
        (Some(stamp), _) => view! { <TimeAgo stamp /> }.into_any(),
        (None, Some(href)) => view! {
            <a href=href rel="noopener noreferrer nofollow" target="_blank" dir="auto">
                {fact.value}
            </a>
        }
        .into_any(),
        (None, None) => match fact.value.split_once('@') {
            // Where an address is too long for its line, it goes on in the next with the domain.
            Some((who, domain)) => {
                view! { <bdi>{format!("{who}@")}<wbr />{domain.to_owned()}</bdi> }.into_any()
            }
            None => view! { <bdi>{fact.value}</bdi> }.into_any(),
        },
    };
    view! {
        <div class="fact">
            <dt dir="auto">{fact.label}</dt>
            <dd>
                {value}
                {copy}
            </dd>
        </div>
    }
    .into_any()
}
