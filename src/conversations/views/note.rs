//! A note among what was said, which any teammate writes in, and bringing one back.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::part::Quote;
use super::rows::{Row, What};
use super::state::ThreadState;
use crate::attachments::views::Files;
use crate::conversations::api::RestorePart;
use crate::conversations::{Part, PartKind};
use crate::id::{NoteId, PartId};
use crate::notes::Written;
use crate::notes::editor::{Desk, Event};
use crate::notes::views::{BringBack, CopyText, Edit, EditedBy, History, Prose, SeenBy, back};

/// A note for the team. It stays on the page while its text changes, so that whoever writes in it here goes on.
#[component]
pub fn NotePart(
    /// The note as it was when it came.
    first: Part,
    /// The rows of its thread, which have it as it is now.
    rows: Memo<Vec<Row>>,
    /// Whether it says who and when.
    head: bool,
    /// Its thread.
    state: ThreadState,
) -> impl IntoView {
    let id = first.id;
    let may_end = state.may_end(&first);
    // A note may keep its files alone.
    let required = first.files.is_empty();
    let (author, at, files) = (first.author.clone(), first.at.clone(), first.files.clone());
    let part = Memo::new(move |before: Option<&Part>| {
        let now = rows.with(|rows| rows.iter().find_map(|row| of_row(row, id).cloned()));
        now.or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
    });
    let text = Memo::new(move |_| {
        part.with(|p| Written { id: NoteId(id.0), body: p.body.clone(), version: p.version })
    });
    let desk = Desk::new(NoteId(id.0));
    Effect::new(move |before: Option<bool>| {
        let open = desk.open.get();
        if before.unwrap_or_default() != open {
            state.written.update(|all| _ = if open { all.insert(id) } else { all.remove(&id) });
        }
        open
    });
    let is_gone = Memo::new(move |_| part.with(|p| p.deleted));
    Effect::new(move |before: Option<bool>| {
        let now = is_gone.get();
        // What was typed and not taken meanwhile is sent once more.
        if before == Some(true) && !now {
            desk.say(Event::Connected);
        }
        now
    });
    let changed = Callback::new(move |()| state.version.update(|n| *n += 1));
    let html = Memo::new(move |_| part.with(|p| p.html.clone()));
    let edited = move || {
        part.with(edited).map(|names| {
            view! {
                <span>
                    <EditedBy names />
                </span>
            }
        })
    };
    let looks = move || state.looks.get().and_then(Result::ok);
    let looks = Signal::derive(move || looks().map(|l| l.of(NoteId(id.0))).unwrap_or_default());
    let quote = move |()| state.quote.set(Some((PartKind::Note, part.with(|p| p.body.clone()))));
    view! {
        <li
            class="part"
            id=format!("part-{id}")
            data-side="note"
            data-head=head.then_some("on")
            data-together=move || desk.is_together().then_some("on")
        >
            <p class="part-meta">
                <strong dir="auto">{author}</strong>
                "Note"
                <a href=format!("?part={id}#part-{id}") rel="external">
                    <time datetime=at.iso title=at.exact>
                        {at.clock}
                    </time>
                </a>
            </p>
            <Prose note=text html changed />
            {move || is_gone.get().then(|| view! {
                <div class="part-gone">
                    "Note deleted. "
                    {part.with(|p| state.may_return(p)).then(|| view! { <UndoNote part=id state /> })}
                </div>
            })}
            <Files files />
            <p class="part-edited">
                {edited}
                <SeenBy note=NoteId(id.0) looks />
            </p>
            <div class="part-actions">
                <Edit note=text changed desk required />
                <Quote quoted=Callback::new(quote) />
                {move || (may_end && !is_gone.get()).then(|| view! { <Delete id state /> })}
                <CopyText note=text />
                <History note=text looks changed place=format!("part-{id}") />
            </div>
        </li>
    }
    .into_any()
}

/// The part of a row, if it is this one.
fn of_row(row: &Row, id: PartId) -> Option<&Part> {
    match &row.what {
        What::Part(part) if part.id == id => Some(part),
        _ => None,
    }
}

/// Who changed a note last, nobody where that was its author; nothing where it was not changed.
fn edited(part: &Part) -> Option<Vec<String>> {
    (part.edited_at.0 > 0).then(|| part.edited_by.clone())
}

#[component]
fn Delete(id: PartId, state: ThreadState) -> impl IntoView {
    view! {
        <ActionForm action=state.delete>
            <input type="hidden" name="conversation" value=state.id.to_string() />
            <input type="hidden" name="part" value=id.to_string() />
            <input type="hidden" name="back" value=back(format!("#part-{id}")) />
            <button class="link-button" type="submit">
                "Delete"
            </button>
        </ActionForm>
    }
    .into_any()
}

/// The way back for a deleted note, which is open for 30 days.
#[component]
pub fn UndoNote(part: PartId, state: ThreadState) -> impl IntoView {
    let restore = ServerAction::<RestorePart>::new();
    let changed = Callback::new(move |()| state.version.update(|n| *n += 1));
    view! {
        <BringBack restore which=("part", part.to_string()) place=format!("#part-{part}") changed>
            <input type="hidden" name="conversation" value=state.id.to_string() />
        </BringBack>
    }
    .into_any()
}
