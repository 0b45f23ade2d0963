//! The notes about someone, among the facts.

use std::collections::BTreeSet;

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::back::back;
use super::by::EditedBy;
use super::copying::CopyText;
use super::edit::Edit;
use super::gone::{Item, items, just_now, notice, remember};
use super::history::History;
use super::prose::Prose;
use super::seen::{SeenBy, look};
use super::undo::Undo;
use crate::answers::{Transition, ask};
use crate::id::NoteId;
use crate::live::{Topic, follow};
use crate::notes::api::{DeleteNote, ListNotes, NoteLooks, PinNote, see_note_mentions};
use crate::notes::editor::{Desk, Event};
use crate::notes::{Look, Note, Notes, Owner, Written};
use crate::ui::flash::{failure_of, use_typed};
use crate::ui::{Section, TimeAgo, focus, refused};

/// How many characters a line of a note has room for among the facts.
const WIDE: usize = 42;

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
    let gone = RwSignal::new(just_now(owner));
    let (written, last) = (RwSignal::new(BTreeSet::new()), StoredValue::new(Vec::new()));
    let shown = move || {
        let now = list();
        // A list that is full, or did not come, says nothing of those that are not in it.
        if matches!(notes.get(), Some(Ok(Notes { more: false, .. }))) {
            let before = last.get_value();
            written.with_untracked(|written| {
                gone.update_untracked(|gone| notice(gone, &before, &now, written));
            });
        }
        last.set_value(now.clone());
        written.with(|written| gone.with(|gone| items(now, gone, written)))
    };
    let delete = ServerAction::<DeleteNote>::new();
    let failure = failure_of(delete);
    let changed = Callback::new(move |()| version.update(|n| *n += 1));
    Effect::new(move |_| {
        // Before the answer: the note may be gone from the list when it comes.
        if let Some(DeleteNote { note, .. }) = delete.input().get() {
            gone.update(|gone| remember(gone, untrack(list), note));
            written.update(|written| _ = written.remove(&note));
            focus::land(format!("#note-{note}-gone button"));
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(())) = delete.value().get() {
            changed.run(());
        }
    });
    see(owner, Signal::derive(list), changed);
    let seen = RwSignal::new(0);
    let looks = ask(move || {
        seen.track();
        NoteLooks { owner }
    });
    follow(Topic::Looks(owner), seen, move || Some(looks.get()?.ok()?.seq));
    let ids = move || list().into_iter().map(|note| note.id).collect();
    look(Signal::derive(ids), "note");
    let looks_of = move |id| {
        let of = move || looks.get().and_then(Result::ok).map(|l| l.of(id)).unwrap_or_default();
        Signal::derive(of)
    };
    view! {
        <Section title="Notes">
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || failure().map(refused)}
                <ul class="notes">
                    <For each=shown key=Item::key let:item>
                        {match item {
                            Item::Note(note) => view! { <NoteItem looks=looks_of(note.id) first=*note list=Signal::derive(list) written delete changed /> }.into_any(),
                            Item::Gone(note) => view! { <li class="notice" id=format!("note-{note}-gone")><Undo note place=format!("#note-{note}") changed /></li> }.into_any(),
                        }}
                    </For>
                </ul>
                {move || shown().is_empty().then(|| view! { <p class="empty-text">"What your team should know is written here."</p> })}
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
    /// Who else has seen it.
    looks: Signal<Vec<Look>>,
    /// Those that are being written in here.
    written: RwSignal<BTreeSet<NoteId>>,
    delete: ServerAction<DeleteNote>,
    changed: Callback<()>,
) -> impl IntoView {
    let id = first.id;
    // The item stays while its note changes, so that what is typed in it is not lost.
    let note = Memo::new(move |_| {
        list.get().into_iter().find(|n| n.id == id).unwrap_or_else(|| first.clone())
    });
    let text = Memo::new(move |_| note.with(|note| Written::from(note)));
    let html = Memo::new(move |_| note.with(|note| note.html.clone()));
    let desk = Desk::new(id);
    Effect::new(move |before: Option<bool>| {
        let open = desk.open.get();
        if before.unwrap_or_default() != open {
            written.update(|all| _ = if open { all.insert(id) } else { all.remove(&id) });
        }
        open
    });
    let is_gone = RwSignal::new(false);
    Effect::new(move |before: Option<bool>| {
        let now = list.with(|notes| notes.iter().all(|n| n.id != id));
        if before != Some(now) {
            is_gone.set(now);
        }
        // What was typed and not taken meanwhile is sent once more.
        if before == Some(true) && !now {
            desk.say(Event::Connected);
        }
        now
    });
    // It is said until the page is left, not only until the server knows that it was seen.
    let named =
        Memo::new(move |before: Option<&bool>| before == Some(&true) || note.get().names_you);
    let pin = ServerAction::<PinNote>::new();
    let mine = use_typed("/do/pin_note", "note").is_some_and(|note| note == id.to_string());
    let failure = failure_of(pin);
    let failure = move || failure().filter(|_| mine || pin.value().get().is_some());
    Effect::new(move |_| {
        if let Some(Ok(())) = pin.value().get() {
            changed.run(());
        }
    });
    Effect::new(move |_| {
        // It moves to another place among the others.
        if pin.input().get().is_some() {
            focus::land(format!("#note-{id} .note-pin button"));
        }
    });
    let pinned = Signal::derive(move || note.get().pinned);
    let by = move || note.get().author.unwrap_or_else(|| "your product".into());
    let edited = move || {
        note.get().edited.map(|(names, stamp)| {
            view! {
                <span class="quiet">
                    <EditedBy names />
                    " "
                    <TimeAgo stamp />
                </span>
            }
        })
    };
    view! {
        <li class="note" id=format!("note-{id}") data-pinned=move || pinned.get().then_some("on") data-together=move || desk.is_together().then_some("on")>
            <p class="part-meta">
                <strong dir="auto">{by}</strong>
                {move || view! { <TimeAgo stamp=note.get().at /> }}
                {move || pinned.get().then_some("Pinned")}
                {move || named.get().then(|| view! { <strong class="note-names-you">"Names you"</strong> })}
                {edited}
                <SeenBy note=id looks />
            </p>
            <Prose note=text html changed cut_at=WIDE />
            {move || is_gone.get().then(|| view! { <div class="notice"><Undo note=id place=format!("#note-{id}") changed /></div> })}
            <div class="note-actions">
                <Edit note=text changed desk />
                {move || (!is_gone.get()).then(|| view! { <PinAndDelete id pinned pin delete /> })}
                <CopyText note=text />
                <History note=text looks changed place=format!("note-{id}") />
            </div>
            {move || failure().map(refused)}
        </li>
    }
    .into_any()
}

/// What is done with a whole note that is there.
#[component]
fn PinAndDelete(
    id: NoteId,
    pinned: Signal<bool>,
    pin: ServerAction<PinNote>,
    delete: ServerAction<DeleteNote>,
) -> impl IntoView {
    view! {
        <ActionForm action=pin attr:class="note-pin">
            <input type="hidden" name="note" value=id.to_string() />
            <input type="hidden" name="pinned" value=move || (!pinned.get()).to_string() />
            <button class="link-button" type="submit">
                {move || if pinned.get() { "Unpin" } else { "Pin" }}
            </button>
        </ActionForm>
        <ActionForm action=delete>
            <input type="hidden" name="note" value=id.to_string() />
            <input type="hidden" name="back" value=back(format!("#note-{id}-gone")) />
            <button class="link-button" type="submit">
                "Delete"
            </button>
        </ActionForm>
    }
    .into_any()
}
