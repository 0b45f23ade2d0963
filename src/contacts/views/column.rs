//! Who a conversation is with, beside it.

use leptos::prelude::*;

use super::asked::use_profile;
use super::sections::Sections;
use crate::answers::{Transition, kept, now};
use crate::contacts::Profile;
use crate::id::{ContactId, ConversationId};
use crate::ui::Avatar;

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
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {
                let there = kept(move || profile.get().is_some_and(|p| p.is_ok()));
                let latest = Memo::new(move |_| profile.get().and_then(Result::ok));
                move || there.get().then(|| now(&profile)).flatten().map(|first| view! { <Column first latest version changed conversation /> })
            }
        </Transition>
    }
    .into_any()
}

#[component]
fn Column(
    first: Profile,
    latest: Memo<Option<Profile>>,
    version: RwSignal<u32>,
    changed: Callback<()>,
    conversation: ConversationId,
) -> impl IntoView {
    let contact = first.contact.id;
    let profile = Memo::new(move |_| latest.get().unwrap_or_else(|| first.clone()));
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
