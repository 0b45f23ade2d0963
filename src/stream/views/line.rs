//! One line of a stream, and lines folded into one.

use leptos::prelude::*;

use crate::answers::kept;
use crate::notes::views::Undo;
use crate::owner::Owner;
use crate::stream::{Facet, Fold, Kind, Line};
use crate::ui::{Each, FactList, Icon, ShowAll, is_long};

/// How many characters a line of an entry's text has room for.
const WIDE: usize = 90;

/// Told when an entry changed something here.
#[derive(Clone, Copy)]
pub struct Changed(pub Callback<()>);

/// Lines of one kind in a row: one line that opens. It stays while newer ones join it.
#[component]
pub fn FoldView(
    /// The lines, as they are now.
    fold: Signal<Fold>,
    /// Whose stream it is.
    owner: Owner,
    /// The entry that the page was opened at.
    at: Signal<Option<i64>>,
) -> impl IntoView {
    let (icon, kind) = looks(fold.with_untracked(|fold| fold.newest.kind));
    let newest = kept(move || fold.with(|fold| fold.newest.clone()));
    let seq = move || fold.with(|fold| fold.newest.seq);
    // Made once: whoever has opened it has it open when another comes.
    let more = kept(move || fold.with(|fold| !fold.rest.is_empty()));
    let folded = move || more.get().then(|| view! { <Folded fold owner at /> });
    view! {
        <li class="entry" data-kind=kind id=move || entry_id(seq()) aria-current=move || meant(at, seq())>
            <span class="entry-icon">
                <Icon name=icon />
            </span>
            <div class="entry-body">
                <LineView line=newest owner />
                {folded}
            </div>
        </li>
    }
    .into_any()
}

/// The lines below the newest of a fold.
#[component]
fn Folded(fold: Signal<Fold>, owner: Owner, at: Signal<Option<i64>>) -> impl IntoView {
    let inside = move |at: i64| fold.with(|fold| fold.rest.iter().any(|line| line.seq == at));
    let inside = kept(move || at.get().is_some_and(inside));
    let rest = kept(move || fold.with(|fold| fold.rest.clone()));
    let one = move |line: Signal<Line>| {
        let seq = line.with_untracked(|line| line.seq);
        view! {
            <div class="entry-folded" id=entry_id(seq) aria-current=move || meant(at, seq)>
                <LineView line owner />
            </div>
        }
    };
    view! {
        <details class="entry-fold" open=move || inside.get()>
            <summary>{move || format!("and {} more", fold.with(|fold| fold.rest.len()))}</summary>
            <Each rows=rest key=|line: &Line| line.seq children=one />
        </details>
    }
    .into_any()
}

/// The sign of an entry, and the word for its colour.
fn looks(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Event => ("event", "event"),
        Kind::TagAdded | Kind::TagRemoved => ("tag", "tag"),
        Kind::AttributesChanged => ("change", "change"),
        Kind::ContactCreated | Kind::CompanyCreated => ("created", "created"),
        kind => match kind.facet() {
            Facet::Note => ("note", "note"),
            Facet::Conversation => ("message", "message"),
            Facet::Outbound => ("send", "message"),
            Facet::Event => ("people", "event"),
            Facet::Tag | Facet::Change | Facet::Segment => ("change", "change"),
        },
    }
}

fn meant(at: Signal<Option<i64>>, seq: i64) -> Option<&'static str> {
    (at.get() == Some(seq)).then_some("true")
}

/// What the element of an entry is called on the page.
pub(super) fn entry_id(seq: i64) -> String {
    format!("entry-{seq}")
}

/// One line, and the way back from it where there is one: that stays while what the line says is drawn anew.
#[component]
fn LineView(line: Signal<Line>, owner: Owner) -> impl IntoView {
    let told = kept(move || {
        let mut told = line.get();
        told.deleted = None;
        // It goes on by itself, and nobody reads it here.
        told.at.ago.clear();
        told
    });
    let deleted = kept(move || line.with(|line| Some((line.deleted?, line.seq))));
    let undo = move || {
        let (note, seq) = deleted.get()?;
        let changed = use_context::<Changed>();
        let changed = Callback::new(move |()| {
            if let Some(changed) = changed {
                changed.0.run(());
            }
        });
        // The entry stays, and on a phone the note is on another page.
        Some(view! { <Undo note place=format!("#{}", entry_id(seq)) changed /> })
    };
    view! {
        {move || view! { <Told line=told.get() owner /> }}
        {undo}
    }
    .into_any()
}

/// What a line says.
#[component]
fn Told(line: Line, owner: Owner) -> impl IntoView {
    // It leads there whatever has happened since, so that it can be sent to a teammate.
    let (base, seq) = (owner.href(), line.seq);
    let link = format!("{base}?view=stream&at={seq}#{}", entry_id(seq));
    let detail = (!line.detail.is_empty())
        .then(|| view! { <FactList facts=line.detail class="entry-detail" /> });
    let said = said(line.kind, line.actor, line.name);
    let word = if line.kind == Kind::EmailSent { "Message" } else { "Conversation" };
    let to = line.href.map(|href| {
        view! {
            <a class="entry-link" href=href>
                {word}
            </a>
        }
    });
    let long = is_long(&line.html, WIDE).then(|| view! { <ShowAll /> });
    let text = (!line.html.is_empty()).then(|| {
        view! {
            <div class="prose entry-text" dir="auto" inner_html=line.html></div>
            {long}
        }
    });
    let person = line.person.map(|(id, name)| {
        view! {
            <a class="entry-person" href=format!("/contacts/{id}") dir="auto">
                {name}
            </a>
            ": "
        }
    });
    view! {
        <div class="entry-line">
            <span>{person} {said} {to}</span>
            <a href=link>
                <time datetime=line.at.iso title=line.at.exact>
                    {line.at.clock}
                </time>
            </a>
        </div>
        {text}
        {detail}
    }
    .into_any()
}

