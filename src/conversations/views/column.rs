//! A person's conversations among their facts.

use leptos::prelude::*;

use super::lines::LineList;
use crate::answers::{Transition, ask};
use crate::conversations::api::ContactConversations;
use crate::id::{ContactId, ConversationId};
use crate::ui::Section;

/// Every conversation with a person; `version` goes up when something about them changed.
#[component]
pub fn ConversationsOf(
    /// Whose.
    contact: ContactId,
    /// Counts the changes.
    version: RwSignal<u32>,
    /// The one that the page shows, which is left out of no list but marked.
    #[prop(optional)]
    current: Option<ConversationId>,
) -> impl IntoView {
    let lines = ask(move || {
        version.track();
        ContactConversations { contact }
    });
    let current = Signal::stored(current);
    view! {
        <Section title="Conversations">
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || {
                    lines
                        .get()
                        .and_then(Result::ok)
                        .map(|lines| {
                            if lines.is_empty() {
                                view! { <p class="empty-text">"Nothing was said so far."</p> }.into_any()
                            } else {
                                view! { <LineList lines current /> }.into_any()
                            }
                        })
                }}
            </Transition>
        </Section>
    }
    .into_any()
}
