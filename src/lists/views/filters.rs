//! Fields that filter a list: a plain form that asks for an address; with JavaScript it asks by itself.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::lists::{Asked, Filters, Sorts};
use crate::ui::{Later, use_later};

/// Goes to the list as a changed filter has it.
pub struct Visit<F: Filters> {
    asked: Memo<Asked<F>>,
    later: Later,
    navigate: Callback<String>,
}

impl<F: Filters> Clone for Visit<F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F: Filters> Copy for Visit<F> {}

/// A way to other filters of a list.
pub fn use_visit<F: Filters>(asked: Memo<Asked<F>>) -> Visit<F> {
    let navigate = use_navigate();
    let go = move |address: String| {
        let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
        navigate(&address, options);
    };
    Visit { asked, later: use_later(), navigate: Callback::new(go) }
}

impl<F: Filters> Visit<F> {
    /// At once, as when something is chosen.
    pub fn now(self, change: impl FnOnce(&mut F)) {
        let next = self.asked.get_untracked().with(change).address();
        self.navigate.run(next);
    }

    /// Once no further letter came, as when something is typed.
    pub fn later(self, change: impl FnOnce(&mut F) + 'static) {
        self.later.run(move || self.now(change));
    }
}

/// The field that finds as one types, with its button for those without JavaScript.
#[component]
pub fn Search<F: Filters>(
    visit: Visit<F>,
    /// What it finds, for who does not see: `Find people`.
    label: &'static str,
    /// What it looks through.
    hint: &'static str,
    /// What is looked for now.
    value: String,
    /// Puts what is typed into the filter.
    set: fn(&mut F, String),
) -> impl IntoView {
    view! {
        <input
            class="input"
            type="search"
            name="find"
            aria-label=label
            placeholder=hint
            autocomplete="off"
            value=value
            on:input:target=move |ev| {
                let text = ev.target().value();
                visit.later(move |f| set(f, text));
            }
        />
        <button class="button" type="submit">
            "Find"
        </button>
    }
    .into_any()
}

/// A field that chooses one, or any.
#[component]
pub fn Pick<F: Filters>(
    visit: Visit<F>,
    /// Its word in the address.
    name: &'static str,
    /// What it chooses, for who does not see.
    label: &'static str,
    /// What people read for no choice.
    any: &'static str,
    /// What the address says for each choice, and what people read.
    choices: Vec<(String, String)>,
    /// What the address says now; empty for any.
    chosen: String,
    /// Puts what is chosen into the filter.
    set: fn(&mut F, String),
) -> impl IntoView {
    let choices = choices.into_iter().map(|(value, said)| {
        let selected = value == chosen;
        view! {
            <option value=value selected=selected>
                {said}
            </option>
        }
    });
    view! {
        <select
            class="input"
            name=name
            aria-label=label
            on:change:target=move |ev| {
                let value = ev.target().value();
                visit.now(|f| set(f, value));
            }
        >
            <option value="">{any}</option>
            {choices.collect_view()}
        </select>
    }
    .into_any()
}

/// What a form keeps of a list's address though it has no field for it.
#[component]
pub fn Unshown<F: Filters>(
    asked: Memo<Asked<F>>,
    /// The words of the filter that stay as they are.
    keep: &'static [&'static str],
) -> impl IntoView {
    let sort = asked.read_untracked().sort.word();
    let reversed = asked.read_untracked().reversed;
    let kept = move || {
        let pairs = asked.read().filter.pairs().into_iter();
        let kept = pairs.filter(|(name, value)| keep.contains(name) && !value.is_empty());
        kept.map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect_view()
    };
    view! {
        {kept}
        <input type="hidden" name="sort" value=sort />
        {reversed.then(|| view! { <input type="hidden" name="reversed" value="1" /> })}
    }
    .into_any()
}
