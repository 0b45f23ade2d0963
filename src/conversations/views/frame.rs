//! What stands in a thread's place until it is there.

use leptos::prelude::*;

use super::shared::Inbox;
use crate::id::ConversationId;

/// The bar of the thread with what its row in the list says already, and room for what was said.
#[component]
pub fn ThreadFrame(id: ConversationId) -> impl IntoView {
    let inbox = expect_context::<Inbox>();
    let title = inbox.pages.with_untracked(|pages| pages.line(id).map(|line| line.title.clone()));
    let back = inbox.filter.get_untracked().address(None);
    view! {
        <div class="thread-frame" aria-busy="true">
            <header class="thread-bar">
                <a class="thread-back" href=back>
                    "Inbox"
                </a>
                <p dir="auto">{title}</p>
            </header>
            <div class="thread-room">
                <div class="skeleton"></div>
            </div>
        </div>
    }
    .into_any()
}
