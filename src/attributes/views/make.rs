//! Making an attribute before any value arrives.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::attributes::DataType;
use crate::attributes::api::MakeAttribute;
use crate::ui::flash::{failure_of, use_failure, use_typed};
use crate::ui::{in_field, refused};

/// A form in a part that opens: of what, name, type and meaning.
#[component]
pub fn Make(
    /// Called when one was made.
    changed: Callback<()>,
) -> impl IntoView {
    let path = "/do/make_attribute";
    let make = ServerAction::<MakeAttribute>::new();
    let input = NodeRef::<leptos::html::Input>::new();
    let open = use_failure(path).is_some();
    let failure = failure_of(make);
    Effect::new(move |_| {
        if let Some(Ok(())) = make.value().get() {
            if let Some(field) = input.get_untracked() {
                field.set_value("");
            }
            changed.run(());
        }
    });
    let chosen = move |name: &str, value: &str| use_typed(path, name).as_deref() == Some(value);
    let types = DataType::ALL.iter().map(|t| {
        view! { <option value=t.word() selected=chosen("data_type", t.word())>{t.said()}</option> }
    });
    let types = types.collect_view();
    view! {
        <details class="ask" open=open>
            <summary class="button small">"New attribute"</summary>
            <ActionForm action=make attr:class="form">
                {move || failure().map(refused)}
                <div class="field">
                    <label for="new-subject">"Of"</label>
                    <select class="input" id="new-subject" name="subject">
                        <option value="contact">"People"</option>
                        <option value="company" selected=chosen("subject", "company")>
                            "Companies"
                        </option>
                    </select>
                </div>
                <div class="field">
                    <label for="new-name">"Name, as your product sends it"</label>
                    <input node_ref=input class="input" id="new-name" name="name" maxlength="190" required value=use_typed(path, "name") />
                </div>
                <div class="field">
                    <label for="new-type">"Type"</label>
                    <select class="input" id="new-type" name="data_type">
                        {types}
                    </select>
                    <p class="hint">"Values that do not fit are refused."</p>
                </div>
                <div class="field">
                    <label for="new-description">"Description"</label>
                    <input class="input" id="new-description" name="description" maxlength="1000" value=use_typed(path, "description") />
                </div>
                <div class="field">
                    <label for="new-options">"Choices of a text, one a line"</label>
                    <textarea class="input" id="new-options" name="options" rows="2">
                        {in_field(use_typed(path, "options").unwrap_or_default())}
                    </textarea>
                    <p class="hint">"Teammates choose one of them. Empty lets them write what they like."</p>
                </div>
                <div class="form-actions">
                    <button class="button primary small" type="submit">
                        "Make it"
                    </button>
                </div>
            </ActionForm>
        </details>
    }
    .into_any()
}
