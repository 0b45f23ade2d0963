//! One conversation: what was said, and fields to go on.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

use super::composer::Composer;
use crate::conversations::api::{Assign, Shelve, conversation};
use crate::conversations::{Part, PartKind, Shelf, Thread};
use crate::error::Error;
use crate::id::ConversationId;
use crate::live::{Live, Topic};
use crate::ui::TimeAgo;

/// The thread of a conversation.
#[component]
pub fn ThreadOf(id: ConversationId) -> impl IntoView {
    let version = RwSignal::new(0);
    let thread = Resource::new(move || version.get(), move |_| conversation(id));
    if let Some(live) = use_context::<Live>() {
        Effect::new(move |_| {
            if let Some(Ok(thread)) = thread.get() {
                live.follow(Topic::Conversation(id), thread.seq, version);
            }
        });
        on_cleanup(move || live.leave(Topic::Conversation(id)));
    }
    let changed = Callback::new(move |()| version.update(|n| *n += 1));
    view! {
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || {
                thread
                    .get()
                    .map(|answer| match answer {
                        Ok(thread) => view! { <Whole thread changed /> }.into_any(),
                        Err(error) => view! { <Missing error /> }.into_any(),
                    })
            }}
        </Transition>
        <div class="thread-composers">
            <Composer conversation=id kind=PartKind::Message said=changed />
            <Composer conversation=id kind=PartKind::Note said=changed />
        </div>
    }
    .into_any()
}

#[component]
fn Missing(error: Error) -> impl IntoView {
    if error == Error::NotFound {
        crate::ui::status::not_found();
    }
    view! {
        <Title text="No such conversation" />
        <div class="empty">
            <h1 class="empty-title">"No such conversation"</h1>
            <p class="empty-text">{error.sentence()}</p>
            <a class="button" href="/inbox">
                "All conversations"
            </a>
        </div>
    }
    .into_any()
}

#[component]
fn Whole(thread: Thread, changed: Callback<()>) -> impl IntoView {
    let line = thread.line.clone();
    let id = line.id;
    let shelve = ServerAction::<Shelve>::new();
    let assign = ServerAction::<Assign>::new();
    Effect::new(move |_| {
        if matches!(shelve.value().get(), Some(Ok(())))
            || matches!(assign.value().get(), Some(Ok(())))
        {
            changed.run(());
        }
    });
    let (shelf, word) =
        if line.open { (Shelf::Closed, "Close") } else { (Shelf::Open, "Open again") };
    let chosen = thread.assignee;
    let teammates = thread.teammates.into_iter().map(move |(id, name)| {
        view! {
            <option value=id.to_string() selected=id == chosen>
                {name}
            </option>
        }
    });
    let blocked = thread.blocked.then(|| {
        view! { <p class="notice warn">"This person is blocked: unblock them on their profile to write to them."</p> }
    });
    let waiting = line.waiting.then(|| {
        view! { <p class="quiet thread-waiting">"Waiting: reaches them when the Messenger or e-mail is connected."</p> }
    });
    view! {
        <Title text=line.title.clone() />
        <header class="thread-header">
            <a class="thread-back" href="/inbox">
                "Inbox"
            </a>
            <h1 dir="auto">{line.title.clone()}</h1>
            <a class="thread-facts button small" href=format!("/inbox/{id}?view=facts")>
                "Facts"
            </a>
            <ActionForm action=assign attr:class="thread-assign">
                <input type="hidden" name="conversation" value=id.to_string() />
                <select class="input" name="teammate" aria-label="Who looks after it">
                    <option value="0">"Nobody"</option>
                    {teammates.collect_view()}
                </select>
                <button class="button small" type="submit">
                    "Assign"
                </button>
            </ActionForm>
            <ActionForm action=shelve>
                <input type="hidden" name="conversation" value=id.to_string() />
                <input type="hidden" name="shelf" value=shelf.word() />
                <button class="button small" id="shelve" type="submit">
                    {word}
                </button>
            </ActionForm>
        </header>
        {blocked}
        <ol class="conversation" aria-label="What was said">
            {thread.parts.into_iter().map(|part| view! { <PartView part /> }).collect_view()}
        </ol>
        {waiting}
    }
    .into_any()
}

#[component]
fn PartView(part: Part) -> impl IntoView {
    let side = match (part.kind, part.ours) {
        (PartKind::Note, _) => "note",
        (PartKind::Message, true) => "out",
        (PartKind::Message, false) => "in",
    };
    let note = (part.kind == PartKind::Note).then_some("Note");
    view! {
        <li class="part" data-side=side>
            <p class="part-meta">
                <strong dir="auto">{part.author}</strong>
                {note}
                <TimeAgo stamp=part.at />
            </p>
            <div class="prose" dir="auto" inner_html=part.html></div>
        </li>
    }
    .into_any()
}
