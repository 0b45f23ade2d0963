//! Who a conversation is with, beside it.

use leptos::prelude::*;

use super::asked::use_profile;
use super::sections::Sections;
use crate::answers::standing;
use crate::contacts::Profile;
use crate::id::{ContactId, ConversationId};
use crate::ui::{Avatar, refused};

/// A narrow profile: the name, every section of facts, and the other conversations; all live and editable in place.
#[component]
pub fn ContactColumn(
    contact: ContactId,
    conversation: ConversationId,
    /// Where the conversation is in the list that it was opened from.
    back: Signal<String>,
) -> impl IntoView {
    let (profile, version) = use_profile(contact);
    let changed = Callback::new(move |()| version.update(|n| *n += 1));
    view! {
        <a class="column-back" href=back>
            "Conversation"
        </a>
        {standing(
            profile,
            move |profile| view! { <Column profile version changed conversation /> }.into_any(),
            |error| refused(error).into_any(),
        )}
    }
    .into_any()
}

#[component]
fn Column(
    profile: Memo<Profile>,
    version: RwSignal<u32>,
    changed: Callback<()>,
    conversation: ConversationId,
) -> impl IntoView {
    // Who was merged is shown as whom they were merged into.
    let contact = profile.with_untracked(|p| p.contact.id);
    let title = Memo::new(move |_| profile.with(|p| p.contact.title()));
    let picture = Memo::new(move |_| profile.with(|p| p.picture.clone()));
    view! {
        <a class="column-name" href=format!("/contacts/{contact}")>
            {move || view! { <Avatar name=title.get() seed=contact.0 picture=picture.get() /> }}
            <strong dir="auto">{title}</strong>
        </a>
        <Sections profile version changed conversation />
    }
    .into_any()
}
