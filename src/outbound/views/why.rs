//! Why somebody got a message or did not, gets it or would: asked for anybody, of any message.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::badge::StateBadge;
use super::page::NoMessage;
use crate::answers::{Transition, ask_again, kept};
use crate::id::{ContactId, MessageId};
use crate::live::{Topic, follow};
use crate::outbound::api::MessageWhy;
use crate::outbound::{Part, State, Why};
use crate::segments::views::Conditions;
use crate::ui::{WATCHED, settle, use_id};
use crate::words::begun;

/// `/outbound/5/why`, with who is asked for in the address: `who`, an e-mail address or a user id, or `person`, a number.
#[component]
pub fn WhyPage() -> impl IntoView {
    let id = use_id::<MessageId>("/outbound/");
    let query = use_query_map();
    let who = Memo::new(move |_| query.read().get("who").unwrap_or_default());
    let person = Memo::new(move |_| query.read().get("person")?.parse::<ContactId>().ok());
    let version = RwSignal::new(0);
    let settled = settle(version, WATCHED);
    let (found, again) = ask_again(move || {
        settled.track();
        MessageWhy { id: id.get().unwrap_or(MessageId(0)), who: who.get(), person: person.get() }
    });
    follow(Topic::Messages, version, move || Some(found.get()?.ok()?.seq));
    if let Some(person) = person.get_untracked() {
        follow(Topic::Contact(person), version, move || Some(found.get()?.ok()?.seq));
    }
    view! {
        <Transition>
            {
                // What is typed stays while the answer changes.
                let head = kept(move || found.get()?.ok().map(|why| (why.id, why.name, why.state)));
                move || head.get().map(|(id, name, state)| view! { <Head id name state who=who.get_untracked() /> })
            }
        </Transition>
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || match found.get() {
                Some(Ok(why)) => view! { <Found why /> }.into_any(),
                Some(Err(error)) => view! { <NoMessage error again=Some(again) /> }.into_any(),
                None => ().into_any(),
            }}
        </Transition>
    }
    .into_any()
}

#[component]
fn Head(
    id: MessageId,
    name: String,
    state: State,
    /// Who is asked for, as it is in the address.
    who: String,
) -> impl IntoView {
    view! {
        <Title text=format!("Why: {name}") />
        <header class="page-header">
            <a class="quiet" href=format!("/outbound/{id}") dir="auto">
                {name}
            </a>
            <h1>"Why somebody gets it, or not"</h1>
            <StateBadge state />
        </header>
        <Ask id who />
    }
    .into_any()
}

#[component]
fn Found(why: Why) -> impl IntoView {
    let over = why.state.is_over();
    let several = why.parts.len() > 1;
    let person = why.person.map(|(id, name)| {
        view! {
            <h2>
                <a href=format!("/contacts/{id}") dir="auto">
                    {name}
                </a>
            </h2>
        }
    });
    let asked = person.is_some();
    let rule = (!why.rule.is_empty()).then(|| {
        view! {
            <section class="message-part" aria-labelledby="rule">
                <h2 id="rule">"The rule, for them"</h2>
                <Conditions all=why.rule />
            </section>
        }
    });
    view! {
        <div class="message-answer">
            {(!why.fault.is_empty()).then(|| view! { <p class="notice warn" role="alert">{format!("{}.", begun(&why.fault))}</p> })}
            {person}
            {why.parts.into_iter().map(|part| view! { <One part several /> }).collect_view()}
            {rule}
            {asked.then(|| view! {
                <p class="hint">
                    {if over {
                        "What came of it is as it was; what is asked of them is as it is today."
                    } else {
                        "What is asked of them is as it is now, and is looked at once more when it goes out."
                    }}
                </p>
            })}
        </div>
    }
    .into_any()
}

/// What came of it, for a company where it goes out for each.
#[component]
fn One(part: Part, several: bool) -> impl IntoView {
    let firm =
        (several || !part.company.is_empty()).then(|| view! { <h3 dir="auto">{part.company}</h3> });
    let conversation = part.conversation.map(|id| {
        view! {
            " "
            <a href=format!("/inbox/{id}")>"Conversation"</a>
        }
    });
    view! {
        <section class="message-why">
            {firm}
            <p><strong class="message-verdict">{part.said}</strong> {conversation}</p>
            <Conditions all=part.conditions />
        </section>
    }
    .into_any()
}

/// The question, on the page of a message.
#[component]
pub fn AskWhy(id: MessageId) -> impl IntoView {
    view! {
        <section class="message-part" aria-labelledby="why">
            <h2 id="why">"Why somebody gets it, or not"</h2>
            <Ask id who=String::new() />
        </section>
    }
    .into_any()
}

/// A plain form, which asks for the page of the answer.
#[component]
fn Ask(id: MessageId, who: String) -> impl IntoView {
    view! {
        <form class="message-attach" method="get" action=format!("/outbound/{id}/why")>
            <label class="field">
                "E-mail or user id of anyone"
                <input class="input" name="who" required autocomplete="off" dir="auto" value=who />
            </label>
            <button class="button" type="submit">
                "Ask why"
            </button>
        </form>
    }
    .into_any()
}
