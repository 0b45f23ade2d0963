//! The notes about someone, among the facts.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::edit::Edit;
use super::history::History;
use super::prose::Prose;
use super::undo::Undo;
use crate::answers::{Transition, ask};
use crate::id::NoteId;
use crate::notes::api::{DeleteNote, ListNotes, PinNote, see_note_mentions};
use crate::notes::editor::Desk;
use crate::notes::{Note, Owner};
use crate::ui::{Section, TimeAgo, focus};

/// Pinned notes first, then the newest; each can be changed, pinned and deleted.
#[component]
pub fn NotesOf(
    /// Whom they are about.
    owner: Owner,
    /// Counts the changes; goes up here too.
    version: RwSignal<u32>,
) -> impl IntoView {
    let notes = ask(move || {
        version.track();
        ListNotes { owner }
    });
    let list = move || notes.get().and_then(Result::ok).map(|n| n.notes).unwrap_or_default();
    let more = move || notes.get().and_then(Result::ok).is_some_and(|n| n.more);
    let gone = RwSignal::new(None::<NoteId>);
    let changed = Callback::new(move |()| version.update(|n| *n += 1));
    see(owner, Signal::derive(list), changed);
    view! {
        <Section title="Notes">
            {move || gone.get().map(|note| view! { <p class="notice"><Undo note changed=Callback::new(move |()| { gone.set(None); changed.run(()) }) /></p> })}
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                <ul class="notes">
                    <For each=list key=|note| note.id let:note>
                        <NoteItem first=note list=Signal::derive(list) gone changed />
                    </For>
                </ul>
                {move || list().is_empty().then(|| view! { <p class="empty-text">"What your team should know is written here."</p> })}
                {move || more().then(|| view! { <p class="empty-text">"Older notes are in the stream."</p> })}
            </Transition>
        </Section>
    }
    .into_any()
}

/// Says that the viewer has looked at the notes that name them, as soon as somebody does.
fn see(owner: Owner, list: Signal<Vec<Note>>, changed: Callback<()>) {
    let looks = RwSignal::new(0_u32);
    Effect::new(move |_| {
        let heard = window_event_listener(leptos::ev::focus, move |_| looks.update(|n| *n += 1));
        on_cleanup(move || heard.remove());
    });
    Effect::new(move |_| {
        looks.track();
        if list.with(|notes| notes.iter().any(|n| n.names_you)) && focus::is_looked_at() {
            spawn_local(async move {
                // Where it does not arrive they are told again, no more.
                if see_note_mentions(owner, None).await.is_ok() {
                    changed.try_run(());
                }
            });
        }
    });
}

#[component]
fn NoteItem(
    first: Note,
    list: Signal<Vec<Note>>,
    gone: RwSignal<Option<NoteId>>,
    changed: Callback<()>,
) -> impl IntoView {
    let id = first.id;
    // The item stays while its note changes, so that what is typed in it is not lost.
    let note = Memo::new(move |_| {
        list.get().into_iter().find(|n| n.id == id).unwrap_or_else(|| first.clone())
    });
    let desk = Desk::new(id);
    // It is said until the page is left, not only until the server knows that it was seen.
    let named =
        Memo::new(move |before: Option<&bool>| before == Some(&true) || note.get().names_you);
    let delete = ServerAction::<DeleteNote>::new();
    let pin = ServerAction::<PinNote>::new();
    Effect::new(move |_| {
        if let Some(Ok(())) = delete.value().get() {
            gone.set(Some(id));
            changed.run(());
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(())) = pin.value().get() {
            changed.run(());
        }
    });
    let by = move || note.get().author.unwrap_or_else(|| "your product".into());
    let edited = move || {
        note.get().edited.map(|(by, stamp)| {
            let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
            view! {
                <span class="quiet">{format!("edited{by} ")} <TimeAgo stamp /></span>
            }
        })
    };
    view! {
        <li class="note" id=format!("note-{id}") data-pinned=move || note.get().pinned.then_some("on") data-together=move || desk.is_together().then_some("on")>
            <p class="part-meta">
                <strong dir="auto">{by}</strong>
                {move || view! { <TimeAgo stamp=note.get().at /> }}
                {move || note.get().pinned.then_some("Pinned")}
                {move || named.get().then(|| view! { <strong class="note-names-you">"Names you"</strong> })}
                {edited}
            </p>
            <Prose note changed />
            <div class="note-actions">
                <Edit note changed desk />
                <History note changed />
                <ActionForm action=pin>
                    <input type="hidden" name="note" value=id.to_string() />
                    <input type="hidden" name="pinned" value=move || (!note.get().pinned).to_string() />
                    <button class="link-button" type="submit">
                        {move || if note.get().pinned { "Unpin" } else { "Pin" }}
                    </button>
                </ActionForm>
                <ActionForm action=delete>
                    <input type="hidden" name="note" value=id.to_string() />
                    <button class="link-button" type="submit">
                        "Delete"
                    </button>
                </ActionForm>
            </div>
        </li>
    }
    .into_any()
}
