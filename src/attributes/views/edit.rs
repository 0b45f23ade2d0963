//! Describing an attribute.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::attributes::api::DescribeAttribute;
use crate::attributes::{Attribute, DataType};
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{in_field, refused};

/// What people read, what it means, and who may write it.
#[component]
pub fn Edit(
    /// The attribute.
    first: Attribute,
    /// The form's action, shared by all rows.
    describe: ServerAction<DescribeAttribute>,
    /// Whether this form just failed without scripts, so that it shows what was typed.
    again: bool,
) -> impl IntoView {
    let id = first.id;
    let path = "/do/describe_attribute";
    let before = again.then(|| use_failure(path)).flatten();
    // The action keeps what it sent last: its failure is shown where it was typed.
    let sent = RwSignal::new(None);
    Effect::new(move |_| {
        if let Some(input) = describe.input().get() {
            sent.set(Some(input.attribute));
        }
    });
    let failure = move || match describe.value().get() {
        Some(Err(error)) => (sent.get() == Some(id)).then_some(error),
        Some(Ok(())) => None,
        None => before.clone(),
    };
    let typed = move |name: &str, kept: String| {
        again.then(|| use_typed(path, name)).flatten().unwrap_or(kept)
    };
    let may = move |name: &'static str, words: &'static str, kept: bool| {
        let checked = if again { use_typed(path, name).is_some() } else { kept };
        view! {
            <label class="check">
                <input type="checkbox" name=name value="true" checked=checked />
                <span>{words}</span>
            </label>
        }
    };
    let (label_id, words_id) = (format!("label-{id}"), format!("description-{id}"));
    let choices = (first.data_type == DataType::String).then(|| {
        let id = format!("options-{id}");
        view! {
            <div class="field">
                <label for=id.clone()>"Choices, one a line"</label>
                <textarea class="input" id=id name="options" rows="3">
                    {in_field(typed("options", first.options.join("\n")))}
                </textarea>
                <p class="hint">"Teammates choose one of them. What your product sends is kept as it is. Empty lets teammates write what they like."</p>
            </div>
        }
    });
    view! {
        <ActionForm action=describe attr:class="form">
            {move || failure().map(refused)}
            <input type="hidden" name="attribute" value=id.to_string() />
            <div class="field">
                <label for=label_id.clone()>"Label"</label>
                <input class="input" id=label_id name="label" maxlength="190" value=typed("label", first.label) />
                <p class="hint">"What people read. Your product goes on sending " <code>{first.name}</code> "."</p>
            </div>
            <div class="field">
                <label for=words_id.clone()>"Description"</label>
                <textarea class="input" id=words_id name="description" maxlength="1000" rows="2">
                    {in_field(typed("description", first.description))}
                </textarea>
            </div>
            {choices}
            <fieldset class="field">
                <legend>"Who may write it"</legend>
                {may("api", "Your product, by the APIs and files", first.api_writable)}
                {may("messenger", "The Messenger, in a visitor's browser", first.messenger_writable)}
                {may("ui", "Teammates, on a profile", first.ui_writable)}
            </fieldset>
            <div class="form-actions">
                <button class="button primary small" type="submit">
                    "Save"
                </button>
            </div>
        </ActionForm>
    }
    .into_any()
}
