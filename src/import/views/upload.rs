//! Choosing a file, and the imports that run.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::import::Kind;
use crate::jobs::views::Jobs;

/// A form that uploads a file; it works without JavaScript.
#[component]
pub fn ImportPage() -> impl IntoView {
    let query = use_query_map();
    let wrong = move || match query.read().get("wrong").as_deref() {
        Some("kind") => Some("Choose what the rows are."),
        Some(_) => Some(
            "This file could not be read. Choose a CSV file whose first line names the columns.",
        ),
        None => None,
    };
    let kind = |(n, (kind, word)): (usize, (Kind, &'static str))| {
        view! {
            <label class="check">
                <input type="radio" name="kind" value=kind.word() checked=n == 0 />
                <span>{word}</span>
            </label>
        }
    };
    view! {
        <Title text="Import" />
        <header class="page-header">
            <h1>"Import"</h1>
        </header>
        <div class="sheet">
            <form class="form" method="post" action="/import/upload" enctype="multipart/form-data">
                <fieldset class="field">
                    <legend>"What the rows are"</legend>
                    {Kind::ALL.into_iter().enumerate().map(kind).collect_view()}
                </fieldset>
                <div class="field">
                    <label for="file">"CSV file"</label>
                    <input class="input" id="file" type="file" name="file" accept=".csv,text/csv" required />
                    <p class="hint">"UTF-8 or UTF-16, up to 2 GB. The first line names the columns; you say next what they mean."</p>
                </div>
                {move || wrong().map(|text| view! { <p class="notice error" role="alert">{text}</p> })}
                <div class="form-actions">
                    <button class="button primary" type="submit">
                        "Upload"
                    </button>
                </div>
            </form>
            <Jobs />
            <p class="hint">
                "An import goes on while you do something else, and after a restart. The same file again adds only what is missing."
            </p>
        </div>
    }
    .into_any()
}
