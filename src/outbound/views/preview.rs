//! What a message says to one person, beside its text.

use std::time::Duration;

use leptos::prelude::*;

use super::draft::as_saved;
use super::page::SAVE;
use crate::answers::{Transition, ask_if};
use crate::attachments::Attachment;
use crate::attachments::views::Files;
use crate::id::{CompanyId, MessageId};
use crate::outbound::api::PreviewMessage;
use crate::outbound::{Channel, Finding, Previewed};
use crate::ui::flash::use_typed;
use crate::ui::{refused, settle, thousands, typed_before};

/// How long typing rests before the text is filled in again.
const PAUSE: Duration = Duration::from_millis(400);

/// The text filled in for whoever is named, or else for the people chosen one after the other, or for the first of the audience; a
/// mistake with its place.
#[component]
pub fn Preview(
    subject: RwSignal<String>,
    body: RwSignal<String>,
    /// How it gets there.
    channel: RwSignal<Channel>,
    rule: RwSignal<String>,
    /// Numbers of the people chosen, with commas; empty where a rule says who.
    people: String,
    /// The company whose people they are, where it was begun on that one's page.
    company: Option<CompanyId>,
    /// How often who is in several companies gets it, as it is chosen now.
    often: RwSignal<String>,
    /// The message, where it was saved.
    message: Option<MessageId>,
    /// What comes with it.
    files: Vec<Attachment>,
) -> impl IntoView {
    let who = RwSignal::new(use_typed(SAVE, "who").unwrap_or_default());
    let at = use_typed(SAVE, "at").and_then(|at| at.parse::<i64>().ok()).unwrap_or(0);
    let at = RwSignal::new(at);
    let typed = RwSignal::new(0_u32);
    Effect::new(move |_| {
        subject.track();
        body.track();
        rule.track();
        who.track();
        channel.track();
        often.track();
        typed.update(|n| *n += 1);
    });
    let field = typed_before::<leptos::html::Input>(move |field| who.set(field.value()));
    let settled = settle(typed, PAUSE);
    let named = !people.is_empty();
    let answer = ask_if(move || {
        settled.track();
        let at = at.get();
        let (body, rule) = (body.get_untracked(), rule.get_untracked());
        let (people, subject) = (people.clone(), subject.get_untracked());
        (!body.trim().is_empty()).then(|| PreviewMessage {
            channel: channel.get_untracked().word().to_owned(),
            subject,
            body,
            who: who.get_untracked(),
            rule,
            people,
            at,
            company,
            per_company: often.get_untracked(),
            id: message,
        })
    });
    let tested = use_typed(SAVE, "tested").unwrap_or_default();
    let started = RwSignal::new(false);
    let untried = move || started.get() && channel.get().in_app();
    Effect::new(move |_| started.set(true));
    view! {
        <section class="card preview" aria-label="Preview">
            <header class="preview-head message-preview-head">
                <h3>"Preview"</h3>
                <label class="field">
                    <span class="visually-hidden">"For whom: an e-mail address or a user id"</span>
                    <input
                        class="input"
                        name="who"
                        placeholder="E-mail or user id of anyone"
                        autocomplete="off"
                        value=who.get_untracked()
                        node_ref=field
                        on:input:target=move |ev| who.set(ev.target().value())
                    />
                </label>
                <button class="button small" type="submit" name="act" value="show" formnovalidate hidden=started>
                    "Show the preview"
                </button>
                <button
                    class="button small"
                    type="submit"
                    name="act"
                    value="test"
                    formnovalidate
                    hidden=untried
                >
                    "Send a test to yourself"
                </button>
            </header>
            {(!tested.is_empty()).then(|| view! {
                <p class="notice good" role="status">
                    {format!("A test is on its way to {tested}. ")}
                    {if as_saved() { "It reads as the message is saved." } else { "What you wrote is not saved yet." }}
                </p>
            })}
            <input type="hidden" name="at" value=move || at.get().to_string() />
            <Transition>
                {
                    // They stay while others are shown, and with them the button that was pressed.
                    let of = Memo::new(move |_| answer.get().and_then(Result::ok).flatten().and_then(|shown| shown.of));
                    let several = Memo::new(move |_| of.get().is_some_and(|(_, total)| total > 1));
                    move || several.get().then(|| view! { <Steps of at named /> })
                }
            </Transition>
            <div aria-live="polite">
                <Transition>
                    {move || match answer.get() {
                        Some(Ok(Some(previewed))) => view! { <Shown previewed /> }.into_any(),
                        Some(Err(error)) => refused(error).into_any(),
                        _ => view! { <p class="quiet">"Write something to see what they will read."</p> }.into_any(),
                    }}
                </Transition>
            </div>
            <Files files />
        </section>
    }
    .into_any()
}

