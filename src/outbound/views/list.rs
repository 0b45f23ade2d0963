//! The messages of the workspace.

use leptos::prelude::*;
use leptos_meta::Title;

use super::badge::StateBadge;
use super::counts::CountsOf;
use crate::answers::{Transition, ask};
use crate::live::{Topic, follow};
use crate::outbound::api::ListMessages;
use crate::outbound::{Brief, Channel, State};
use crate::ui::refused;

/// Messages under way, drafts, and those that are over.
#[component]
pub fn OutboundPage() -> impl IntoView {
    let version = RwSignal::new(0);
    let list = ask(move || {
        version.track();
        ListMessages {}
    });
    follow(Topic::Messages, version, move || Some(list.get()?.ok()?.seq));
    view! {
        <Title text="Outbound" />
        <header class="page-header">
            <h1>"Outbound"</h1>
            <a class="button small primary page-actions" href="/outbound/new">
                "New message"
            </a>
        </header>
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || match list.get() {
                Some(Ok(messages)) if messages.all.is_empty() => view! { <Nothing /> }.into_any(),
                Some(Ok(messages)) => {
                    let rows = messages.all.into_iter().map(|message| view! { <Line message /> });
                    view! { <ul class="messages">{rows.collect_view()}</ul> }.into_any()
                }
                Some(Err(error)) => refused(error).into_any(),
                None => ().into_any(),
            }}
        </Transition>
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

#[component]
fn Line(message: Brief) -> impl IntoView {
    let id = message.id;
    let numbers = (message.state != State::Draft)
        .then(|| view! { <CountsOf id channel=message.channel measured=message.measured goal={!message.goal.is_empty()} counts=message.counts /> });
    let begins =
        message.begins.map(|at| view! { <span class="quiet">{format!("Begins {at}")}</span> });
    view! {
        <li class="message-line">
            <div class="message-about">
                <a class="message-title" href=format!("/outbound/{id}") dir="auto">
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
