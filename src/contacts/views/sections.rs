//! The sections of facts, the same on a profile and beside a conversation.

use leptos::prelude::*;

use super::companies::Companies;
use super::data::Data;
use super::facts::{Events, Facts};
use super::place::Place;
use crate::contacts::Profile;
use crate::tags::views::Tags;

/// Tags, facts, companies, data, events and places of a person; `changed` is told when this page changed them.
#[component]
pub fn Sections(profile: Profile, changed: Callback<()>) -> impl IntoView {
    let contact = profile.contact.id;
    view! {
        <details class="facts" open>
            <summary>"Tags"</summary>
            <Tags contact tags=profile.tags known=profile.known_tags changed />
        </details>
        <Facts title="About" facts=profile.about />
        <Companies companies=profile.companies />
        <Data contact data=profile.data changed />
        <Events contact events=profile.events />
        <Place place=profile.place set_up=profile.places_known device=profile.device />
    }
    .into_any()
}
