//! Fields of the filters that are typed in, with suggestions: a company's name, and a city or region.

use leptos::prelude::*;

use crate::answers::{Transition, ask_if};
use crate::lists::views::Visit;
use crate::people::api::{PeopleFirms, PeoplePlaces};
use crate::people::{Asked, Filter};

/// The company, by its name; those that begin with what is typed are suggested, at first those with the most people.
#[component]
pub fn FirmField(visit: Visit<Filter>, value: String, largest: Vec<String>) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let found = ask_if(move || {
        let begin = typed.get();
        (!begin.trim().is_empty()).then_some(PeopleFirms { begin })
    });
    let names =
        move || found.get().and_then(Result::ok).flatten().unwrap_or_else(|| largest.clone());
    view! {
        <input
            class="input toolbar-word"
            name="firm"
            list="known-firms"
            aria-label="Company"
            placeholder="Any company"
            maxlength="200"
            autocomplete="off"
            value=value
            on:input:target=move |ev| {
                let text = ev.target().value();
                visit.later(move |f| {
                    // The field may have been drawn again since.
                    typed.try_set(text.clone());
                    f.company = None;
                    f.firm = text.trim().to_owned();
                });
            }
        />
        <datalist id="known-firms">
            <Transition>{move || options(names())}</Transition>
        </datalist>
    }
    .into_any()
}

/// The city or region, once a country is chosen.
#[component]
pub fn PlaceField(asked: Memo<Asked>, visit: Visit<Filter>, value: String) -> impl IntoView {
    let country = Memo::new(move |_| asked.read().filter.country.clone());
    let found = ask_if(move || {
        let country = country.get();
        (!country.is_empty()).then_some(PeoplePlaces { country })
    });
    let names = move || found.get().and_then(Result::ok).flatten().unwrap_or_default();
    let nowhere = move || country.read().is_empty();
    view! {
        <input
            class="input toolbar-word"
            name="place"
            list="known-places"
            aria-label="City or region"
            placeholder="Any city or region"
            maxlength="200"
            autocomplete="off"
            value=value
            hidden=nowhere
            disabled=nowhere
            on:input:target=move |ev| {
                let text = ev.target().value();
                visit.later(move |f| f.place = text.trim().to_owned());
            }
        />
        <datalist id="known-places">
            <Transition>{move || options(names())}</Transition>
        </datalist>
    }
    .into_any()
}

fn options(names: Vec<String>) -> AnyView {
    names.into_iter().map(|name| view! { <option value=name></option> }).collect_view().into_any()
}
