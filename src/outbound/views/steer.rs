//! Starting a message, with what it will do said first; and whatever else is done with one.

use leptos::prelude::*;

use super::page::CHANGE;
use super::preview::Findings;
use super::recipients::WouldBeLeftOut;
use crate::error::Error;
use crate::id::MessageId;
use crate::outbound::{Again, Detail, Whom};
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{refused, thousands};

/// Says to how many it goes, asks for the number where that is everybody, and starts.
#[component]
pub fn Start(
    message: Detail,
    /// Whether something was changed and not saved.
    dirty: Memo<bool>,
) -> impl IntoView {
    let failed = use_typed(CHANGE, "change").as_deref() == Some("start");
    let words = words(&message);
    // Where counting took too long for the page, whoever starts it is told the number.
    let refusal = use_failure(CHANGE).filter(is_of_number);
    let told = refusal.is_some();
    let everybody =
        message.reach.filter(|(_, all)| *all).map(|(count, _)| format!(", {},", thousands(count)));
    let everybody = everybody.or_else(|| told.then(String::new));
    let confirm = everybody.map(|count| {
        let holds = match message.whom {
            Whom::Later | Whom::Event => {
                "The rule holds for everybody, so that whoever comes gets it."
            }
            _ => "The rule holds for everybody.",
        };
        let typed = told.then(|| use_typed(CHANGE, "confirm"));
        view! {
            <label class="field">
                {format!("{holds} Type their number{count} if that is what you want")}
                <input
                    class="input message-confirm"
                    name="confirm"
                    inputmode="numeric"
                    autocomplete="off"
                    required
                    autofocus=told
                    value=typed.flatten()
                />
            </label>
            {refusal.map(refused)}
        }
    });
    let faulty = !message.fault.is_empty();
    let findings = message.findings.clone();
    let begins = message.brief.begins.clone();
    // The form lists them where people were chosen; of a rule it says who goes out at once.
    let left_out = matches!(message.whom, Whom::Chosen | Whom::Now | Whom::All).then(
        || view! { <WouldBeLeftOut id=message.brief.id named={message.whom != Whom::Chosen} /> },
    );
    view! {
        <section class="card message-start" aria-labelledby="start">
            <details open=failed>
                <summary class="button primary" id="start">
                    "Start…"
                </summary>
                <form class="form" method="post" action=CHANGE>
                    <input type="hidden" name="id" value=message.brief.id.to_string() />
                    <p>{words}</p>
                    {begins.map(|at| view! { <p>{format!("Nothing goes out before {at}.")}</p> })}
                    {left_out}
                    <Findings findings />
                    {confirm}
                    <p class="notice warn" hidden=move || !dirty.get()>
                        "There are changes that are not saved. Save them first: what is saved is what goes out."
                    </p>
                    <div class="form-actions">
                        <button class="button primary" type="submit" name="change" value="start" disabled=move || dirty.get() || faulty>
                            "Start sending"
                        </button>
                    </div>
                </form>
            </details>
        </section>
    }
    .into_any()
}

/// Whether a refusal is about the number that whoever starts a message types, beside which it is told.
pub(super) fn is_of_number(error: &Error) -> bool {
    matches!(error, Error::Invalid { field, .. } if field == "confirm")
}

fn words(message: &Detail) -> String {
    let people = |n: i64| match n {
        1 => "1 person".to_owned(),
        n => format!("{} people", thousands(n)),
    };
    let matching = message.reach.map_or_else(
        || "an unknown number, because counting them takes too long".to_owned(),
        |(count, _)| people(count),
    );
    if !message.fault.is_empty() {
        return format!("The rule makes no sense: {}.", message.fault);
    }
    match message.whom {
        Whom::Chosen if message.brief.begins.is_some() => {
            format!("It goes to {}.", people(message.named))
        }
        Whom::Chosen | Whom::One => format!("It goes to {} now.", people(message.named)),
        Whom::Now => format!("It goes to those who match now: {matching}."),
        Whom::All => format!(
            "It goes to those who match now, {matching}, and to everyone who comes to match later."
        ),
        Whom::Event => format!(
            "Nobody gets it now. It goes to everyone who does {} from now on, while the rule holds for them.",
            message.again.as_ref().map_or_else(String::new, Again::said)
        ),
        Whom::Later => format!(
            "It goes to everyone who comes to match from now on. Those who match now, {matching}, do not get it."
        ),
    }
}

/// A button that does one thing with a message.
#[component]
pub fn Act(
    id: MessageId,
    /// The word of what it does.
    change: &'static str,
    /// What it says.
    label: &'static str,
) -> impl IntoView {
    view! {
        <form method="post" action=CHANGE>
            <input type="hidden" name="id" value=id.to_string() />
            <button class="button small" type="submit" name="change" value=change>
                {label}
            </button>
        </form>
    }
    .into_any()
}

/// Duplicating, and deleting a draft.
#[component]
pub fn Other(message: Detail, draft: bool) -> impl IntoView {
    let id = message.brief.id;
    view! {
        <div class="message-other">
            <Act id change="duplicate" label="Duplicate" />
            {draft.then(|| view! {
                <details class="message-delete">
                    <summary class="button small">"Delete…"</summary>
                    <p>"The draft is gone for good then."</p>
                    <Act id change="delete" label="Delete the draft" />
                </details>
            })}
        </div>
    }
    .into_any()
}
