//! A field that offers what people and companies have in it, or events in their metadata.

use leptos::prelude::*;

use crate::attributes::Subject;
use crate::segments::api::{field_values, metadata_values};
use crate::ui::use_later;

/// Where values are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A field of people or companies.
    Field(Subject, String),
    /// An event's metadata: the names of its members.
    Members(String),
    /// The values of one of them.
    Member(String, String),
}

impl Source {
    async fn values(self, typed: String) -> Vec<String> {
        let found = match self {
            Self::Field(of, field) => field_values(of, field, typed).await,
            Self::Members(event) => metadata_values(event, String::new(), typed).await,
            Self::Member(event, key) => metadata_values(event, key, typed).await,
        };
        // Nothing offered is nothing lost: what is typed counts.
        found.unwrap_or_default()
    }
}

/// Text, with values offered from when it is entered.
#[component]
pub fn Suggested(
    /// Its name in the form.
    name: String,
    /// What it is at first.
    value: String,
    /// What it is called.
    label: &'static str,
    /// The keys that a phone shows.
    #[prop(default = "text")]
    mode: &'static str,
    /// Where values are looked for.
    #[prop(into)]
    source: Signal<Source>,
    /// Told what is typed.
    typed: Callback<String>,
) -> impl IntoView {
    let list = format!("values-{name}");
    let asking = Action::new(move |text: &String| source.get_untracked().values(text.clone()));
    let later = use_later();
    let ask = move |text: String| later.run(move || _ = asking.dispatch(text));
    let offered = move || {
        let all = asking.value().get().unwrap_or_default().into_iter();
        all.map(|value| view! { <option value=value></option> }).collect_view()
    };
    view! {
        <input
            class="input"
            type="text"
            name=name
            inputmode=mode
            aria-label=label
            placeholder=(label != "Value").then_some(label)
            autocomplete="off"
            list=list.clone()
            dir="auto"
            value=value
            on:focus:target=move |ev| ask(ev.target().value())
            on:input:target=move |ev| {
                let text = ev.target().value();
                typed.run(text.clone());
                ask(text);
            }
        />
        <datalist id=list>{offered}</datalist>
    }
    .into_any()
}
