//! The sections of facts, the same on a profile and beside a conversation, in the order of whoever looks at them.

use leptos::context::Provider;
use leptos::html::Div;
use leptos::prelude::*;

use super::arrange::{Arrange, Arranged};
use super::companies::Companies;
use super::edit::EditDetails;
use super::events::Events;
use super::place::Place;
use crate::attributes::views::Data;
use crate::contacts::{Profile, Section};
use crate::conversations::views::ConversationsOf;
use crate::id::ConversationId;
use crate::notes::views::{NoteComposer, NotesOf};
use crate::outbound::views::{MessagesOf, SubscriptionsOf};
use crate::owner::Owner;
use crate::segments::views::SegmentsOf;
use crate::tags::views::Tags;
use crate::ui::{self, FactList, Facts, place};

/// A part of a profile, which changes only when that part does.
pub fn part<T>(profile: Memo<Profile>, of: fn(&Profile) -> T) -> Signal<T>
where
    T: PartialEq + Clone + Send + Sync + 'static,
{
    Memo::new(move |_| profile.with(of)).into()
}

/// What the sections are about.
#[derive(Clone, Copy)]
struct About {
    profile: Memo<Profile>,
    version: RwSignal<u32>,
    changed: Callback<()>,
    conversation: Option<ConversationId>,
}

/// Every section of a person, each folded or open as the viewer keeps it; `changed` is told when this page changed them.
/// Each stays as it is while others change or move, so that what is being typed is not lost.
#[component]
pub fn Sections(
    profile: Memo<Profile>,
    /// Goes up when something about them changed.
    version: RwSignal<u32>,
    changed: Callback<()>,
    /// The conversation that they stand beside, which is written notes in as well.
    #[prop(optional)]
    conversation: Option<ConversationId>,
) -> impl IntoView {
    let about = About { profile, version, changed, conversation };
    let arranged = profile.with_untracked(|p| Arranged::new(p.arrangement.clone(), p.seq));
    let list = NodeRef::<Div>::new();
    // Made once, in the order of that moment. Later only their places in the page change: what is being typed in one, and
    // what it waits for, stays as it is.
    let sections = arranged.now.get_untracked().order().into_iter().map(|section| {
        view! {
            <div class="section" data-section=section.word()>
                <Provider value=arranged.fold(section)>{one(section, about)}</Provider>
            </div>
        }
    });
    let sections = sections.collect_view();
    Effect::new(move |_| {
        let order = arranged.now.get().order();
        if let Some(list) = list.get() {
            let words: Vec<_> = order.into_iter().map(Section::word).collect();
            place(&list, "data-section", &words);
        }
    });
    view! {
        <div class="sections" node_ref=list>
            {sections}
        </div>
        <Arrange arranged />
    }
    .into_any()
}

fn one(section: Section, about: About) -> AnyView {
    let About { profile, version, changed, conversation } = about;
    let contact = profile.with_untracked(|p| p.contact.id);
    let owner = Owner::Contact(contact);
    match section {
        Section::About => {
            let facts = part(profile, |p| p.about.clone());
            // On a profile its menu has the form.
            match conversation {
                None => view! { <Facts title="About" facts /> }.into_any(),
                Some(_) => view! {
                    <ui::Section title="About">
                        {move || view! { <FactList facts=facts.get() /> }}
                        <EditDetails profile changed />
                    </ui::Section>
                }
                .into_any(),
            }
        }
        Section::Companies => {
            let companies = part(profile, |p| p.companies.clone());
            view! { <Companies contact companies beside=conversation.is_some() changed /> }
                .into_any()
        }
        Section::Notes => {
            let write = conversation.map(|_| view! { <NoteComposer owner changed /> });
            view! {
                <NotesOf owner version />
                {write}
            }
            .into_any()
        }
        Section::Tags => view! {
            <ui::Section title="Tags">
                <Tags
                    owner
                    tags=part(profile, |p| p.tags.clone())
                    known=part(profile, |p| p.known_tags.clone())
                    changed
                />
            </ui::Section>
        }
        .into_any(),
        Section::Data => {
            view! { <Data owner data=part(profile, |p| p.data.clone()) changed /> }.into_any()
        }
        Section::Segments => view! { <SegmentsOf owner version /> }.into_any(),
        Section::Conversations => match conversation {
            Some(current) => view! { <ConversationsOf contact version current /> }.into_any(),
            None => view! { <ConversationsOf contact version /> }.into_any(),
        },
        Section::Events => {
            view! { <Events contact events=part(profile, |p| p.events.clone()) /> }.into_any()
        }
        Section::Messages => view! { <MessagesOf owner version changed /> }.into_any(),
        Section::Subscriptions => view! { <SubscriptionsOf contact version changed /> }.into_any(),
        Section::Places => view! {
            <Place
                place=part(profile, |p| p.place.clone())
                local_time=part(profile, |p| p.local_time.clone())
                credits=part(profile, |p| p.credits.clone())
                set_up=part(profile, |p| p.places_known)
                device=part(profile, |p| p.device.clone())
            />
        }
        .into_any(),
    }
}
