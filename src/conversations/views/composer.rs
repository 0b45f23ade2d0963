//! Writing to a person, or for the team.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::web_sys::KeyboardEvent;

use crate::conversations::PartKind;
use crate::conversations::api::Say;
use crate::id::ConversationId;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{focus, fresh_id};

/// A field for a reply or for a note, told apart by colour and word; Ctrl or Cmd with Enter sends.
#[component]
pub fn Composer(
    /// Where it is said.
    conversation: ConversationId,
    /// A message to the person, or a note for the team.
    kind: PartKind,
    /// Called when something was said.
    said: Callback<()>,
) -> impl IntoView {
    let say = ServerAction::<Say>::new();
    let first = SharedValue::new(fresh_id).into_inner();
    let id = RwSignal::new(first);
    let field = NodeRef::<leptos::html::Textarea>::new();
    // A failed form belongs to the composer of its kind.
    let mine = use_typed("/do/say", "kind").as_deref() == Some(kind.word());
    let before = use_failure("/do/say").filter(|_| mine);
    let typed = use_typed("/do/say", "body").filter(|_| mine);
    let failure = move || match say.value().get() {
        Some(Err(error)) => Some(error),
        Some(Ok(())) => None,
        None => before.clone(),
    };
    Effect::new(move |_| {
        if let Some(Ok(())) = say.value().get() {
            id.set(fresh_id());
            if let Some(field) = field.get_untracked() {
                field.set_value("");
            }
            said.run(());
        }
    });
    let (label, word, mode, hint) = match kind {
        PartKind::Message => {
            ("Reply", "Reply", "reply", "Waits until the Messenger or e-mail carries it")
        }
        PartKind::Note => ("Note for the team", "Add note", "note", "Only your team sees this"),
    };
    let sends = move |key: KeyboardEvent| {
        if key.key() == "Enter" && (key.ctrl_key() || key.meta_key()) {
            key.prevent_default();
            focus::submit(field);
        }
    };
    view! {
        <ActionForm action=say attr:class="composer" attr:data-mode=mode>
            <input type="hidden" name="conversation" value=conversation.to_string() />
            <input type="hidden" name="kind" value=kind.word() />
            <input type="hidden" name="client_id" prop:value=move || id.get() value=id.get_untracked() />
            <textarea
                node_ref=field
                id=format!("compose-{mode}")
                name="body"
                aria-label=label
                placeholder=label
                rows="1"
                maxlength="100000"
                dir="auto"
                required
                on:keydown=sends
            >
                {typed}
            </textarea>
            {move || failure().map(|e| view! { <p class="notice error" role="alert">{e.sentence()}</p> })}
            <div class="composer-actions">
                <span class="quiet">{hint}</span>
                <button class="button small" class:primary=kind == PartKind::Message type="submit" disabled=move || say.pending().get()>
                    {word}
                </button>
            </div>
        </ActionForm>
    }
    .into_any()
}
