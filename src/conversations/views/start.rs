//! Beginning a conversation from a profile.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::answers::shared;
use crate::conversations::api::StartConversation as Start;
use crate::id::ContactId;
use crate::ui::flash::{failure_of, use_typed};
use crate::ui::{fresh_id, in_field};

/// A field for the first message; sending it leads to the conversation.
#[component]
pub fn StartConversation(
    /// To whom.
    contact: ContactId,
    /// Their name.
    title: String,
) -> impl IntoView {
    let start = ServerAction::<Start>::new();
    let id = shared("start-id", fresh_id);
    let failure = failure_of(start);
    let label = format!("Message to {title}");
    view! {
        <ActionForm action=start attr:class="composer composer-open" attr:data-mode="reply">
            <input type="hidden" name="contact" value=contact.to_string() />
            <input type="hidden" name="client_id" value=id />
            <textarea
                name="body"
                aria-label=label.clone()
                placeholder=label
                rows="4"
                maxlength="100000"
                dir="auto"
                required
                autofocus
            >
                {in_field(use_typed("/do/start_conversation", "body"))}
            </textarea>
            {move || failure().map(|e| view! { <p class="notice error" role="alert">{e.sentence()}</p> })}
            <div class="composer-actions">
                <span class="quiet">"Waits until they open a page with your Messenger"</span>
                <a class="button small" href=format!("/contacts/{contact}")>
                    "Cancel"
                </a>
                <button class="button small primary" type="submit" disabled=move || start.pending().get()>
                    "Send"
                </button>
            </div>
        </ActionForm>
    }
    .into_any()
}
