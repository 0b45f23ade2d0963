//! Putting a person into a company, from their own page.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::answers::{Transition, ask_if};
use crate::companies::api::AttachTo;
use crate::id::ContactId;
use crate::people::api::PeopleFirms;
use crate::ui::flash::{failure_of, use_failure, use_typed};
use crate::ui::{refused, use_later};

/// A field for the name or the id of a company, with those suggested that begin with what is typed.
#[component]
pub fn AttachToCompany(contact: ContactId, changed: Callback<()>) -> impl IntoView {
    let attach = ServerAction::<AttachTo>::new();
    let failed = use_failure("/do/attach_to").is_some();
    let failure = failure_of(attach);
    let field = NodeRef::<leptos::html::Input>::new();
    Effect::new(move |_| {
        if let Some(Ok(())) = attach.value().get() {
            if let Some(field) = field.get_untracked() {
                field.set_value("");
            }
            changed.run(());
        }
    });
    let typed = RwSignal::new(String::new());
    let later = use_later();
    let found = ask_if(move || {
        let begin = typed.get();
        (!begin.trim().is_empty()).then_some(PeopleFirms { begin })
    });
    let names = move || found.get().and_then(Result::ok).flatten().unwrap_or_default();
    let options = move || {
        names().into_iter().map(|name| view! { <option value=name></option> }).collect_view()
    };
    view! {
        <details class="fact-add" open=failed>
            <summary>"Attach to a company"</summary>
            <ActionForm action=attach attr:class="tag-form">
                <input type="hidden" name="contact" value=contact.to_string() />
                <input
                    node_ref=field
                    class="input"
                    name="company"
                    list="companies-to-join"
                    aria-label="Name or id of a company"
                    placeholder="Name or id of a company"
                    maxlength="1000"
                    autocomplete="off"
                    required
                    value=use_typed("/do/attach_to", "company")
                    on:input:target=move |ev| {
                        let text = ev.target().value();
                        later.run(move || _ = typed.try_set(text));
                    }
                />
                <datalist id="companies-to-join">
                    <Transition>{options}</Transition>
                </datalist>
                <button class="button small" type="submit">
                    "Attach"
                </button>
            </ActionForm>
            {move || failure().map(refused)}
        </details>
    }
    .into_any()
}
