//! What a person wants to hear of by e-mail, on their profile.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::answers::{Transition, ask};
use crate::id::{ContactId, SubscriptionTypeId};
use crate::outbound::types::api::{Complain, Subscribe, Subscriptions};
use crate::outbound::types::{Choice, Choices};
use crate::ui::flash::failure_of;
use crate::ui::{Section, TimeAgo, refused};

/// Each type with who said what and when, and a button that says otherwise for them.
#[component]
pub fn SubscriptionsOf(
    contact: ContactId,
    /// Goes up when something about them changed.
    version: RwSignal<u32>,
    changed: Callback<()>,
) -> impl IntoView {
    let found = ask(move || {
        version.track();
        Subscriptions { contact }
    });
    let subscribe = ServerAction::<Subscribe>::new();
    let complain = ServerAction::<Complain>::new();
    let (failure, other) = (failure_of(subscribe), failure_of(complain));
    Effect::new(move |_| {
        let done = [subscribe.value().get(), complain.value().get()];
        if done.into_iter().flatten().any(|done| done.is_ok()) {
            changed.run(());
        }
    });
    view! {
        <Section title="E-mail to many">
            {move || failure().or_else(&other).map(refused)}
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || match found.get() {
                    Some(Ok(choices)) => view! { <Shown contact choices subscribe complain /> }.into_any(),
                    Some(Err(error)) => refused(error).into_any(),
                    None => ().into_any(),
                }}
            </Transition>
        </Section>
    }
    .into_any()
}

#[component]
fn Shown(
    contact: ContactId,
    choices: Choices,
    subscribe: ServerAction<Subscribe>,
    complain: ServerAction<Complain>,
) -> impl IntoView {
    let (off, complained) = (choices.unsubscribed || choices.complained, choices.complained);
    let all = match (complained, off) {
        (true, _) => "Gets none: marked an e-mail as spam",
        (false, true) => "Gets none: unsubscribed from everything",
        (false, false) => "Gets e-mail to many",
    };
    let none = (!choices.has_email)
        .then(|| view! { <span class="quiet">"No e-mail address is known."</span> });
    let types =
        choices.types.into_iter().map(|choice| view! { <One contact choice off subscribe /> });
    view! {
        <ul class="standings">
            <li class="standing">
                <span>{all}</span>
                {none}
                <span class="standing-ways">
                    <Switch contact about=SubscriptionTypeId(0) wanted=!off name="everything".to_owned() subscribe />
                    {(!complained && choices.has_email).then(|| view! { <Complained contact complain /> })}
                </span>
            </li>
            {types.collect_view()}
        </ul>
    }
    .into_any()
}

#[component]
fn One(
    contact: ContactId,
    choice: Choice,
    /// Whether they get nothing at all.
    off: bool,
    subscribe: ServerAction<Subscribe>,
) -> impl IntoView {
    let word = match (choice.wanted, off) {
        (true, false) => "Wanted",
        (true, true) => "Wanted, but they get none at all",
        (false, _) => "Not wanted",
    };
    let said = choice.said.map(|(by, at)| {
        let who = by.unwrap_or_else(|| "the person".to_owned());
        view! {
            <span class="quiet">
                "said by " <bdi>{who}</bdi> " " <TimeAgo stamp=at />
            </span>
        }
    });
    view! {
        <li class="standing">
            <strong dir="auto">{choice.name.clone()}</strong>
            <span class="message-standing">{word} " " {said}</span>
            <Switch contact about=choice.id wanted=choice.wanted name=choice.name subscribe />
        </li>
    }
    .into_any()
}

#[component]
fn Switch(
    contact: ContactId,
    about: SubscriptionTypeId,
    wanted: bool,
    name: String,
    subscribe: ServerAction<Subscribe>,
) -> impl IntoView {
    let word = if wanted { "Unsubscribe" } else { "Subscribe" };
    view! {
        <ActionForm action=subscribe>
            <input type="hidden" name="contact" value=contact.to_string() />
            <input type="hidden" name="about" value=about.to_string() />
            <input type="hidden" name="wanted" value=(!wanted).to_string() />
            <button class="button small" type="submit" aria-label=format!("{word}: {name}")>
                {word}
            </button>
        </ActionForm>
    }
    .into_any()
}

/// Says that they complained of an e-mail, where somebody hears of it from their mail's provider.
#[component]
fn Complained(contact: ContactId, complain: ServerAction<Complain>) -> impl IntoView {
    view! {
        <ActionForm action=complain>
            <input type="hidden" name="contact" value=contact.to_string() />
            <button class="button small" type="submit" title="They marked an e-mail as spam: they get no e-mail to many any more">
                "Note a complaint"
            </button>
        </ActionForm>
    }
    .into_any()
}
