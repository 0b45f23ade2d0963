//! The names of those who wrote something.

use leptos::prelude::*;

/// Names as one reads them, `Ada, Grace and Noor`, each in its own direction.
#[component]
pub fn By(
    /// One at least.
    names: Vec<String>,
) -> impl IntoView {
    let last = names.len().saturating_sub(1);
    let said = names.into_iter().enumerate().map(move |(place, name)| {
        let before = match place {
            0 => None,
            _ if place == last => Some(" and "),
            _ => Some(", "),
        };
        view! {
            {before}
            <bdi>{name}</bdi>
        }
    });
    said.collect_view()
}

/// Says that a text was changed, and by whom, if that is known.
#[component]
pub fn EditedBy(names: Vec<String>) -> impl IntoView {
    let by = (!names.is_empty()).then(|| view! { " by " <By names /> });
    view! {
        "edited"
        {by}
    }
}
