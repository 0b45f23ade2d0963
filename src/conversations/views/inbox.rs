//! The inbox: the list, a thread, and who it is with.

use leptos::ev::keydown;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::lines::LineList;
use super::thread::ThreadOf;
use crate::contacts::views::ContactColumn;
use crate::conversations::api::{conversation_contact, list_conversations};
use crate::conversations::{Lines, Shelf};
use crate::id::ConversationId;
use crate::live::{Live, Topic};
use crate::ui::focus;

/// Three columns; on a phone three steps, each with an address.
#[component]
pub fn InboxPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| {
        params.read().get("id").and_then(|id| id.parse::<ConversationId>().ok())
    });
    let view = move || match (id.get().is_some(), query.read().get("view").as_deref()) {
        (false, _) => "list",
        (true, Some("facts")) => "facts",
        (true, _) => "thread",
    };
    let with = Resource::new(
        move || id.get(),
        async |id| match id {
            Some(id) => conversation_contact(id).await.map(Some),
            None => Ok(None),
        },
    );
    keys();
    view! {
        <Title text="Inbox" />
        <div class="inbox" data-view=view>
            <section class="inbox-list" aria-label="Conversations">
                <List current=id />
            </section>
            <section class="inbox-thread" aria-label="Conversation">
                {move || match id.get() {
                    Some(id) => view! { <ThreadOf id /> }.into_any(),
                    None => {
                        view! {
                            <div class="empty">
                                <p class="empty-title">"Choose a conversation"</p>
                                <p class="empty-text">"Write to someone from their profile to begin one."</p>
                            </div>
                        }
                            .into_any()
                    }
                }}
            </section>
            <aside class="inbox-facts narrow" aria-label="Who it is with">
                <Transition fallback=|| view! { <div class="skeleton"></div> }>
                    {move || {
                        let contact = with.get().and_then(Result::ok).flatten();
                        contact
                            .zip(id.get_untracked())
                            .map(|(contact, conversation)| view! { <ContactColumn contact conversation /> })
                    }}
                </Transition>
            </aside>
        </div>
    }
    .into_any()
}

/// r replies, n notes, e closes or opens, j and k go down and up the list, while nobody writes.
fn keys() {
    let handle = window_event_listener(keydown, |key| {
        if key.ctrl_key() || key.meta_key() || key.alt_key() || focus::is_writing() {
            return;
        }
        match key.key().as_str() {
            "r" => focus::click("#compose-reply"),
            "n" => focus::click("#compose-note"),
            "e" => focus::click("#shelve"),
            "j" => focus::click(
                ".lines > li:has(> [aria-current]) + li > a, .lines:not(:has([aria-current])) > li:first-child > a",
            ),
            "k" => focus::click(".lines > li:has(+ li > [aria-current]) > a"),
            _ => return,
        }
        key.prevent_default();
    });
    on_cleanup(move || handle.remove());
}

#[component]
fn List(current: Memo<Option<ConversationId>>) -> impl IntoView {
    let query = use_query_map();
    let shelf = Memo::new(move |_| Shelf::from_word(query.read().get("shelf").as_deref()));
    let before = Memo::new(move |_| query.read().get("before"));
    let version = RwSignal::new(0);
    let lines = Resource::new(
        move || (shelf.get(), before.get(), version.get()),
        |(shelf, before, _)| list_conversations(shelf, before),
    );
    if let Some(live) = use_context::<Live>() {
        Effect::new(move |_| {
            if let Some(Ok(lines)) = lines.get() {
                live.follow(Topic::Inbox, lines.seq, version);
            }
        });
        on_cleanup(move || live.leave(Topic::Inbox));
    }
    let tab = move |this: Shelf, word: &'static str, href: &'static str| {
        view! {
            <a href=href aria-current=move || (shelf.get() == this).then_some("page")>
                {word}
            </a>
        }
    };
    view! {
        <header class="inbox-header">
            <h2>"Inbox"</h2>
            <nav class="tabs" aria-label="Shelves">
                {tab(Shelf::Open, "Open", "/inbox")}
                {tab(Shelf::Closed, "Closed", "/inbox?shelf=closed")}
            </nav>
        </header>
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || {
                lines
                    .get()
                    .map(|answer| match answer {
                        Ok(lines) => view! { <Found lines shelf=shelf.get_untracked() current /> }.into_any(),
                        Err(error) => view! { <p class="notice error" role="alert">{error.sentence()}</p> }.into_any(),
                    })
            }}
        </Transition>
    }
    .into_any()
}

#[component]
fn Found(lines: Lines, shelf: Shelf, current: Memo<Option<ConversationId>>) -> impl IntoView {
    if lines.lines.is_empty() {
        let (title, text) = match shelf {
            Shelf::Open => ("Nothing is open", "Messages to people and from them appear here."),
            Shelf::Closed => ("Nothing is closed", "Conversations that you close are kept here."),
        };
        return view! {
            <div class="empty">
                <p class="empty-title">{title}</p>
                <p class="empty-text">{text}</p>
            </div>
        }
        .into_any();
    }
    let more = lines.next.map(|before| {
        view! {
            <a class="button small" href=format!("/inbox?shelf={}&before={before}", shelf.word())>
                "Older"
            </a>
        }
    });
    view! {
        <LineList lines=lines.lines current=current />
        {more}
    }
    .into_any()
}
