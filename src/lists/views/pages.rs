//! Going through a list page by page.

use leptos::prelude::*;

use crate::lists::{Asked, Filters};

/// To the first page and to the next, where there are.
#[component]
pub fn Pages<F: Filters>(asked: Asked<F>, next: Option<String>) -> impl IntoView {
    let link = |after: Option<String>, word: &'static str, rel: Option<&'static str>| {
        let href = Asked { after, ..asked.clone() }.address();
        view! {
            <a class="button" href=href rel=rel>
                {word}
            </a>
        }
    };
    let first = asked.after.is_some().then(|| link(None, "First page", None));
    let next = next.map(|after| link(Some(after), "Next", Some("next")));
    view! {
        <nav class="pager" aria-label="Pages">
            {first}
            {next}
        </nav>
    }
    .into_any()
}
