//! How a person or a company stands to the messages that are under way.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::answers::{Transition, ask};
use crate::id::MessageId;
use crate::outbound::Standing;
use crate::outbound::api::{MessageStandings, Opt};
use crate::owner::Owner;
use crate::segments::views::Conditions;
use crate::ui::flash::failure_of;
use crate::ui::{Section, refused};

/// For each message: in, out, sent, seen, or why not; and a button that takes them out or brings them in, by a tag.
#[component]
pub fn MessagesOf(
    /// Whose they are.
    owner: Owner,
    /// Goes up when something about them changed.
    version: RwSignal<u32>,
    changed: Callback<()>,
) -> impl IntoView {
    let standings = ask(move || {
        version.track();
        MessageStandings { owner }
    });
    let opt = ServerAction::<Opt>::new();
    let failure = failure_of(opt);
    Effect::new(move |_| {
        if let Some(Ok(())) = opt.value().get() {
            changed.run(());
        }
    });
    let write = match owner {
        Owner::Contact(id) => Some(view! {
            <p class="message-standing-more">
                <a href=format!("/outbound/new?channel=post&people={id}")>"Send a post or an e-mail"</a>
                <a href=format!("/outbound?person={id}")>"Ask why of any other message"</a>
            </p>
        }),
        Owner::Company(_) => None,
    };
    view! {
        <Section title="Messages">
            {write}
            {move || failure().map(refused)}
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || match standings.get() {
                    Some(Ok(all)) if all.is_empty() => {
                        view! { <p class="empty-text">"No message is under way."</p> }.into_any()
                    }
                    Some(Ok(all)) => {
                        let rows = all.into_iter().map(|standing| view! { <One owner standing opt /> });
                        view! { <ul class="standings">{rows.collect_view()}</ul> }.into_any()
                    }
                    Some(Err(error)) => refused(error).into_any(),
                    None => ().into_any(),
                }}
            </Transition>
        </Section>
    }
    .into_any()
}

#[component]
fn One(owner: Owner, standing: Standing, opt: ServerAction<Opt>) -> impl IntoView {
    let id = standing.id;
    let name = standing.name.clone();
    let button = move |join: bool, word: &'static str, about: String| {
        let label = format!("{word}: {name}");
        view! {
            <ActionForm action=opt>
                <input type="hidden" name="owner" value=owner.to_string() />
                <input type="hidden" name="message" value=id.to_string() />
                <input type="hidden" name="join" value=join.to_string() />
                <button class="button small" type="submit" title=about aria-label=label>
                    {word}
                </button>
            </ActionForm>
        }
    };
    let why = (!standing.reasons.is_empty()).then(|| {
        let word = if standing.inside { "Why" } else { "Why not" };
        view! {
            <details>
                <summary class="link-button">{word}</summary>
                <Conditions all=standing.reasons />
            </details>
        }
    });
    let said = if standing.paused { format!("{} (paused)", standing.said) } else { standing.said };
    let conversation = standing.conversation.map(|id| {
        view! {
            <a href=format!("/inbox/{id}")>
                "Conversation"
            </a>
        }
    });
    let leave =
        standing.can_leave.map(|tag| button(false, "Opt out", format!("Adds the tag {tag}")));
    let title = standing.name.clone();
    let name_it = standing.can_name.then(|| view! { <NameTag owner message=id name=title opt /> });
    let join = standing.can_join.map(|about| button(true, "Opt in", about));
    view! {
        <li class="standing">
            <a href=format!("/outbound/{id}") dir="auto">
                {standing.name.clone()}
            </a>
            <span class="message-standing">{said} " " {conversation}</span>
            <span class="message-opts">{leave} {name_it} {join}</span>
            {why}
        </li>
    }
    .into_any()
}

/// Takes them out of a message that has no tag for it yet: the one that is named here is its own from then on.
#[component]
fn NameTag(
    owner: Owner,
    message: MessageId,
    /// The message's.
    name: String,
    opt: ServerAction<Opt>,
) -> impl IntoView {
    let label = format!("Opt out with a tag: {name}");
    let tag: String = format!("No {name}").chars().take(100).collect();
    view! {
        <details class="message-name-tag">
            <summary class="button small" aria-label=label>"Opt out…"</summary>
            <ActionForm action=opt attr:class="form">
                <input type="hidden" name="owner" value=owner.to_string() />
                <input type="hidden" name="message" value=message.to_string() />
                <input type="hidden" name="join" value="false" />
                <label class="field">
                    "Opt-out tag of the message"
                    <input class="input" name="tag" maxlength="100" autocomplete="off" dir="auto" required value=tag />
                    <span class="hint">"It has none yet. One that there is, or a new one: whoever has it does not get the message."</span>
                </label>
                <div class="form-actions">
                    <button class="button small" type="submit">"Opt out"</button>
                </div>
            </ActionForm>
        </details>
    }
    .into_any()
}
