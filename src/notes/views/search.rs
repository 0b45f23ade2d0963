//! Finding notes by their words.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::answers::{Transition, ask};
use crate::id::NoteId;
use crate::notes::api::FindNotes;
use crate::notes::{Found, FoundNotes};
use crate::ui::{TimeAgo, escape, refused, use_later};

/// Where notes are found that have these words, the newest, or those before one.
pub fn finding(find: &str, before: Option<NoteId>) -> String {
    let before = before.map(|id| format!("&before={id}")).unwrap_or_default();
    format!("/notes?find={}{before}", escape(find))
}

/// A field, and the notes about people and companies and of conversations that have its words, the newest first.
#[component]
pub fn NotesPage() -> impl IntoView {
    let query = use_query_map();
    let find = Memo::new(move |_| query.read().get("find").unwrap_or_default());
    let before = Memo::new(move |_| query.read().get("before")?.parse::<NoteId>().ok());
    let found = ask(move || FindNotes { find: find.get(), before: before.get() });
    let (later, navigate) = (use_later(), StoredValue::new(use_navigate()));
    let typed = move |text: String| {
        later.run(move || {
            let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
            navigate.with_value(|go| go(&finding(&text, None), options));
        });
    };
    let first = find.get_untracked();
    let list = move || {
        found.get().map(|answer| match answer {
            Ok(notes) => {
                view! { <List notes find=find.get_untracked() before=before.get_untracked() /> }
                    .into_any()
            }
            Err(error) => refused(error).into_any(),
        })
    };
    view! {
        <Title text="Notes" />
        <header class="page-header">
            <h1>"Notes"</h1>
        </header>
        <div class="people-tools"><form class="toolbar" method="get" action="/notes" role="search">
            <input
                class="input"
                type="search"
                name="find"
                aria-label="Find notes"
                placeholder="Words of a note"
                autocomplete="off"
                value=first
                on:input:target=move |ev| typed(ev.target().value())
            />
            <button class="button" type="submit">
                "Find"
            </button>
        </form></div>
        <Transition fallback=|| view! { <div class="skeleton"></div> }>{list}</Transition>
    }
    .into_any()
}

#[component]
fn List(notes: FoundNotes, find: String, before: Option<NoteId>) -> impl IntoView {
    let none = notes.notes.is_empty().then(|| {
        let words = match find.trim().is_empty() {
            true => "Write words that the notes have, or their beginnings: notes about people and companies, and those in conversations.",
            false => "No note has all of these words.",
        };
        view! { <p class="empty-text">{words}</p> }
    });
    let link = |words: &'static str, before| {
        view! {
            <a class="button small" href=finding(&find, before)>
                {words}
            </a>
        }
    };
    let newest = before.is_some().then(|| link("Newest", None));
    let older = notes.next.map(|next| link("Older", Some(next)));
    view! {
        <ul class="found-notes" aria-label="Notes that were found">
            {notes.notes.into_iter().map(|note| view! { <Item note /> }).collect_view()}
        </ul>
        {none}
        <p class="found-more">{newest} {older}</p>
    }
    .into_any()
}

#[component]
fn Item(note: Found) -> impl IntoView {
    let Found { address, about, author, at, text, .. } = note;
    let by = author.unwrap_or_else(|| "Your product".into());
    let words = text.into_iter().map(|(words, found)| match found {
        true => view! { <mark>{words}</mark> }.into_any(),
        false => words.into_any(),
    });
    view! {
        <li class="found-note">
            <a href=address>
                <span class="found-note-head">
                    <strong dir="auto">{about}</strong>
                    <span class="quiet" dir="auto">
                        {by}
                    </span>
                    <TimeAgo stamp=at />
                </span>
                <span class="found-note-text" dir="auto">
                    {words.collect_view()}
                </span>
            </a>
        </li>
    }
    .into_any()
}
