//! Writing to some or all people of a company: to whom, what, and what each of them will read.

use leptos::form::ActionForm;
use leptos::html::Textarea;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::company::NoCompany;
use super::preview::Preview;
use crate::answers::{Transition, ask, kept, now, shared};
use crate::companies::message::api::{MessagePeople, MessageRecipients};
use crate::companies::message::{Choice, LONGEST, NAMED, Recipients, Way};
use crate::error::Error;
use crate::id::{CompanyId, ContactId};
use crate::live::{Topic, follow};
use crate::outbound::{CHOSEN, Reason};
use crate::ui::flash::{failure_of, use_typed};
use crate::ui::{fresh_id, in_field, refused, thousands, typed_before, use_id};

/// Where the form goes.
pub(super) const PATH: &str = "/do/message_people";

/// The page on which a message to people of a company is written; its address says who is meant.
#[component]
pub fn MessagePage() -> impl IntoView {
    let query = use_query_map();
    let company = use_id::<CompanyId>("/companies/");
    let choice = Memo::new(move |_| {
        query.with(|q| Choice::from_query(|name| q.get_all(name).unwrap_or_default()))
    });
    let way = Memo::new(move |_| Way::from_word(&query.read().get("by").unwrap_or_default()));
    move || match company.get() {
        Some(company) => {
            view! { <MessageTo company choice=choice.get() way=way.get() /> }.into_any()
        }
        None => view! { <NoCompany error=Error::NotFound /> }.into_any(),
    }
}

#[component]
fn MessageTo(company: CompanyId, choice: Choice, way: Way) -> impl IntoView {
    let version = RwSignal::new(0);
    let asked = choice.clone();
    let recipients = ask(move || {
        version.track();
        let Choice { people, all, find } = asked.clone();
        MessageRecipients { company, people, all, find, by: way.word().into() }
    });
    follow(Topic::Company(company), version, move || Some(recipients.get()?.ok()?.seq));
    let again = Callback::new(move |()| version.update(|n| *n += 1));
    let choice = StoredValue::new(choice);
    view! {
        <Title text="Message" />
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {
                // What is being written stays while who gets it changes.
                let failed = kept(move || recipients.get().map(Result::err));
                let latest = Memo::new(move |_| recipients.get().and_then(Result::ok));
                move || match failed.get() {
                    None => ().into_any(),
                    Some(Some(error)) => view! { <NoCompany error again=Some(again) /> }.into_any(),
                    Some(None) => match now(&recipients) {
                        Some(first) => view! { <Whole company choice=choice.get_value() first latest version /> }.into_any(),
                        None => ().into_any(),
                    },
                }
            }
        </Transition>
    }
    .into_any()
}

#[component]
fn Whole(
    company: CompanyId,
    choice: Choice,
    first: Recipients,
    latest: Memo<Option<Recipients>>,
    version: RwSignal<u32>,
) -> impl IntoView {
    let name = first.company.clone();
    let recipients = Memo::new(move |_| latest.get().unwrap_or_else(|| first.clone()));
    let total = Memo::new(move |_| recipients.read().total);
    let body = RwSignal::new(use_typed(PATH, "body").unwrap_or_default());
    let chosen = recipients.read_untracked().way;
    let here = chosen == Way::Chat;
    let preview = here.then(|| choice.clone());
    let ways = [(Way::Chat, "Chat"), (Way::Post, "Post"), (Way::Email, "E-mail")].map(|(way, word)| {
        let current = (way == chosen).then_some("page");
        view! {
            <a href=format!("/companies/{company}/message?{}", choice.query(way)) aria-current=current>
                {word}
            </a>
        }
    });
    let elsewhere = (!here).then(|| choice.clone());
    let by_chat = here.then_some(choice);
    view! {
        <header class="page-header">
            <h1>"Message to people of " <a href=format!("/companies/{company}?view=people") dir="auto">{name}</a></h1>
        </header>
        <nav class="tabs" aria-label="How it gets to them">
            {ways.collect_view()}
        </nav>
        <div class="group-message">
            <div class="group-form">
                <p class="group-to">
                    <span class="quiet">"To "</span>
                    <strong dir="auto">{move || recipients.read().words()}</strong>
                </p>
                <LeftOut recipients />
                {elsewhere.map(|choice| view! { <Elsewhere company choice way=chosen recipients /> })}
                {by_chat.map(|choice| view! { <Form company choice total body /> })}
            </div>
            {preview.map(|choice| view! { <Preview company choice body version /> })}
        </div>
    }
    .into_any()
}

