//! A field for text that offers what people and companies have in it.

use std::time::Duration;

use leptos::prelude::*;

use crate::attributes::Subject;
use crate::segments::api::field_values;

/// How long to wait for the next letter.
const PAUSE: Duration = Duration::from_millis(200);

/// Text, with values offered from when it is entered.
#[component]
pub fn Suggested(
    /// Its name in the form.
    name: String,
    /// What it is at first.
    value: String,
    /// Whose field it is.
    of: Subject,
    /// The field that is compared.
    field: String,
    /// Told what is typed.
    typed: Callback<String>,
) -> impl IntoView {
    let list = format!("values-{name}");
    let asking = Action::new(move |text: &String| {
        let (field, text) = (field.clone(), text.clone());
        // Nothing offered is nothing lost: what is typed counts.
        async move { field_values(of, field, text).await.unwrap_or_default() }
    });
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let forget = move || {
        if let Some(Some(before)) = waiting.try_update_value(Option::take) {
            before.clear();
        }
    };
    let ask = move |text: String| {
        forget();
        let later = move || _ = asking.dispatch(text.clone());
        waiting.set_value(set_timeout_with_handle(later, PAUSE).ok());
    };
    on_cleanup(forget);
    let offered = move || {
        let all = asking.value().get().unwrap_or_default().into_iter();
        all.map(|value| view! { <option value=value></option> }).collect_view()
    };
    view! {
        <input
            class="input"
            type="text"
            name=name
            aria-label="Value"
            autocomplete="off"
            list=list.clone()
            dir="auto"
            value=value
            on:focus:target=move |ev| ask(ev.target().value())
            on:input:target=move |ev| {
                let text = ev.target().value();
                typed.run(text.clone());
                ask(text);
            }
        />
        <datalist id=list>{offered}</datalist>
    }
    .into_any()
}
