//! Tags that there are, for fields in which one is typed.

use leptos::prelude::*;

/// The id of the list, for the `list` of a field.
pub const KNOWN_TAGS: &str = "known-tags";

/// Suggests tags in fields that name [`KNOWN_TAGS`].
#[component]
pub fn KnownTags(names: Vec<String>) -> impl IntoView {
    let names = names.into_iter().map(|name| view! { <option value=name></option> });
    view! { <datalist id=KNOWN_TAGS>{names.collect_view()}</datalist> }
}
