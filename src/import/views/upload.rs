//! Choosing a file, and the imports that run.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::imports::Imports;
use crate::import::{Kind, Unreadable};
use crate::jobs::Place;
use crate::jobs::views::Jobs;

/// A form that uploads a file; it works without JavaScript.
#[component]
pub fn ImportPage() -> impl IntoView {
    let query = use_query_map();
    let wrong = move || {
        let word = query.read().get("wrong")?;
        Some(Unreadable::from_word(&word).unwrap_or(Unreadable::Nothing).sentence())
    };
    let first = query.read_untracked().get("kind").and_then(|word| Kind::from_word(&word));
    let first = first.unwrap_or(Kind::Contacts);
    let kind = |kind: Kind| {
        view! {
            <label class="check">
                <input type="radio" name="kind" value=kind.word() checked=kind == first />
                <span>{kind.said()}</span>
            </label>
        }
    };
    view! {
        <Title text="Import" />
        <header class="page-header">
            <h1>"Import"</h1>
            <div class="page-actions">
                <a class="button small" href="/people">
                    "All people"
                </a>
                <a class="button small" href="/companies">
                    "All companies"
                </a>
            </div>
        </header>
        <div class="sheet">
            <form class="form" method="post" action="/import/upload" enctype="multipart/form-data">
                <fieldset class="field">
                    <legend>"What the rows are"</legend>
                    {Kind::ALL.iter().copied().map(kind).collect_view()}
                </fieldset>
                <div class="field">
                    <label for="file">"CSV file"</label>
                    <input class="input" id="file" type="file" name="file" accept=".csv,text/csv" required />
                    <p class="hint">"Up to 2 GB, in any encoding. The first line names the columns; you say next what they mean."</p>
                </div>
                {move || wrong().map(|text| view! { <p class="notice error" role="alert">{text}</p> })}
                <div class="form-actions">
                    <button class="button primary" type="submit">
                        "Upload"
                    </button>
                </div>
            </form>
            <Jobs at=Place::Imports />
            <Imports />
            <p class="hint">
                "An import goes on while you do something else, and after a restart. The same file again adds only what is missing."
            </p>
        </div>
    }
    .into_any()
}
