//! One conversation: what was said, and fields to go on.

use leptos::prelude::*;
use leptos_meta::Title;

use super::composer::Composer;
use super::header::ThreadHeader;
use super::part::PartView;
use crate::conversations::api::conversation;
use crate::conversations::{PartKind, Thread};
use crate::error::Error;
use crate::id::ConversationId;
use crate::live::{Live, Topic};
use crate::messenger::views::Typing;

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
        <ThreadHeader line assignee=thread.assignee teammates=thread.teammates changed />
        {blocked}
        <ol class="conversation" aria-label="What was said">
            {thread.parts.into_iter().map(|part| view! { <PartView part /> }).collect_view()}
        </ol>
        {waiting}
    }
    .into_any()
}
