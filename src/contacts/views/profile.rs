//! A person's profile: the stream beside what is known.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::asked::use_profile;
use super::header::ProfileHeader;
use super::sections::Sections;
use crate::answers::standing;
use crate::contacts::Profile;
use crate::conversations::views::StartConversation;
use crate::error::Error;
use crate::id::ContactId;
use crate::notes::Owner;
use crate::notes::views::NoteComposer;
use crate::stream::views::StreamOf;
use crate::ui::{Missing, lasting, use_id};

/// What this is a page of.
const WHAT: &str = "person";
/// Where all of them are.
const ALL: (&str, &str) = ("/people", "All people");

/// The page of one person, by the number in its address.
#[component]
pub fn ProfilePage() -> impl IntoView {
    let id = use_id::<ContactId>("/contacts/");
    move || match id.get() {
        Some(contact) => view! { <ProfileOf contact /> }.into_any(),
        None => view! { <Missing error=Error::NotFound what=WHAT all=ALL /> }.into_any(),
    }
}

#[component]
fn ProfileOf(contact: ContactId) -> impl IntoView {
    let (profile, version) = use_profile(contact);
    let again = Callback::new(move |()| version.update(|n| *n += 1));
    standing(
        profile,
        move |profile| view! { <Whole profile version /> }.into_any(),
        move |error| view! { <Missing error what=WHAT all=ALL again=Some(again) /> }.into_any(),
    )
}

#[component]
fn Whole(profile: Memo<Profile>, version: RwSignal<u32>) -> impl IntoView {
    // Who was merged is shown as whom they were merged into.
    let contact = profile.with_untracked(|p| p.contact.id);
    let query = use_query_map();
    let view = move || {
        if query.read().get("view").as_deref() == Some("facts") { "facts" } else { "stream" }
    };
    crate::ui::menu::tidy();
    let title = Memo::new(move |_| profile.with(|p| p.contact.title()));
    let composing = move || query.read().get("compose").as_deref() == Some("message");
    let refresh = Callback::new(move |()| version.update(|n| *n += 1));
    let standing = Memo::new(move |_| {
        let (archived, blocked) =
            profile.with(|p| (p.contact.archived_at.0 > 0, p.contact.blocked_at.0 > 0));
        match (archived, blocked) {
            (true, true) => Some("In the archive, and blocked: nothing they write is let in."),
            (true, false) => Some("In the archive: not in the list of people."),
            (false, true) => Some("Blocked: nothing they write is let in."),
            (false, false) => None,
        }
    });
    let standing = move || {
        standing.get().map(|text| view! { <p class="notice warn profile-standing">{text}</p> })
    };
    let tab = move |which: &'static str, word: &'static str| {
        let current = move || (view() == which).then_some("true");
        view! {
            <a href=format!("/contacts/{contact}?view={which}") aria-current=current>
                {word}
            </a>
        }
    };
    view! {
        <Title text=lasting(title) />
        <div class="profile" data-view=view>
            <crate::ui::KeptName name=title />
            <ProfileHeader profile changed=refresh />
            {standing}
            <nav class="profile-tabs" aria-label="Parts of the profile">
                {tab("stream", "Stream")}
                {tab("facts", "Facts")}
            </nav>
            <section class="profile-main" aria-label="Stream">
                {move || composing().then(|| view! { <StartConversation contact title=title.get_untracked() /> })}
                <NoteComposer owner=Owner::Contact(contact) changed=refresh />
                <StreamOf owner=Owner::Contact(contact) version />
            </section>
            <aside class="profile-side" aria-label="Facts">
                <Sections profile version changed=refresh />
            </aside>
        </div>
    }
    .into_any()
}