/// What an entry says: who did what.
pub fn said(kind: Kind, actor: Option<String>, name: String) -> AnyView {
    let by_itself = actor.is_none();
    let who = actor.unwrap_or_else(|| "Your product".into());
    let nameless = name.is_empty();
    let name = view! { <strong dir="auto">{name}</strong> };
    match kind {
        Kind::Event => name.into_any(),
        Kind::TagAdded => view! { {who} " added the tag " {name} }.into_any(),
        Kind::TagRemoved => view! { {who} " removed the tag " {name} }.into_any(),
        Kind::AttributesChanged if by_itself => view! { {who} " sent data" }.into_any(),
        Kind::AttributesChanged => view! { {who} " changed data" }.into_any(),
        Kind::ContactCreated | Kind::CompanyCreated => "First heard of".into_any(),
        Kind::SessionStarted => "Came to the product".into_any(),
        Kind::ContactMerged => "A visitor turned out to be this person".into_any(),
        Kind::ContactArchived => view! { {who} " archived" }.into_any(),
        Kind::ContactUnarchived => view! { {who} " brought back from the archive" }.into_any(),
        Kind::ContactBlocked => view! { {who} " blocked" }.into_any(),
        Kind::ContactUnblocked => view! { {who} " unblocked" }.into_any(),
        Kind::CompanyChanged if by_itself => view! { {who} " sent data of the company" }.into_any(),
        Kind::CompanyChanged => view! { {who} " changed data of the company" }.into_any(),
        Kind::SegmentEntered => view! { "Entered " {name} }.into_any(),
        Kind::SegmentLeft => view! { "Left " {name} }.into_any(),
        Kind::CompanyHealthChanged => view! { "Turned " {name} }.into_any(),
        Kind::CompanyMerged => view! { {who} " merged " {name} " into this company" }.into_any(),
        Kind::CompanyJoined => view! { "Joined " {name} }.into_any(),
        Kind::CompanyLeft => view! { "Left " {name} }.into_any(),
        Kind::NoteAdded => view! { {who} " wrote a note" }.into_any(),
        Kind::NoteEdited => view! { {who} " edited a note" }.into_any(),
        Kind::NoteDeleted => view! { {who} " deleted a note" }.into_any(),
        Kind::NoteRestored => view! { {who} " brought back a note" }.into_any(),
        // In nobody's stream.
        Kind::NoteMentioned => view! { {who} " named a teammate in a note" }.into_any(),
        Kind::MessageSent if nameless => view! { {who} " wrote" }.into_any(),
        Kind::MessageSent => {
            view! { {who} "’s message " {name} " went out in the Messenger" }.into_any()
        }
        Kind::EmailSent => view! { {who} "’s message " {name} " went out by e-mail" }.into_any(),
        Kind::Subscribed if by_itself => view! { "Subscribed to " {name} }.into_any(),
        Kind::Subscribed => view! { {who} " subscribed them to " {name} }.into_any(),
        Kind::Unsubscribed if by_itself => view! { "Unsubscribed from " {name} }.into_any(),
        Kind::Unsubscribed => view! { {who} " unsubscribed them from " {name} }.into_any(),
        Kind::MessageReceived => "Wrote to the team".into_any(),
        Kind::ConversationClosed => view! { {who} " closed the conversation" }.into_any(),
        Kind::ConversationReopened => view! { {who} " opened the conversation again" }.into_any(),
        Kind::ConversationNoted => view! { {who} " wrote a note for the team" }.into_any(),
        Kind::ConversationNoteEdited => view! { {who} " edited a note for the team" }.into_any(),
        Kind::ConversationNoteDeleted => view! { {who} " deleted a note for the team" }.into_any(),
        Kind::ConversationNoteRestored => {
            view! { {who} " brought back a note for the team" }.into_any()
        }
        Kind::ConversationAssigned => {
            view! { {who} " gave the conversation to " {name} }.into_any()
        }
        Kind::ConversationTeamAssigned => {
            view! { {who} " gave the conversation to the team " {name} }.into_any()
        }
        Kind::ConversationSnoozed => {
            view! { {who} " put the conversation off until " {name} }.into_any()
        }
        Kind::ConversationWoken if by_itself => {
            "The conversation is open again: its time has come".into_any()
        }
        Kind::ConversationWoken => view! { {who} " opened the conversation again" }.into_any(),
        Kind::ConversationPrioritized => {
            view! { {who} " marked the conversation as priority" }.into_any()
        }
        Kind::ConversationUnprioritized => {
            view! { {who} " took the priority off the conversation" }.into_any()
        }
        Kind::ConversationTagged => view! { {who} " tagged the conversation " {name} }.into_any(),
        Kind::ConversationUntagged => {
            view! { {who} " took the tag " {name} " off the conversation" }.into_any()
        }
        Kind::Setting => view! { {who} " changed the settings" }.into_any(),
    }
}