/// Those who will not get it, with the reason.
#[component]
fn LeftOut(recipients: Memo<Recipients>) -> impl IntoView {
    move || {
        recipients.with(|r| {
            let more = r.left_out_total - r.left_out.len() as i64;
            let one = |(id, name, reason): &(ContactId, String, Reason)| {
                view! {
                    <li>
                        <a href=format!("/contacts/{id}") dir="auto">
                            {name.clone()}
                        </a>
                        ": "
                        <span class="quiet">{reason.said()}</span>
                    </li>
                }
            };
            (r.left_out_total > 0).then(|| {
                let count = match r.left_out_total {
                    1 => "1 person is left out:".to_owned(),
                    n => format!("{n} people are left out:"),
                };
                view! {
                    <div class="notice" role="note">
                        <p>{count}</p>
                        <ul class="left-out">
                            {r.left_out.iter().map(one).collect_view()}
                            {(more > 0).then(|| view! { <li>{format!("and {more} more")}</li> })}
                        </ul>
                    </div>
                }
            })
        })
    }
}

/// Where a post or an e-mail is written: as a message of outbound, which keeps to what people want and says what became of it.
#[component]
fn Elsewhere(
    company: CompanyId,
    choice: Choice,
    way: Way,
    recipients: Memo<Recipients>,
) -> impl IntoView {
    let by_email = way == Way::Email;
    let (one, nobody, hint) = if by_email {
        (
            "an e-mail",
            "None of them can be reached by e-mail.",
            "The next page has the subject, the text and when it goes out, and says later who opened it. Who unsubscribes before it goes out is left out too.",
        )
    } else {
        (
            "a post",
            "None of them can be reached.",
            "A post stands larger in their Messenger, as news does. The next page has the text and when it goes out, and says later who saw it.",
        )
    };
    let write = move || {
        recipients.with(|r| match (r.total, r.written_at(company, &choice)) {
            (0, _) => view! { <p class="quiet">{nobody}</p> }.into_any(),
            (_, None) => {
                let most = thousands(if choice.all { CHOSEN } else { NAMED } as i64);
                let said = format!("Such a message names at most {most} people. Select fewer, or send a message to a segment.");
                view! { <p class="notice" role="note">{said}</p> }.into_any()
            }
            (total, Some(href)) => {
                let people = if total == 1 { "1 person".to_owned() } else { format!("{} people", thousands(total)) };
                view! {
                    <a class="button primary" href=href>
                        {format!("Write {one} to {people}")}
                    </a>
                }
                .into_any()
            }
        })
    };
    view! {
        <p class="hint">{hint}</p>
        <div class="form-actions">
            {write}
            <a class="button" href=format!("/companies/{company}?view=people")>
                "Cancel"
            </a>
        </div>
    }
    .into_any()
}

/// The text, and the button that begins a conversation with each.
#[component]
fn Form(
    company: CompanyId,
    choice: Choice,
    total: Memo<i64>,
    body: RwSignal<String>,
) -> impl IntoView {
    let send = ServerAction::<MessagePeople>::new();
    let id = use_typed(PATH, "client_id").unwrap_or_else(|| shared("group-message-id", fresh_id));
    let failure = failure_of(send);
    let field = typed_before::<Textarea>(move |field| body.set(field.value()));
    let first = body.get_untracked();
    let button = move || match total.get() {
        1 => "Send to 1 person".to_owned(),
        n => format!("Send to {n} people"),
    };
    let waits = move || match total.get() {
        1 => "Waiting: reaches them when they next open a page with your Messenger",
        _ => "Waiting: reaches each of them when they next open a page with your Messenger",
    };
    view! {
        <ActionForm action=send attr:class="form" attr:id="group-message">
            <input type="hidden" name="company" value=company.to_string() />
            <input type="hidden" name="people" value=choice.people />
            <input type="hidden" name="all" value=choice.all.to_string() />
            <input type="hidden" name="find" value=choice.find />
            <input type="hidden" name="client_id" value=id />
            <label class="field">
                "Message"
                <textarea
                    class="input"
                    name="body"
                    rows="8"
                    maxlength=LONGEST.to_string()
                    dir="auto"
                    required
                    placeholder="Hi {{first_name | there}}"
                    node_ref=field
                    on:input:target=move |ev| body.set(ev.target().value())
                >
                    {in_field(first)}
                </textarea>
            </label>
            <p class="hint">
                "Variables: {{first_name}}, {{name}}, {{email}}, {{company}}, {{my_name}}. In {{first_name | there}}, “there” stands where no name is known."
            </p>
            {move || failure().map(refused)}
            <p class="quiet group-waits">{waits}</p>
            <div class="form-actions">
                <button class="button primary" type="submit" disabled=move || send.pending().get() || total.get() == 0>
                    {button}
                </button>
                <a class="button" href=format!("/companies/{company}?view=people")>
                    "Cancel"
                </a>
            </div>
        </ActionForm>
    }
    .into_any()
}
