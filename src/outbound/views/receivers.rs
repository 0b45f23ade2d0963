//! The people behind a number of a message.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::counts::said_of;
use super::page::NoMessage;
use crate::answers::{Transition, ask_again};
use crate::id::MessageId;
use crate::live::{Topic, follow};
use crate::outbound::api::{MessageReceivers, SendAgain};
use crate::outbound::{People, Receiver, Which};
use crate::ui::flash::use_failure;
use crate::ui::{TimeAgo, WATCHED, refused, settle, use_id};
use crate::words::begun;
use leptos::server_fn::ServerFn as _;

/// `/outbound/5/seen`, with `day` in the address for those of one day and `after` for the next ones.
#[component]
pub fn ReceiversPage() -> impl IntoView {
    let id = use_id::<MessageId>("/outbound/");
    let params = use_params_map();
    let query = use_query_map();
    let which = Memo::new(move |_| params.read().get("which").unwrap_or_default());
    let after =
        Memo::new(move |_| query.read().get("after").and_then(|a| a.parse().ok()).unwrap_or(0));
    let day = Memo::new(move |_| query.read().get("day").unwrap_or_default());
    let version = RwSignal::new(0);
    let settled = settle(version, WATCHED);
    let (found, again) = ask_again(move || {
        settled.track();
        MessageReceivers {
            id: id.get().unwrap_or(MessageId(0)),
            which: which.get(),
            after: after.get(),
            day: day.get(),
        }
    });
    follow(Topic::Messages, version, move || Some(found.get()?.ok()?.seq));
    view! {
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || match (found.get(), id.get()) {
                (Some(Ok(people)), Some(id)) => {
                    let which = Which::from_word(&which.get()).unwrap_or(Which::Sent);
                    view! { <Found id which people day=day.get_untracked() /> }.into_any()
                }
                (Some(Err(error)), _) => view! { <NoMessage error again=Some(again) /> }.into_any(),
                _ => ().into_any(),
            }}
        </Transition>
    }
    .into_any()
}

#[component]
fn Found(
    id: MessageId,
    which: Which,
    people: People,
    /// As it is in the address; empty for every day.
    day: String,
) -> impl IntoView {
    let over = people.over;
    let tab = |one: Which| {
        let current = (one == which).then_some("page");
        view! {
            <a href=format!("/outbound/{id}/{}", one.word()) aria-current=current>
                {said_of(one, over)}
            </a>
        }
    };
    let fits = |one: &Which| {
        (one.fits(people.channel) && (people.goal || *one != Which::Goal)) || *one == which
    };
    let tabs = Which::ALL.iter().copied().filter(fits).map(tab).collect_view();
    let of_day = if day.is_empty() { String::new() } else { format!("&day={day}") };
    let next = people.next.map(|after| {
        view! {
            <a class="button" rel="next" href=format!("/outbound/{id}/{}?after={after}{of_day}", which.word())>
                "Next"
            </a>
        }
    });
    let again = matches!(which, Which::Unknown | Which::Failed);
    let explained = (which == Which::Unknown).then(|| {
        view! {
            <p class="notice message-explained">
                "The connection to the mail server broke while these were handed over, so each of them may have arrived. Nothing is sent again by itself."
            </p>
        }
    });
    let explained = explained.or_else(|| {
        let said = match which {
            Which::Waiting if over => "It waited for these people when it was stopped, so that they do not get it.",
            Which::Opened => "Whose mail program loaded the pictures, or who followed a link. Who reads mail without them is not here, so that there may be more.",
            Which::Machine => "A program loaded the pictures without anybody looking, as Apple’s Mail does with all mail and servers do that look through it. Whether these people opened it is not known.",
            _ => return None,
        };
        Some(view! { <p class="notice message-explained">{said}</p> })
    });
    let only = people.day.clone().map(|said| {
        view! {
            <p>
                {format!("{said} only. ")} <a href=format!("/outbound/{id}/{}", which.word())>"Every day"</a>
            </p>
        }
    });
    let empty = people.rows.is_empty().then(|| {
        view! {
            <div class="empty">
                <p class="empty-title">"Nobody here"</p>
                <p class="empty-text">"People are listed as soon as this number counts them."</p>
            </div>
        }
    });
    let failure = use_failure(SendAgain::PATH);
    view! {
        <Title text=format!("{}: {}", said_of(which, over), people.message) />
        <header class="page-header">
            <a class="quiet" href=format!("/outbound/{id}") dir="auto">
                {people.message}
            </a>
            <h1>{said_of(which, over)}</h1>
        </header>
        <nav class="tabs" aria-label="Numbers">
            {tabs}
        </nav>
        {failure.map(refused)}
        {explained}
        {only}
        {empty}
        <ul class="receivers">
            {people.rows.into_iter().map(|person| view! { <Line message=id person again /> }).collect_view()}
        </ul>
        <nav class="pager" aria-label="Pages">
            {next}
        </nav>
    }
    .into_any()
}

#[component]
fn Line(
    message: MessageId,
    person: Receiver,
    /// Whether it can be sent to them again.
    again: bool,
) -> impl IntoView {
    let company = person.company.as_ref().map_or(0, |(id, _)| id.0);
    let again = again.then(|| {
        view! {
            <form method="post" action=SendAgain::PATH>
                <input type="hidden" name="id" value=message.to_string() />
                <input type="hidden" name="contact" value=person.id.to_string() />
                <input type="hidden" name="company" value=company.to_string() />
                <input type="hidden" name="run" value=person.run.to_string() />
                <button class="button small" type="submit">
                    "Send again"
                </button>
            </form>
        }
    });
    let conversation = person.conversation.map(|id| {
        view! {
            <a class="quiet" href=format!("/inbox/{id}")>
                "Conversation"
            </a>
        }
    });
    let firm = person.company.map(|(id, name)| {
        view! {
            <a class="quiet" href=format!("/companies/{id}") dir="auto">
                {name}
            </a>
        }
    });
    view! {
        <li class="receiver">
            <a class="receiver-name" href=format!("/contacts/{}", person.id) dir="auto">
                {person.title}
            </a>
            {firm}
            {(person.run > 0).then(|| view! { <span class="quiet">{format!("number {}", person.run + 1)}</span> })}
            {(person.times > 1).then(|| view! { <span class="quiet">{format!("{} times", person.times)}</span> })}
            {(!person.reason.is_empty()).then(|| view! { <span class="quiet">{begun(&person.reason)}</span> })}
            <a class="quiet" href=format!("/outbound/{message}/why?person={}", person.id)>
                "Why"
            </a>
            {conversation}
            {again}
            <span class="quiet">
                <TimeAgo stamp=person.at />
            </span>
        </li>
    }
    .into_any()
}
