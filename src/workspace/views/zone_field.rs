//! Choosing a time zone.

use leptos::prelude::*;

/// A field called `time_zone` that suggests every zone. With a placeholder it may stay empty, which means that.
#[component]
pub fn ZoneField(
    /// Every zone, by name.
    zones: Vec<String>,
    /// What stands in it.
    value: String,
    /// What an empty field means.
    #[prop(optional)]
    placeholder: Option<String>,
    /// What is said under it.
    #[prop(optional)]
    hint: Option<&'static str>,
) -> impl IntoView {
    let zones = zones.into_iter().map(|zone| view! { <option value=zone></option> });
    let zones = zones.collect_view();
    view! {
        <div class="field">
            <label for="time_zone">"Time zone"</label>
            <input
                class="input"
                id="time_zone"
                name="time_zone"
                list="zones"
                autocomplete="off"
                maxlength="64"
                required=placeholder.is_none()
                placeholder=placeholder
                value=value
            />
            <datalist id="zones">{zones}</datalist>
            {hint.map(|hint| view! { <p class="hint">{hint}</p> })}
        </div>
    }
    .into_any()
}
