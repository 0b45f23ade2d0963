//! Who a conversation is with, beside it.

use leptos::prelude::*;

use super::sections::Sections;
use crate::contacts::api::contact_profile;
use crate::conversations::views::ConversationsOf;
use crate::id::{ContactId, ConversationId};
use crate::live::{Live, Topic};
use crate::notes::Owner;
use crate::notes::views::{NoteComposer, NotesOf};
use crate::ui::Avatar;

/// A narrow profile: the name, every section of facts, and the other conversations; all live and editable in place.
#[component]
pub fn ContactColumn(contact: ContactId, conversation: ConversationId) -> impl IntoView {
    let version = RwSignal::new(0);
    let profile = Resource::new(move || version.get(), move |_| contact_profile(contact));
    if let Some(live) = use_context::<Live>() {
        Effect::new(move |_| {
            if let Some(Ok(profile)) = profile.get() {
                live.follow(Topic::Contact(contact), profile.seq, version);
            }
        });
        on_cleanup(move || live.leave(Topic::Contact(contact)));
    }
    let changed = Callback::new(move |()| version.update(|n| *n += 1));
    view! {
        <a class="column-back" href=format!("/inbox/{conversation}")>
            "Conversation"
        </a>
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || {
                profile
                    .get()
                    .and_then(Result::ok)
                    .map(|profile| {
                        let title = profile.contact.title();
                        view! {
                            <a class="column-name" href=format!("/contacts/{contact}")>
                                <Avatar name=title.clone() seed=contact.0 />
                                <strong dir="auto">{title}</strong>
                            </a>
                            <Sections profile changed />
                        }
                    })
            }}
        </Transition>
        <NotesOf owner=Owner::Contact(contact) version />
        <NoteComposer owner=Owner::Contact(contact) changed />
        <ConversationsOf contact version current=conversation />
    }
    .into_any()
}
