//! The parts of a thread, with what leads to the others.

use leptos::prelude::*;

use super::happened::HappenedView;
use super::note::NotePart;
use super::part::PartView;
use super::rows::{Row, What};
use super::state::ThreadState;
use super::waiting::WaitingView;
use crate::conversations::PartKind;
use crate::id::NoteId;
use crate::notes::views::look;
use crate::ui::refused;

/// Everything that is loaded, in order. Older and newer parts come on request; nothing moves while someone reads.
#[component]
pub fn PartList(state: ThreadState) -> impl IntoView {
    let rows = state.rows();
    let notes = move || {
        let note = |row: &Row| match &row.what {
            What::Part(part) if part.kind == PartKind::Note && !part.deleted => {
                Some(NoteId(part.id.0))
            }
            _ => None,
        };
        rows.with(|rows| rows.iter().filter_map(note).collect())
    };
    look(Signal::derive(notes), "part");
    let first = move || {
        rows.with(|rows| {
            rows.iter().find_map(|row| match &row.what {
                What::Part(part) => Some(part.id),
                What::Happened(_) | What::Waiting(_) => None,
            })
        })
    };
    let earlier = move || {
        state.earlier().then(|| {
            let href = first().map(|part| format!("?part={part}"));
            view! {
                <a
                    class="button small thread-run"
                    href=href
                    rel="external"
                    on:click=move |click| {
                        click.prevent_default();
                        state.load_earlier();
                    }
                >
                    "Earlier"
                </a>
            }
        })
    };
    let later = move || {
        state.later().then(|| {
            view! {
                <button class="button small thread-run" type="button" on:click=move |_| state.load_later()>
                    "Later"
                </button>
            }
        })
    };
    let failed = move || state.failed.get().map(refused);
    let down = move || {
        let (below, later) = (state.below.get(), state.later());
        (below || later).then(|| {
            let word = if below { "New messages" } else { "To the newest" };
            view! {
                <a
                    class="button small thread-down"
                    href=format!("/inbox/{}", state.id)
                    on:click=move |click| {
                        click.prevent_default();
                        state.to_end();
                    }
                >
                    {word}
                </a>
            }
        })
    };
    view! {
        {earlier}
        {failed}
        <ol class="conversation" aria-label="What was said">
            <For each=move || rows.get() key=|row| row.key.clone() let:row>
                <RowView row rows state />
            </For>
        </ol>
        {later}
        {down}
    }
    .into_any()
}

#[component]
fn RowView(row: Row, rows: Memo<Vec<Row>>, state: ThreadState) -> impl IntoView {
    let Row { key, what, day, head, seen } = row;
    // What was today when the page was opened is yesterday the day after.
    let day = day.map(|first| {
        let now = move |rows: &Vec<Row>| rows.iter().find(|row| row.key == key)?.day.clone();
        let day = Memo::new(move |_| rows.with(&now).unwrap_or_else(|| first.clone()));
        view! { <li class="thread-day">{day}</li> }
    });
    let what = match what {
        What::Part(part) if part.kind == PartKind::Note && !part.deleted => {
            view! { <NotePart first=part rows head state /> }.into_any()
        }
        What::Part(part) => view! { <PartView part head seen state /> }.into_any(),
        What::Happened(line) => view! { <HappenedView line /> }.into_any(),
        What::Waiting(entry) => view! { <WaitingView entry state /> }.into_any(),
    };
    view! {
        {day}
        {what}
    }
    .into_any()
}
