//! Beginning a conversation from a profile.

use leptos::html::Textarea;
use leptos::prelude::*;

use crate::answers::shared;
use crate::conversations::START;
use crate::id::ContactId;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{fresh_id, in_field, refused};

/// A field for the first message, with files; sending it leads to the conversation.
#[component]
pub fn StartConversation(
    /// To whom.
    contact: ContactId,
    /// Their name.
    title: String,
) -> impl IntoView {
    let id = shared("start-id", fresh_id);
    let failure = use_failure(START);
    let label = format!("Message to {title}");
    // What was uploaded before the message failed goes with it when it is sent again.
    let kept = use_typed(START, "files").unwrap_or_default();
    let count = kept.split(',').filter(|id| !id.is_empty()).count();
    let kept_words = match count {
        0 => None,
        1 => Some("The file that you attached is kept.".to_owned()),
        n => Some(format!("The {n} files that you attached are kept.")),
    };
    let sending = RwSignal::new(false);
    // A browser heeds `autofocus` in a page that it loads, not where a link of the page opened the form.
    let field = NodeRef::<Textarea>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            // A field that cannot take the focus leaves it where it is.
            let _ = field.focus();
        }
    });
    view! {
        <form
            class="composer composer-open"
            data-mode="reply"
            method="post"
            action=START
            enctype="multipart/form-data"
            on:submit=move |_| sending.set(true)
        >
            <input type="hidden" name="contact" value=contact.to_string() />
            <input type="hidden" name="client_id" value=id />
            <input type="hidden" name="files" value=kept />
            <textarea
                node_ref=field
                name="body"
                aria-label=label.clone()
                placeholder=label
                rows="4"
                maxlength="100000"
                dir="auto"
                autofocus
            >
                {in_field(use_typed(START, "body"))}
            </textarea>
            {failure.map(refused)}
            {kept_words.map(|words| view! { <p class="quiet">{words}</p> })}
            <div class="composer-actions">
                <input class="composer-files" type="file" name="file" multiple aria-label="Attach files" title="Attach files, at most 25 MB each" />
                <span class="quiet">"Waits until they open a page with your Messenger"</span>
                <a class="button small" href=format!("/contacts/{contact}")>
                    "Cancel"
                </a>
                <button class="button small primary" type="submit" disabled=sending>
                    "Send"
                </button>
            </div>
        </form>
    }
    .into_any()
}
