//! What is selected in a list as a file.

use std::collections::HashSet;

use leptos::prelude::*;

/// A link to a file of those selected, or of all that match; hidden where nobody is meant.
#[component]
pub fn ExportChosen<F: Fn() -> String + Send + Sync + 'static>(
    /// What the file is called.
    file: &'static str,
    /// Where it is: what the page around it has, asked each time.
    href: F,
    selected: RwSignal<HashSet<i64>>,
    all: RwSignal<bool>,
    /// What it leaves out.
    #[prop(optional)]
    without: Option<&'static str>,
) -> impl IntoView {
    view! {
        <a
            class="button small"
            href=href
            download=file
            rel="external"
            title=without
            hidden=move || !all.get() && selected.read().is_empty()
        >
            "Export as CSV"
        </a>
    }
    .into_any()
}
