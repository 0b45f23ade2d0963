//! The messages of the workspace.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::badge::StateBadge;
use super::counts::CountsOf;
use crate::answers::{Transition, ask, kept};
use crate::id::ContactId;
use crate::live::{Topic, follow};
use crate::outbound::api::ListMessages;
use crate::outbound::{Brief, Channel, Sought, State};
use crate::ui::{WATCHED, refused, settle, typed_before, use_later};

/// Messages under way, drafts, and those that are over; all, or those that are looked for.
#[component]
pub fn OutboundPage() -> impl IntoView {
    let query = use_query_map();
    let sought = Memo::new(move |_| query.with(|query| Sought::read(|name| query.get(name))));
    let version = RwSignal::new(0);
    let settled = settle(version, WATCHED);
    let list = ask(move || {
        settled.track();
        let Sought { find, state, kind, .. } = sought.get();
        ListMessages {
            find,
            state: state.map(State::word).unwrap_or_default().to_owned(),
            kind: kind.map(Channel::word).unwrap_or_default().to_owned(),
        }
    });
    follow(Topic::Messages, version, move || Some(list.get()?.ok()?.seq));
    let person = move || sought.read().person;
    view! {
        <Title text="Outbound" />
        <header class="page-header">
            <h1>"Outbound"</h1>
            <a class="button small primary page-actions" href="/outbound/new">
                "New message"
            </a>
        </header>
        {move || person().map(|id| view! { <Asking id /> })}
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {
                // Made in here, so that the page waits for whether there is anything to look through. It stays while the list changes, and
                // with it the field in which somebody types.
                let any = kept(move || list.get().map(|all| all.map_or(true, |all| all.total > 0)));
                move || any.get().unwrap_or(false).then(|| view! { <Tools sought /> })
            }
            {move || match list.get() {
                Some(Ok(messages)) if messages.total == 0 => view! { <Nothing /> }.into_any(),
                Some(Ok(messages)) if messages.all.is_empty() => {
                    view! { <NotFound person=person() /> }.into_any()
                }
                Some(Ok(messages)) => {
                    let person = person();
                    let rows = messages.all.into_iter().map(|message| view! { <Line message person /> });
                    view! { <ul class="messages">{rows.collect_view()}</ul> }.into_any()
                }
                Some(Err(error)) => refused(error).into_any(),
                None => ().into_any(),
            }}
        </Transition>
    }
    .into_any()
}

/// A field that finds by name and subject as one types, and what narrows the list: a plain form, which asks by itself with a script.
#[component]
fn Tools(sought: Memo<Sought>) -> impl IntoView {
    let (later, navigate) = (use_later(), StoredValue::new(use_navigate()));
    let go = move |change: Box<dyn FnOnce(&mut Sought)>| {
        let mut next = sought.get_untracked();
        change(&mut next);
        let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
        navigate.with_value(|navigate| navigate(&next.address(), options));
    };
    let find = move |text: String| {
        later.run(move || go(Box::new(move |s: &mut Sought| s.find = text)));
    };
    let field = typed_before::<leptos::html::Input>(move |field| {
        if field.value() != sought.read_untracked().find {
            find(field.value());
        }
    });
    let first = sought.get_untracked();
    let (state, kind) = (first.state, first.kind);
    let states = State::ALL.iter().map(move |one| (one.word(), one.said(), state == Some(*one)));
    let kinds = Channel::ALL.iter().map(move |one| (one.word(), one.said(), kind == Some(*one)));
    view! {
        <div class="people-tools">
            <form class="toolbar" method="get" action="/outbound" role="search">
                <input
                    class="input"
                    type="search"
                    name="find"
                    aria-label="Find messages"
                    placeholder="Name or subject"
                    autocomplete="off"
                    dir="auto"
                    value=first.find
                    node_ref=field
                    on:input:target=move |ev| find(ev.target().value())
                />
                <button class="button" type="submit">
                    "Find"
                </button>
                <span class="toolbar-more">
                    <select
                        class="input"
                        name="state"
                        aria-label="State"
                        on:change:target=move |ev| {
                            let state = State::from_word(&ev.target().value());
                            go(Box::new(move |s: &mut Sought| s.state = state));
                        }
                    >
                        <option value="">"Any state"</option>
                        {states.map(option).collect_view()}
                    </select>
                    <select
                        class="input"
                        name="kind"
                        aria-label="Kind"
                        on:change:target=move |ev| {
                            let kind = Channel::from_word(&ev.target().value());
                            go(Box::new(move |s: &mut Sought| s.kind = kind));
                        }
                    >
                        <option value="">"Any kind"</option>
                        {kinds.map(option).collect_view()}
                    </select>
                </span>
                {first.person.map(|id| view! { <input type="hidden" name="person" value=id.to_string() /> })}
            </form>
        </div>
    }
    .into_any()
}

fn option((value, said, selected): (&'static str, &'static str, bool)) -> impl IntoView {
    view! {
        <option value=value selected=selected>
            {said}
        </option>
    }
}

/// What the list is opened for.
#[component]
fn Asking(id: ContactId) -> impl IntoView {
    view! {
        <p class="notice" role="note">
            "Choose a message to see why " <a href=format!("/contacts/{id}")>"this person"</a> " got it or did not. "
            <a href="/outbound" rel="external">"Show the list as it is"</a>
        </p>
    }
    .into_any()
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">"No messages yet"</p>
            <p class="empty-text">
                "A message goes to each person whom a rule holds for, once: those who match now, or whoever comes to match later. It arrives in their Messenger, or by e-mail."
            </p>
            <a class="button primary" href="/outbound/new">
                "Write the first one"
            </a>
        </div>
    }
    .into_any()
}

/// What stands where there are messages, and none that is looked for.
#[component]
fn NotFound(person: Option<ContactId>) -> impl IntoView {
    let all = Sought { person, ..Sought::default() }.address();
    view! {
        <div class="empty">
            <p class="empty-title">"No message fits"</p>
            <p class="empty-text">
                "Each word has to be in the name or the subject. Look for fewer words, for any state or for any kind."
            </p>
            // Loaded anew, so that the fields above are empty too.
            <a class="button" href=all rel="external">
                "Show all messages"
            </a>
        </div>
    }
    .into_any()
}

#[component]
fn Line(
    message: Brief,
    /// Where it is asked why somebody got it or did not.
    person: Option<ContactId>,
) -> impl IntoView {
    let id = message.id;
    let to = match person {
        Some(person) => format!("/outbound/{id}/why?person={person}"),
        None => format!("/outbound/{id}"),
    };
    let numbers = (message.state != State::Draft)
        .then(|| view! { <CountsOf id channel=message.channel measured=message.measured goal={!message.goal.is_empty()} over=message.state.is_over() counts=message.counts /> });
    let begins =
        message.begins.map(|at| view! { <span class="quiet">{format!("Begins {at}")}</span> });
    view! {
        <li class="message-line">
            <div class="message-about">
                <a class="message-title" href=to dir="auto">
                    {message.name}
                </a>
                <span class="message-said" dir="auto">
                    {message.audience}
                </span>
                {(!message.set_off.is_empty()).then(|| view! {
                    <span class="message-said" dir="auto">{format!("Each time they do {}", message.set_off)}</span>
                })}
                <span class="message-marks">
                    <StateBadge state=message.state />
                    {match message.channel {
                        Channel::Chat => None,
                        Channel::Post => Some("Post"),
                        Channel::Email => Some("E-mail"),
                    }
                        .map(|word| view! { <span class="quiet">{word}</span> })}
                    {begins}
                </span>
            </div>
            {numbers}
        </li>
    }
    .into_any()
}
