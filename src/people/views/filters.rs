//! Finding people as one types, and choosing them by tag, company, country, city and region.

use leptos::prelude::*;

use super::suggested::{FirmField, PlaceField};
use crate::lists::views::{Pick, Search, Unshown, Visit};
use crate::notes::views::finding;
use crate::people::{Asked, Filter, Options};

/// A plain form that asks for an address; with JavaScript it asks by itself.
#[component]
pub fn Filters(asked: Memo<Asked>, visit: Visit<Filter>, options: Options) -> impl IntoView {
    let now = asked.get_untracked().filter;
    let tags = options.tags.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
    let tag = now.tag.map(|id| id.to_string()).unwrap_or_default();
    view! {
        <form class="toolbar" method="get" action="/people" role="search">
            <Search
                visit
                label="Find people"
                hint="Name, e-mail address, phone or id"
                value=now.find
                set=|f: &mut Filter, text| f.find = text
            />
            <Unshown asked keep=&["segment", "rule", "archived"] />
            <div class="toolbar-more">
                <Pick visit name="tag" label="Tag" any="Any tag" choices=tags chosen=tag set=|f: &mut Filter, id| f.tag = id.parse().ok() />
                <FirmField visit value=now.firm largest=options.companies />
                <Pick
                    visit
                    name="country"
                    label="Country"
                    any="Any country"
                    choices=options.countries
                    chosen=now.country
                    set=|f: &mut Filter, code| {
                        f.country = code;
                        f.place.clear();
                    }
                />
                <PlaceField asked visit value=now.place />
                <a class="toolbar-link" href=move || finding(&asked.read().filter.find, None)>
                    "Find in notes"
                </a>
                <a class="toolbar-link" href=move || if asked.read().filter.archived { "/people" } else { "/people?archived=1" }>
                    {move || if asked.read().filter.archived { "Back to the list" } else { "Archive" }}
                </a>
            </div>
        </form>
    }
    .into_any()
}
