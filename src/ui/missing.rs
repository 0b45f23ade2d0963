//! What stands where something is not there, or could not be had just now.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::error::Error;

/// Says whether it is gone or merely could not be had, with a way to ask once more where that may help, and to all of its kind.
#[component]
pub fn Missing(
    /// Why it is not there.
    error: Error,
    /// What it is, such as `company`.
    what: &'static str,
    /// The page of all of its kind, and what the link to it says.
    all: (&'static str, &'static str),
    /// Asks once more; nothing where nobody was asked.
    #[prop(default = None)]
    again: Option<Callback<()>>,
) -> impl IntoView {
    let gone = error == Error::NotFound;
    if gone {
        super::status::not_found();
    }
    let (title, text) = if gone {
        (
            format!("No such {what}"),
            format!("The link is old, or the {what} is in another workspace."),
        )
    } else {
        (format!("This {what} could not be opened"), error.sentence())
    };
    let at = use_location();
    let here = move || {
        let search = at.search.read();
        let search = search.trim_start_matches('?');
        let sign = if search.is_empty() { "" } else { "?" };
        format!("{}{sign}{search}", at.pathname.read())
    };
    let again = again.filter(|_| error.passes()).map(|again| {
        let press = move |ev: MouseEvent| {
            ev.prevent_default();
            again.run(());
        };
        view! {
            <a class="button" href=here on:click=press>
                "Try again"
            </a>
        }
    });
    view! {
        <Title text=title.clone() />
        <div class="empty">
            <h1 class="empty-title">{title}</h1>
            <p class="empty-text">{text}</p>
            {again}
            <a class="button" href=all.0>
                {all.1}
            </a>
        </div>
    }
    .into_any()
}
