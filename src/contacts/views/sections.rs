//! The sections of facts, the same on a profile and beside a conversation.

use leptos::prelude::*;

use super::companies::Companies;
use super::events::Events;
use super::place::Place;
use crate::attributes::views::Data;
use crate::contacts::Profile;
use crate::outbound::views::{MessagesOf, SubscriptionsOf};
use crate::owner::Owner;
use crate::segments::views::SegmentsOf;
use crate::tags::views::Tags;
use crate::ui::Facts;

/// A part of a profile, which changes only when that part does.
pub fn part<T>(profile: Memo<Profile>, of: fn(&Profile) -> T) -> Signal<T>
where
    T: PartialEq + Clone + Send + Sync + 'static,
{
    Memo::new(move |_| profile.with(of)).into()
}

/// Tags, segments, facts, companies, data, events and places of a person; `changed` is told when this page changed them.
/// Each stays as it is while others change, so that what is being typed is not lost.
#[component]
pub fn Sections(
    profile: Memo<Profile>,
    /// Goes up when something about them changed.
    version: RwSignal<u32>,
    changed: Callback<()>,
) -> impl IntoView {
    let contact = profile.with_untracked(|p| p.contact.id);
    let owner = Owner::Contact(contact);
    view! {
        <details class="facts" open>
            <summary>"Tags"</summary>
            <Tags
                owner
                tags=part(profile, |p| p.tags.clone())
                known=part(profile, |p| p.known_tags.clone())
                changed
            />
        </details>
        <SegmentsOf owner version />
        <MessagesOf owner version changed />
        <SubscriptionsOf contact version changed />
        <Facts title="About" facts=part(profile, |p| p.about.clone()) />
        <Companies companies=part(profile, |p| p.companies.clone()) />
        <Data owner data=part(profile, |p| p.data.clone()) changed />
        <Events contact events=part(profile, |p| p.events.clone()) />
        <Place
            place=part(profile, |p| p.place.clone())
            set_up=part(profile, |p| p.places_known)
            device=part(profile, |p| p.device.clone())
        />
    }
    .into_any()
}
