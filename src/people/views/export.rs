//! People as a file.

use std::collections::HashSet;

use leptos::prelude::*;

use crate::id::ContactId;
use crate::people::{Asked, Filter, export_address};
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
        <a href=export_address(&asked.filter) download="people.csv" rel="external" title=WITHOUT>
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
            return export_address(&asked.read().filter);
        }
        let mut only: Vec<_> = selected.read().iter().copied().map(ContactId).collect();
        only.sort_unstable();
        let archived = asked.read().filter.archived;
        export_address(&Filter { only, archived, ..Filter::default() })
    };
    view! {
        <a
            class="button small"
            href=href
            download="people.csv"
            rel="external"
            title=WITHOUT
            hidden=move || !all.get() && selected.read().is_empty()
        >
            "Export as CSV"
        </a>
    }
    .into_any()
}
