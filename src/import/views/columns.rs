//! Saying what the columns of an uploaded file mean.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::reading::{ReadingForm, word};
use crate::answers::{Transition, ask};
use crate::error::Error;
use crate::import::api::{ReadUpload, StartImport};
use crate::import::{Kind, Preview};
use crate::ui::flash::{failure_of, use_typed};
use crate::ui::refused;

/// The file's columns with its first rows, each with a field for its meaning.
#[component]
pub fn ImportColumnsPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    // Asked again for another file or reading alone: once its import is over, it is no longer there.
    let asked = Memo::new(move |_| {
        let said = |name: &str| query.read().get(name).unwrap_or_default();
        (params.read().get("id").unwrap_or_default(), said("encoding"), said("separator"))
    });
    let preview = ask(move || {
        let (id, encoding, separator) = asked.get();
        ReadUpload { id, encoding, separator }
    });
    view! {
        <Title text="Import" />
        <header class="page-header">
            <h1>"What the columns mean"</h1>
            <a class="button small page-actions" href="/import">
                "All imports"
            </a>
        </header>
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || {
                preview
                    .get()
                    .map(|answer| match answer {
                        Ok(preview) => view! { <ColumnsForm preview /> }.into_any(),
                        Err(error) => {
                            let title = match error {
                                Error::Invalid { .. } => error.sentence(),
                                _ => "This upload is not there any more".to_owned(),
                            };
                            view! {
                                <div class="empty">
                                    <p class="empty-title">{title}</p>
                                    <a class="button" href="/import">
                                        "Upload a file"
                                    </a>
                                </div>
                            }
                                .into_any()
                        }
                    })
            }}
        </Transition>
    }
    .into_any()
}

#[component]
fn ColumnsForm(preview: Preview) -> impl IntoView {
    let start = ServerAction::<StartImport>::new();
    let failure = failure_of(start);
    let known = preview.kind.meanings();
    let suggestions = known
        .iter()
        .map(|(word, label)| view! { <option value=*word>{*label}</option> })
        .collect_view();
    let columns = preview.header.iter().zip(&preview.guesses).enumerate().map(|(n, (name, guess))| {
        let field = format!("meanings[{n}]");
        let value = use_typed("/do/start_import", &field).unwrap_or_else(|| guess.clone());
        let label = format!("Meaning of {name}");
        view! {
            <th scope="col">
                <span class="import-name" dir="auto">
                    {name.clone()}
                </span>
                <input class="input" name=field aria-label=label list="meanings" value=value placeholder="Leave out" />
            </th>
        }
    });
    let columns = columns.collect_view();
    let rows = preview.rows.into_iter().map(|row| {
        let cells = row.into_iter().map(|cell| view! { <td dir="auto">{cell}</td> });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    let event = (preview.kind == Kind::Events).then(|| {
        view! {
            <div class="field">
                <label for="event">"Name of the event, where no column has it"</label>
                <input class="input" id="event" name="event" maxlength="255" value=use_typed("/do/start_import", "event") />
            </div>
        }
    });
    let size = if preview.bytes < 1_000_000 {
        format!("{} KB", preview.bytes.div_ceil(1000))
    } else {
        format!("{:.1} MB", preview.bytes as f64 / 1e6)
    };
    let encoding = preview.reading.encoding.clone();
    let separator = word(preview.reading.separator);
    view! {
        <ReadingForm reading=preview.reading />
        <ActionForm action=start attr:class="import-form">
            <input type="hidden" name="id" value=preview.id />
            <input type="hidden" name="encoding" value=encoding />
            <input type="hidden" name="separator" value=separator />
            <p class="hint">
                {format!("{size}. A column keeps its name as an attribute unless you give it another meaning; empty leaves it out.")}
            </p>
            <datalist id="meanings">{suggestions}</datalist>
            <div class="table-wrap">
                <table class="table import-table">
                    <thead>
                        <tr>{columns}</tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
            {event}
            {move || failure().map(refused)}
            <div class="form-actions">
                <button class="button primary" type="submit">
                    "Start the import"
                </button>
                <a class="button" href="/import">
                    "Another file"
                </a>
            </div>
        </ActionForm>
    }
    .into_any()
}
