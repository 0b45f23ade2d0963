//! Finding people as one types, and choosing them by tag, company and country.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::people::{Asked, Options};

/// How long to wait for the next letter, in milliseconds.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(200);

/// A plain form that asks for an address; with JavaScript it asks by itself.
#[component]
pub fn Filters(asked: Memo<Asked>, options: Options) -> impl IntoView {
    let navigate = StoredValue::new(use_navigate());
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let go = move |change: &dyn Fn(&mut Asked)| {
        let mut next = Asked { after: None, ..asked.get_untracked() };
        change(&mut next);
        let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
        navigate.with_value(|navigate| navigate(&next.address(), options));
    };
    let typed = move |text: String| {
        if let Some(Some(before)) = waiting.try_update_value(Option::take) {
            before.clear();
        }
        let later =
            set_timeout_with_handle(move || go(&|a| a.filter.find.clone_from(&text)), PAUSE);
        waiting.set_value(later.ok());
    };
    let now = asked.get_untracked();
    let (sort, reversed) = (now.sort.word(), now.reversed);
    let choice = move |value: String, label: String, chosen: bool| {
        view! {
            <option value=value selected=chosen>
                {label}
            </option>
        }
    };
    let tags = options.tags.into_iter().map(move |(id, name)| {
        choice(id.to_string(), name, asked.get_untracked().filter.tag == Some(id))
    });
    let companies = options.companies.into_iter().map(move |(id, name)| {
        choice(id.to_string(), name, asked.get_untracked().filter.company == Some(id))
    });
    let countries = options.countries.into_iter().map(move |(code, name)| {
        choice(code.clone(), name, asked.get_untracked().filter.country == code)
    });
    view! {
        <form class="toolbar" method="get" action="/people" role="search">
            <input
                class="input"
                type="search"
                name="find"
                aria-label="Find people"
                placeholder="Name, e-mail address, phone or id"
                autocomplete="off"
                value=now.filter.find
                on:input:target=move |ev| typed(ev.target().value())
            />
            <button class="button" type="submit">
                "Find"
            </button>
            <select
                class="input"
                name="tag"
                aria-label="Tag"
                on:change:target=move |ev| {
                    let value = ev.target().value();
                    go(&|a| a.filter.tag = value.parse().ok());
                }
            >
                <option value="">"Any tag"</option>
                {tags.collect_view()}
            </select>
            <select
                class="input"
                name="company"
                aria-label="Company"
                on:change:target=move |ev| {
                    let value = ev.target().value();
                    go(&|a| a.filter.company = value.parse().ok());
                }
            >
                <option value="">"Any company"</option>
                {companies.collect_view()}
            </select>
            <select
                class="input"
                name="country"
                aria-label="Country"
                on:change:target=move |ev| {
                    let value = ev.target().value();
                    go(&|a| a.filter.country.clone_from(&value));
                }
            >
                <option value="">"Any country"</option>
                {countries.collect_view()}
            </select>
            {move || asked.read().filter.segment.map(|id| view! { <input type="hidden" name="segment" value=id.to_string() /> })}
            {move || {
                let rule = asked.read().filter.rule.clone();
                (!rule.is_empty()).then(|| view! { <input type="hidden" name="rule" value=rule /> })
            }}
            <input type="hidden" name="sort" value=sort />
            {reversed.then(|| view! { <input type="hidden" name="reversed" value="1" /> })}
            {now.filter.archived.then(|| view! { <input type="hidden" name="archived" value="1" /> })}
            <a class="toolbar-link" href=move || if asked.read().filter.archived { "/people" } else { "/people?archived=1" }>
                {move || if asked.read().filter.archived { "Back to the list" } else { "Archive" }}
            </a>
        </form>
    }
    .into_any()
}
