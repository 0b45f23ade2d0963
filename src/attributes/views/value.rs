//! The field in which a value is changed.

use leptos::prelude::*;

/// Text, or a choice where there is something to choose from. A value that is none of the choices stays until another is
/// chosen.
#[component]
pub fn ValueField(
    /// What it is called.
    label: String,
    /// What it is.
    text: String,
    /// What there is to choose from; nothing lets people write what they like.
    options: Vec<String>,
) -> impl IntoView {
    if options.is_empty() {
        return view! { <input class="input" name="value" aria-label=label value=text /> }
            .into_any();
    }
    let other = Some(text.clone()).filter(|text| !text.is_empty() && !options.contains(text));
    let all = other.into_iter().chain(options).map(|option| {
        let chosen = option == text;
        view! {
            <option value=option.clone() selected=chosen>
                {option.clone()}
            </option>
        }
    });
    view! {
        <select class="input" name="value" aria-label=label>
            <option value="">"Not set"</option>
            {all.collect_view()}
        </select>
    }
    .into_any()
}
