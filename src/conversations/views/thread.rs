//! One conversation: what was said, and a field to go on.

use leptos::prelude::*;
use leptos_meta::Title;

use super::composer::Composer;
use super::frame::ThreadFrame;
use super::header::ThreadHeader;
use super::parts::PartList;
use super::state::ThreadState;
use crate::answers::Transition;
use crate::id::ConversationId;
use crate::messenger::views::Typing;
use crate::ui::{Missing, lasting};

/// The thread of a conversation.
#[component]
pub fn ThreadOf(id: ConversationId) -> impl IntoView {
    let state = ThreadState::provide(id);
    let known = move || matches!(state.thread.get(), Some(Ok(_)));
    let missing = move || state.thread.get().and_then(Result::err);
    let again = Callback::new(move |()| state.version.update(|n| *n += 1));
    view! {
        <Transition fallback=move || view! { <ThreadFrame id /> }>
            <Show when=known>
                <Whole state />
            </Show>
            {move || missing().map(|error| view! { <Missing error what="conversation" all=("/inbox", "All conversations") again=Some(again) /> })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Whole(state: ThreadState) -> impl IntoView {
    let data = move || state.thread.get().and_then(Result::ok);
    let changed = Callback::new(move |()| state.version.update(|n| *n += 1));
    // The header stays while the conversation changes, so that a menu that is open stays open.
    let first = untrack(data).map(|t| t.line);
    let header = first.map(|first| {
        let line = Memo::new(move |_| data().map_or_else(|| first.clone(), |t| t.line));
        let title = Memo::new(move |_| line.with(|l| l.title.clone()));
        view! {
            <Title text=lasting(title) />
            <ThreadHeader line changed />
        }
    });
    let blocked = move || {
        data().filter(|t| t.blocked).map(|_| {
            view! { <p class="notice warn">"This person is blocked: unblock them on their profile to write to them."</p> }
        })
    };
    let waiting = move || {
        data().filter(|t| t.line.waiting).map(|_| {
            view! { <p class="quiet thread-waiting">"Waiting: reaches them when they next open a page with your Messenger."</p> }
        })
    };
    view! {
        <div class="thread">
            {header}
            <div class="thread-parts" on:scroll=move |_| state.scrolled()>
                {blocked}
                <PartList state />
                {waiting}
            </div>
            <Typing conversation=state.id />
            <div class="thread-composers">
                <Composer state />
            </div>
        </div>
    }
    .into_any()
}
