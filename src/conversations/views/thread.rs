//! One conversation: what was said, and fields to go on.

use leptos::prelude::*;
use leptos_meta::Title;

use super::composer::Composer;
use super::happened::HappenedView;
use super::header::ThreadHeader;
use super::part::PartView;
use crate::conversations::api::conversation;
use crate::conversations::{Part, PartKind, Thread};
use crate::error::Error;
use crate::id::ConversationId;
use crate::live::{Live, Topic};
use crate::messenger::views::Typing;
use crate::stream::Line as Happened;
use crate::time::Time;

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
        <Typing conversation=id />
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
    let blocked = thread.blocked.then(|| {
        view! { <p class="notice warn">"This person is blocked: unblock them on their profile to write to them."</p> }
    });
    let waiting = line.waiting.then(|| {
        view! { <p class="quiet thread-waiting">"Waiting: reaches them when the Messenger or e-mail is connected."</p> }
    });
    view! {
        <Title text=line.title.clone() />
        <ThreadHeader line changed />
        {blocked}
        <ol class="conversation" aria-label="What was said">
            {in_order(thread.parts, thread.happened)}
        </ol>
        {waiting}
    }
    .into_any()
}

/// What was said, with what happened besides between it, in the order of time.
fn in_order(parts: Vec<Part>, happened: Vec<Happened>) -> AnyView {
    let begin = parts.first().map_or(Time(0), |part| part.at.at);
    let mut happened = happened.into_iter().filter(|line| line.at.at >= begin).peekable();
    let mut views = Vec::new();
    for part in parts {
        while let Some(line) = happened.next_if(|line| line.at.at < part.at.at) {
            views.push(view! { <HappenedView line /> }.into_any());
        }
        views.push(view! { <PartView part /> }.into_any());
    }
    views.extend(happened.map(|line| view! { <HappenedView line /> }.into_any()));
    views.into_any()
}