/// From one of those whom it would be for to the next. Without a script its buttons bring the page back with what another reads.
#[component]
fn Steps(
    /// Which is shown, and of how many.
    of: Memo<Option<(i64, i64)>>,
    at: RwSignal<i64>,
    /// Whether they are named one by one; else they are the first for whom a rule holds.
    named: bool,
) -> impl IntoView {
    let now = move || of.get().unwrap_or_default();
    let which = move || {
        let (at, total) = now();
        let all = thousands(total);
        if named {
            format!("{} of {all} chosen", at + 1)
        } else {
            format!("{} of the first {all}", at + 1)
        }
    };
    let step = move |by: i64, word: &'static str| {
        let to = move || now().0 + by;
        let off = move || !(0..now().1).contains(&to());
        view! {
            <button
                class="button small"
                type="submit"
                name="act"
                value=move || format!("show {}", to())
                formnovalidate
                disabled=off
                on:click=move |ev| {
                    ev.prevent_default();
                    at.set(to());
                }
            >
                {word}
            </button>
        }
    };
    view! {
        <div class="message-preview-steps">
            <span class="quiet">{which}</span>
            {step(-1, "Previous")}
            {step(1, "Next")}
        </div>
    }
    .into_any()
}

#[component]
fn Shown(previewed: Previewed) -> impl IntoView {
    if !previewed.fault.is_empty() {
        return view! { <p class="notice warn message-fault" dir="auto">{previewed.fault}</p> }
            .into_any();
    }
    let whom = match previewed.person {
        Some((id, name)) => view! {
            <a href=format!("/contacts/{id}") dir="auto">
                {name}
            </a>
        }
        .into_any(),
        None => "somebody of whom nothing is known".into_any(),
    };
    let of =
        (!previewed.company.is_empty()).then(|| view! { ", of " <bdi>{previewed.company}</bdi> });
    let empty = previewed.html.trim().is_empty();
    let findings = previewed.findings;
    view! {
        <p class="quiet">"As it reads for " {whom} {of}</p>
        {(!previewed.subject.is_empty()).then(|| view! { <p dir="auto"><strong>{previewed.subject}</strong></p> })}
        {if empty {
            view! { <p class="notice warn">"Nothing is left for this person to read, so they would be left out."</p> }.into_any()
        } else {
            view! { <div class="prose preview-text" dir="auto" inner_html=previewed.html></div> }.into_any()
        }}
        <Findings findings />
    }
    .into_any()
}

/// What is to be said of a message before it goes out, with the line where there is one.
#[component]
pub fn Findings(findings: Vec<Finding>) -> impl IntoView {
    let one = |finding: Finding| {
        view! {
            <li>
                {finding.line.map(|line| view! { <strong>{format!("Line {line}: ")}</strong> })}
                <span dir="auto">{finding.said}</span>
            </li>
        }
    };
    (!findings.is_empty())
        .then(|| {
            view! {
                <div class="notice warn message-findings">
                    <p>"Before it goes out"</p>
                    <ul>{findings.into_iter().map(one).collect_view()}</ul>
                </div>
            }
        })
        .into_any()
}
