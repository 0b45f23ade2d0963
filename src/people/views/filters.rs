//! Finding people as one types, and choosing them by tag, company and country.

use leptos::prelude::*;

use crate::lists::views::{Choice, Unshown, use_visit};
use crate::people::{Asked, Options};

/// A plain form that asks for an address; with JavaScript it asks by itself.
#[component]
pub fn Filters(asked: Memo<Asked>, options: Options) -> impl IntoView {
    let visit = use_visit(asked);
    let now = asked.get_untracked().filter;
    let tags = options.tags.into_iter().map(|(id, label)| {
        view! { <Choice value=id.to_string() label chosen=now.tag == Some(id) /> }
    });
    let companies = options.companies.into_iter().map(|(id, label)| {
        view! { <Choice value=id.to_string() label chosen=now.company == Some(id) /> }
    });
    let countries = options.countries.into_iter().map(|(code, label)| {
        view! { <Choice value=code.clone() label chosen=now.country == code /> }
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
                value=now.find.clone()
                on:input:target=move |ev| {
                    let text = ev.target().value();
                    visit.later(move |f| f.find = text);
                }
            />
            <button class="button" type="submit">
                "Find"
            </button>
            <Unshown asked keep=&["segment", "rule", "archived"] />
            <div class="toolbar-more">
                <select
                    class="input"
                    name="tag"
                    aria-label="Tag"
                    on:change:target=move |ev| {
                        let value = ev.target().value();
                        visit.now(|f| f.tag = value.parse().ok());
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
                        visit.now(|f| f.company = value.parse().ok());
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
                        visit.now(|f| f.country = value);
                    }
                >
                    <option value="">"Any country"</option>
                    {countries.collect_view()}
                </select>
                <a class="toolbar-link" href=move || if asked.read().filter.archived { "/people" } else { "/people?archived=1" }>
                    {move || if asked.read().filter.archived { "Back to the list" } else { "Archive" }}
                </a>
            </div>
        </form>
    }
    .into_any()
}
