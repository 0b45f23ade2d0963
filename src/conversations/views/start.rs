//! Beginning a conversation from a profile.

use leptos::html::Textarea;
use leptos::prelude::*;

use crate::answers::{ask, now, shared};
use crate::attachments::api::FileRules;
use crate::attachments::{LARGEST, named};
use crate::conversations::START;
use crate::id::ContactId;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{fresh_id, in_field, refused, upload};

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
    // What the server would refuse is said before it is sent there: the form would take it all along.
    let rules = ask(|| FileRules {});
    let wrong = RwSignal::new(None::<String>);
    let choose = move |event: leptos::ev::Event| {
        let own = now(&rules).map(|setup| setup.rules.refused);
        let refusal = upload::held(&event).into_iter().find_map(|file| {
            let why = match named(own.as_deref(), &file.name()) {
                Err(error) => error.sentence(),
                Ok(()) if file.size() > LARGEST as f64 => "The file is larger than 25 MB.".into(),
                Ok(()) => return None,
            };
            Some(format!("{} was not attached. {why}", file.name()))
        });
        if refusal.is_some() {
            // It goes with everything that was chosen: a field gives up all or nothing.
            upload::chosen(&event);
        }
        wrong.set(refusal);
    };
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
            {move || wrong.get().map(|words| view! { <p class="notice error" role="alert" dir="auto">{words}</p> })}
            {kept_words.map(|words| view! { <p class="quiet">{words}</p> })}
            <div class="composer-actions">
                <input
                    class="composer-files"
                    type="file"
                    name="file"
                    multiple
                    aria-label="Attach files"
                    title="Attach files, at most 25 MB each; no programs"
                    on:change=choose
                />
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
