//! Choosing the columns of the list, kept for the teammate.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::answers::Answer;
use crate::companies::api::ChooseCompanyColumns;
use crate::companies::list::{Column, Companies};

/// Boxes to tick, in a part that opens.
#[component]
pub fn Columns(
    /// Every column that there is.
    all: Vec<Column>,
    /// The list, which says which ones are chosen.
    list: Answer<Companies>,
    /// Counts the changes of the list.
    version: RwSignal<u32>,
) -> impl IntoView {
    let choose = ServerAction::<ChooseCompanyColumns>::new();
    Effect::new(move |_| {
        if let Some(Ok(())) = choose.value().get() {
            version.update(|n| *n += 1);
        }
    });
    let chosen: Vec<String> = list
        .get_untracked()
        .and_then(Result::ok)
        .map(|companies| companies.columns.into_iter().map(|c| c.key).collect())
        .unwrap_or_default();
    let row = move |column: Column| {
        let checked = chosen.contains(&column.key);
        view! {
            <label class="check">
                <input type="checkbox" name="columns[]" value=column.key checked=checked />
                <span dir="auto">{column.label}</span>
            </label>
        }
    };
    view! {
        <details class="columns">
            <summary class="button small">"Columns"</summary>
            <ActionForm action=choose attr:class="columns-form">
                {all.into_iter().map(row).collect_view()}
                <button class="button primary small" type="submit">
                    "Show these"
                </button>
            </ActionForm>
        </details>
    }
    .into_any()
}
