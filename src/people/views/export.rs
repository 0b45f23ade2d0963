//! People as a file.

use std::collections::HashSet;

use leptos::prelude::*;

use crate::id::ContactId;
use crate::lists::Filters as _;
use crate::lists::views as lists;
use crate::people::{Asked, Filter};
use crate::ui::thousands;

/// What a file of people leaves out, since an import could not name them.
const WITHOUT: &str = "People with neither an id nor an e-mail address are left out";

/// Everyone whom the list means.
#[component]
pub fn ExportAll(asked: Asked, total: i64) -> impl IntoView {
    let words = match total {
        1 => "Export as CSV".to_owned(),
        n => format!("Export all {} as CSV", thousands(n)),
    };
    view! {
        <a href=asked.filter.export_address() download="people.csv" rel="external" title=WITHOUT>
            {words}
        </a>
    }
}

/// Those selected.
#[component]
pub fn ExportChosen(
    asked: Memo<Asked>,
    selected: RwSignal<HashSet<i64>>,
    all: RwSignal<bool>,
) -> impl IntoView {
    let href = move || {
        if all.get() {
            return asked.read().filter.export_address();
        }
        let mut only: Vec<_> = selected.read().iter().copied().map(ContactId).collect();
        only.sort_unstable();
        let archived = asked.read().filter.archived;
        Filter { only, archived, ..Filter::default() }.export_address()
    };
    view! { <lists::ExportChosen file="people.csv" href selected all without=WITHOUT /> }
}
