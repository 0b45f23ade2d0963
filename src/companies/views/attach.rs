//! Putting someone into a company by hand.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::companies::api::Attach as AttachTo;
use crate::id::CompanyId;
use crate::ui::flash::{failure_of, use_failure, use_typed};
use crate::ui::refused;

/// A field for an e-mail address or the customer's id of a person.
#[component]
pub fn Attach(company: CompanyId, changed: Callback<()>) -> impl IntoView {
    let attach = ServerAction::<AttachTo>::new();
    let failed = use_failure("/do/attach").is_some();
    let failure = failure_of(attach);
    Effect::new(move |_| {
        if let Some(Ok(())) = attach.value().get() {
            changed.run(());
        }
    });
    view! {
        <details class="menu" open=failed>
            <summary class="button">"Attach someone"</summary>
            <ActionForm action=attach attr:class="form menu-form">
                <input type="hidden" name="company" value=company.to_string() />
                <label class="field">
                    "E-mail address or user id"
                    <input class="input" name="who" maxlength="1000" autocomplete="off" required value=use_typed("/do/attach", "who") />
                </label>
                {move || failure().map(refused)}
                <button class="button primary small" type="submit">
                    "Attach"
                </button>
            </ActionForm>
        </details>
    }
    .into_any()
}
