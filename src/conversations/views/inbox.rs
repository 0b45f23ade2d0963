//! The inbox: the views, the list, a thread, and who it is with.

use std::collections::BTreeSet;
use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::frame::ThreadFrame;
use super::keys::{KeysHelp, keys};
use super::list::List;
use super::pages::Pages;
use super::shared::Inbox;
use super::thread::ThreadOf;
use super::toast::DoneToast;
use crate::answers::{Answer, Transition, ask, ask_again, ask_if};
use crate::contacts::views::ContactColumn;
use crate::conversations::api::{
    Act, ConversationContact, InboxViews, ListConversations, done_before,
};
use crate::conversations::{Filter, Lines};
use crate::id::ConversationId;
use crate::live::{Topic, follow};
use crate::teammates::Viewer;
use crate::ui::width::Edge;
use crate::ui::{focus, settle, use_id};

/// How often the list and the counts are asked for anew at most.
const SETTLED: Duration = Duration::from_secs(1);

/// Columns beside each other; on a phone steps, each with an address.
#[component]
pub fn InboxPage() -> impl IntoView {
    let query = use_query_map();
    let current = use_id::<ConversationId>("/inbox");
    let filter = Memo::new(move |_| query.with(|q| Filter::from_query(|name| q.get(name))));
    let before = Memo::new(move |_| query.read().get("before"));
    let step = move || match (current.get().is_some(), query.read().get("view").as_deref()) {
        (false, _) => "list",
        (true, Some("facts")) => "facts",
        (true, _) => "thread",
    };
    let version = RwSignal::new(0);
    let (own, theirs) = (RwSignal::new(0), settle(version, SETTLED));
    let inbox = Inbox {
        filter,
        current,
        drawn: RwSignal::new(current.get_untracked()),
        views: ask(move || {
            own.track();
            theirs.track();
            InboxViews {}
        }),
        pages: RwSignal::new(Pages::default()),
        selected: RwSignal::new(BTreeSet::new()),
        anchor: RwSignal::new(None),
        act: ServerAction::<Act>::new(),
        done: RwSignal::new(done_before()),
        own,
        theirs,
        opened: StoredValue::new(None),
        place: StoredValue::new(None),
    };
    provide_context(inbox);
    let (first, again) = ask_again(move || ListConversations {
        query: filter.get().query(),
        before: before.get(),
        until: None,
    });
    follow_inbox(inbox, first, version);
    Effect::new(move |_| {
        if let Some(Ok(done)) = inbox.act.value().get() {
            inbox.done.set(Some(done));
            inbox.selected.set(BTreeSet::new());
            own.update(|n| *n += 1);
        }
    });
    // What is selected is what is seen in this list.
    Effect::new(move |before: Option<Filter>| {
        let now = filter.get();
        if before.is_some_and(|before| before != now) {
            inbox.selected.set(BTreeSet::new());
        }
        now
    });
    inbox.draw_after_press();
    // On a phone the facts are a sheet: the focus goes into it, and back to what opened it.
    Effect::new(move |before: Option<&'static str>| {
        let now = step();
        match (before, now) {
            (Some("thread"), "facts") => {
                request_animation_frame(|| focus::focus(".column-back"));
            }
            (Some("facts"), "thread") => focus::land(".thread-facts"),
            _ => {}
        }
        now
    });
    keys(inbox);
    let with = ask_if(move || current.get().map(|id| ConversationContact { id }));
    let back = Signal::derive(move || filter.get().address(current.get()));
    view! {
        <Title text="Inbox" />
        <div class="inbox" data-view=step>
            <section class="inbox-list" aria-label="Conversations">
                <List first again before />
            </section>
            <section class="inbox-thread" aria-label="Conversation" data-opening=move || inbox.is_opening().then_some("on")>
                {move || inbox.is_opening().then(|| current.get().map(|id| view! { <ThreadFrame id /> }))}
                {move || match inbox.drawn.get() {
                    Some(id) => view! { <ThreadOf id /> }.into_any(),
                    None => view! { <NoneChosen /> }.into_any(),
                }}
            </section>
            <a class="sheet-shade" href=back tabindex="-1" aria-hidden="true"></a>
            <aside class="inbox-facts narrow" aria-label="Who it is with">
                <Transition fallback=|| view! { <div class="skeleton"></div> }>
                    {move || {
                        let contact = with.get().and_then(Result::ok).flatten();
                        contact
                            .zip(current.get_untracked())
                            .map(|(contact, conversation)| view! { <ContactColumn contact conversation back /> })
                    }}
                </Transition>
            </aside>
            <Edge name="list" label="Width of the list" />
            <Edge name="facts" label="Width of who it is with" far=true />
        </div>
        <DoneToast inbox />
        <KeysHelp />
    }
    .into_any()
}

/// Follows what the list and the counts show, from the older of their two numbers on.
fn follow_inbox(inbox: Inbox, first: Answer<Lines>, version: RwSignal<u32>) {
    let seq = move || Some(inbox.views.get()?.ok()?.seq.min(first.get()?.ok()?.seq));
    follow(Topic::Inbox, version, seq);
    if let Some(me) = use_context::<Option<Viewer>>().flatten() {
        follow(Topic::Mine(me.id), version, seq);
    }
}

#[component]
fn NoneChosen() -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">"Choose a conversation"</p>
            <p class="empty-text">"Write to someone from their profile to begin one."</p>
        </div>
    }
    .into_any()
}
