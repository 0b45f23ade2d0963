//! Beginning a conversation from a profile.

use leptos::ev::Event;
use leptos::html::Textarea;
use leptos::prelude::*;

use crate::answers::{ask, now, shared};
use crate::attachments::api::FileRules;
use crate::attachments::{LARGEST, named};
use crate::conversations::START;
use crate::id::{ContactId, TeammateId};
use crate::teammates::Viewer;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{draft, fresh_id, in_field, refused, upload};

/// A field for the first message, with files; sending it leads to the conversation. What is typed is kept until it is sent.
#[component]
pub fn StartConversation(
    /// To whom.
    contact: ContactId,
    /// Their name.
    title: String,
) -> impl IntoView {
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
    let desk = Desk::new(contact);
    let wrong = RwSignal::new(None::<String>);
    view! {
        <form
            class="composer composer-open"
            data-mode="reply"
            method="post"
            action=START
            enctype="multipart/form-data"
            on:submit=move |_| desk.sent()
        >
            <input type="hidden" name="contact" value=contact.to_string() />
            <input type="hidden" name="client_id" value=desk.id.get_untracked() prop:value=move || desk.id.get() />
            <input type="hidden" name="files" value=kept />
            <textarea
                node_ref=desk.field
                name="body"
                aria-label=label.clone()
                placeholder=label
                rows="4"
                maxlength="100000"
                dir="auto"
                autofocus
                on:input:target=move |event| desk.typed(&event.target().value())
            >
                {in_field(use_typed(START, "body"))}
            </textarea>
            {failure.map(refused)}
            {move || {
                desk.braces.get().then(|| {
                    view! {
                        <p class="notice warn" role="status">
                            "What stands in braces is not filled in here: they would read it as it stands."
                        </p>
                    }
                })
            }}
            {move || wrong.get().map(|words| view! { <p class="notice error" role="alert" dir="auto">{words}</p> })}
            {kept_words.map(|words| view! { <p class="quiet">{words}</p> })}
            <p class="hint">
                "Sent as it is written. "
                <a href=format!("/outbound/new?people={contact}")>"Use variables and see a preview"</a>
                ", or send a post or an e-mail there."
            </p>
            <div class="composer-actions">
                <Attach wrong />
                <span class="quiet">"Waits until they open a page with your Messenger"</span>
                <a class="button small" href=format!("/contacts/{contact}")>
                    "Cancel"
                </a>
                <button class="button small primary" type="submit" disabled=desk.sending>
                    "Send"
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// What is being written.
#[derive(Clone, Copy)]
struct Desk {
    field: NodeRef<Textarea>,
    /// The id that makes it one message, however often it is sent.
    id: RwSignal<String>,
    sending: RwSignal<bool>,
    /// Whether it has what looks like a variable.
    braces: RwSignal<bool>,
    /// Whether the page was shown once more, perhaps after it was sent.
    back: StoredValue<bool>,
    /// Theirs alone who typed.
    draft: StoredValue<String>,
}

impl Desk {
    fn new(contact: ContactId) -> Self {
        let me =
            use_context::<Option<Viewer>>().flatten().map_or(TeammateId(0), |viewer| viewer.id);
        let desk = Self {
            field: NodeRef::new(),
            id: RwSignal::new(shared("start-id", fresh_id)),
            sending: RwSignal::new(false),
            braces: RwSignal::new(use_typed(START, "body").is_some_and(|text| asks(&text))),
            back: StoredValue::new(false),
            draft: StoredValue::new(format!("start-{contact}-by-{me}")),
        };
        Effect::new(move |_| {
            let Some(field) = desk.field.get() else { return };
            if let Some(text) = desk.draft.with_value(|name| draft::kept(name))
                && field.value().is_empty()
            {
                field.set_value(&text);
            }
            desk.braces.set(asks(&field.value()));
            // A browser heeds `autofocus` in a page that it loads, not where a link of the page opened the form. A field that
            // cannot take the focus leaves it where it is.
            let _ = field.focus();
        });
        // A page that the way back leads to is as it was left: sent, or on its way when the network was lost.
        let shown = window_event_listener_untyped("pageshow", move |_| {
            desk.back.try_set_value(true);
            desk.sending.try_set(false);
        });
        on_cleanup(move || shown.remove());
        desk
    }

    fn typed(self, text: &str) {
        self.draft.with_value(|name| draft::keep(name, text));
        let asks = asks(text);
        if self.braces.get_untracked() != asks {
            self.braces.set(asks);
        }
        // Other words under the id of what was sent would be taken for the same.
        if self.back.get_value() {
            self.back.set_value(false);
            self.id.set(fresh_id());
        }
    }

    fn sent(self) {
        self.sending.set(true);
        self.draft.with_value(|name| draft::forget(name));
    }
}

/// Whether a text has what elsewhere is a variable.
fn asks(text: &str) -> bool {
    text.split("{{").skip(1).any(|rest| rest.contains("}}"))
}

/// The field of files. What the server would refuse is said before it is sent there: the form would take it all along.
#[component]
fn Attach(wrong: RwSignal<Option<String>>) -> impl IntoView {
    let rules = ask(|| FileRules {});
    let choose = move |event: Event| {
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
    view! {
        <input
            class="composer-files"
            type="file"
            name="file"
            multiple
            aria-label="Attach files"
            title="Attach files, at most 25 MB each; no programs"
            on:change=choose
        />
    }
    .into_any()
}
