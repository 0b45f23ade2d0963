//! A list without rows.

use leptos::prelude::*;

/// Says that nothing is there and why, and leads to the whole list where only a filter hides it.
#[component]
pub fn Empty(
    /// What is not there.
    title: &'static str,
    /// Why, or what to do.
    text: &'static str,
    /// The address of the whole list and its name.
    #[prop(optional_no_strip)]
    all: Option<(&'static str, &'static str)>,
) -> impl IntoView {
    let all = all.map(|(href, name)| {
        view! {
            <a class="button" href=href>
                {name}
            </a>
        }
    });
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            <p class="empty-text">{text}</p>
            {all}
        </div>
    }
    .into_any()
}
