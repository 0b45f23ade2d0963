//! Something said that the server does not have yet.

use leptos::prelude::*;

use super::state::ThreadState;
use crate::attachments::views::Files;
use crate::conversations::PartKind;
use crate::conversations::outbox::{Entry, Outbox};
use crate::error::Error;

/// The text as it was typed, and how it stands: being sent, or not sent with why and what to do. What is taken back is in the field
/// again, so that nothing that was written is lost.
#[component]
pub fn WaitingView(entry: Entry, state: ThreadState) -> impl IntoView {
    let item = entry.item;
    let side = if item.kind == PartKind::Note { "note" } else { "out" };
    let id = StoredValue::new(item.client_id);
    let outbox = use_context::<Outbox>();
    let retry = move |_| {
        if let Some(outbox) = outbox {
            outbox.retry(&id.get_value());
        }
    };
    let take_back = move |_| {
        let item = outbox.and_then(|outbox| outbox.take_back(&id.get_value()));
        state.back.set(item);
    };
    let failed = entry.failed.clone();
    let status = match entry.failed {
        None => view! { <p class="part-state">"Sending"</p> }.into_any(),
        Some(error) => {
            let why = match error {
                Error::Unreachable => "It is sent when the connection is back.".to_owned(),
                Error::Unauthorized => {
                    "You are signed out. It is kept here: sign in to send it.".to_owned()
                }
                other => other.sentence(),
            };
            view! {
                <p class="part-state" role="status">
                    <strong>"Not sent. "</strong>
                    {why}
                    <button class="link-button" type="button" on:click=retry>
                        "Try again"
                    </button>
                    <button class="link-button" type="button" title="Puts it into the field again" on:click=take_back>
                        "Take back"
                    </button>
                </p>
            }
            .into_any()
        }
    };
    view! {
        <li class="part" data-side=side data-state=if failed.is_some() { "failed" } else { "sending" }>
            <p class="part-plain" dir="auto">
                {item.body}
            </p>
            <Files files=item.files />
            {status}
        </li>
    }
    .into_any()
}
