//! Whom a draft would go to, and who would be left out and why, before anything goes out.

use leptos::prelude::*;

use crate::answers::{Transition, ask};
use crate::id::{CompanyId, ContactId, MessageId};
use crate::outbound::api::MessageRecipients;
use crate::outbound::{Channel, Recipients, Whom};
use crate::ui::{refused, thousands};

/// People who were chosen one by one, by name, and who of them would be left out by this way.
#[component]
pub fn Chosen(
    /// The message, where it was saved.
    id: Option<MessageId>,
    /// Numbers of the people, with commas.
    people: String,
    /// How it gets there, as it is chosen now.
    channel: RwSignal<Channel>,
    /// The company whose people they are, where it was begun on that one's page.
    company: Option<CompanyId>,
) -> impl IntoView {
    let asked = people.clone();
    let found = ask(move || MessageRecipients {
        id,
        channel: channel.get().word().to_owned(),
        people: asked.clone(),
        company,
    });
    view! {
        <input type="hidden" name="whom" value=Whom::Chosen.word() />
        <input type="hidden" name="people" value=people />
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {move || match found.get()? {
                Ok(found) => {
                    let words = match found.total {
                        1 => "1 person chosen".to_owned(),
                        n => format!("{} people chosen", thousands(n)),
                    };
                    Some(view! { <Shown words found /> }.into_any())
                }
                Err(error) => Some(refused(error).into_any()),
            }}
        </Transition>
        <p class="hint">"Each gets it once. It is looked at once more when it goes out who is left out."</p>
    }
    .into_any()
}

/// Who of those whom a saved draft is for would be left out. Nothing where finding out takes too long.
#[component]
pub fn WouldBeLeftOut(
    id: MessageId,
    /// Whether those who would get it are named too: the form has no list of them.
    named: bool,
) -> impl IntoView {
    let found = ask(move || MessageRecipients {
        id: Some(id),
        channel: String::new(),
        people: String::new(),
        company: None,
    });
    view! {
        <Transition>
            {move || found.get().and_then(Result::ok).map(|found| match named && found.left < found.total {
                true => view! { <Shown words="Among them:".to_owned() found /> }.into_any(),
                false => view! { <LeftOut found /> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}

/// The first of those who would get it by name, and those who would be left out.
#[component]
fn Shown(
    /// What stands above them.
    words: String,
    found: Recipients,
) -> impl IntoView {
    let rest = found.total - found.left - found.named.len() as i64;
    let named =
        found.named.clone().into_iter().map(|(id, name)| view! { <li><Name id name /></li> });
    view! {
        <p>
            <strong>{words}</strong>
        </p>
        <ul class="message-chosen">
            {named.collect_view()}
            {(rest > 0).then(|| view! { <li class="quiet">{format!("and {} more", thousands(rest))}</li> })}
        </ul>
        <LeftOut found />
    }
    .into_any()
}

/// How many would be left out, why, and the first of them.
#[component]
fn LeftOut(found: Recipients) -> impl IntoView {
    if found.left == 0 {
        return ().into_any();
    }
    let of = match found.looked_at < found.total {
        true => format!("Of the first {}, ", thousands(found.looked_at)),
        false => "Of them, ".to_owned(),
    };
    let left = thousands(found.left);
    let rest = found.left - found.out.len() as i64;
    let why = |(why, n): (String, i64)| {
        let people =
            if n == 1 { "1 person".to_owned() } else { format!("{} people", thousands(n)) };
        view! { <li>{format!("{people}: {why}")}</li> }
    };
    let one = |(id, name, why): (ContactId, String, String)| {
        view! {
            <li>
                <Name id name />
                ": "
                <span class="quiet">{why}</span>
            </li>
        }
    };
    // Where all are listed with their reason, counting the reasons says nothing more.
    let reasons =
        (rest > 0).then(|| view! { <ul>{found.reasons.into_iter().map(why).collect_view()}</ul> });
    view! {
        <div class="notice warn message-left">
            <p>{format!("{of}{left} would be left out:")}</p>
            {reasons}
            <ul class="message-left-people">
                {found.out.into_iter().map(one).collect_view()}
                {(rest > 0).then(|| view! { <li class="quiet">{format!("and {} more", thousands(rest))}</li> })}
            </ul>
        </div>
    }
    .into_any()
}

#[component]
fn Name(id: ContactId, name: String) -> impl IntoView {
    view! {
        <a href=format!("/contacts/{id}") dir="auto">
            {name}
        </a>
    }
}
