//! Choosing the columns of a list, kept for the teammate.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::attributes::Subject;
use crate::lists::Column;
use crate::lists::api::ChooseColumns;

/// Boxes to tick, in a part that opens.
#[component]
pub fn Columns(
    /// What the list is of.
    of: Subject,
    /// Every column that there is.
    all: Vec<Column>,
    /// Those that the list shows.
    chosen: Vec<Column>,
    /// Counts the changes of the list.
    version: RwSignal<u32>,
) -> impl IntoView {
    let choose = ServerAction::<ChooseColumns>::new();
    Effect::new(move |_| {
        if let Some(Ok(())) = choose.value().get() {
            version.update(|n| *n += 1);
        }
    });
    let row = move |column: Column| {
        let checked = chosen.contains(&column);
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
                <input type="hidden" name="of" value=of.word() />
                {all.into_iter().map(row).collect_view()}
                <p class="quiet">"A heading with ↕ sorts the list. It cannot be sorted by the others."</p>
                <button class="button primary small" type="submit">
                    "Show these"
                </button>
            </ActionForm>
        </details>
    }
    .into_any()
}
