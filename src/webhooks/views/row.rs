//! One webhook: how it stands, what can be done with it, and what it was told.

use leptos::prelude::*;

use super::chosen::Chosen;
use super::log::Log;
use crate::id::WebhookId;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{TimeAgo, refused, thousands};
use crate::webhooks::Webhook;

/// A webhook; what is typed into it stays while how it stands changes.
#[component]
pub fn Row(first: Webhook, all: Memo<Vec<Webhook>>) -> impl IntoView {
    let id = first.id;
    let now = Memo::new({
        let first = first.clone();
        move |_| all.with(|all| all.iter().find(|hook| hook.id == id).unwrap_or(&first).clone())
    });
    let paused = move || now.with(|hook| hook.paused.is_some());
    let failures = ["ping_webhook", "send_webhook_again", "pause_webhook", "delete_webhook"];
    let failure = failures.into_iter().find_map(|name| {
        let path = format!("/do/{name}");
        let mine = use_typed(&path, "webhook").is_some_and(|one| one == id.to_string());
        use_failure(&path).filter(|_| mine)
    });
    view! {
        <li class="team-row webhook">
            <span class="team-name">
                <strong dir="ltr">{first.url.clone()}</strong>
                <span class="quiet">{move || now.with(|hook| told_of(&hook.topics))}</span>
            </span>
            {move || view! { <Stands hook=now.get() /> }}
            {failure.map(refused)}
            <div class="form-actions">
                <Press id action="/do/ping_webhook" word="Send a test" />
                {move || view! { <Pause id paused=paused() /> }}
                <Press id action="/do/delete_webhook" word="Delete" />
            </div>
            <Change hook=first />
            <details class="team-remove" open=move || now.with(|hook| hook.failing.is_some())>
                <summary class="button small">"What it was told"</summary>
                {move || now.with(|hook| view! { <Log webhook=id told=hook.told.clone() paused=hook.paused.is_some() /> })}
            </details>
        </li>
    }
    .into_any()
}

fn told_of(topics: &[String]) -> String {
    match topics {
        [] => "Told of everything".into(),
        [one] => format!("Told of {one}"),
        many => format!("Told of {} topics", many.len()),
    }
}

#[component]
fn Stands(hook: Webhook) -> impl IntoView {
    let behind = match hook.behind {
        0 => None,
        1 => Some(", 1 entry of the log to go".to_owned()),
        n => Some(format!(", {} entries of the log to go", thousands(n))),
    };
    let (word, text) = match (&hook.paused, &hook.failing) {
        (Some((_, why)), _) if why == "failing" => {
            ("Paused", Some("Paused by itself: every try failed for three days."))
        }
        (Some((_, why)), _) if why == "gone" => {
            ("Paused", Some("Paused by itself: the address answered that it is gone (410)."))
        }
        (Some(_), _) => ("Paused", None),
        (None, Some(_)) => ("Failing", Some("It is tried again by itself, ever more seldom.")),
        (None, None) => ("Running", None),
    };
    let since = hook.paused.map(|(at, _)| at).or(hook.failing);
    view! {
        <span class="badge quiet">{word}</span>
        <span class="quiet">
            {since.map(|stamp| view! { "since " <TimeAgo stamp /> })}
            {behind}
        </span>
        {text.map(|text| view! { <p class="notice warn">{text}</p> })}
    }
    .into_any()
}

#[component]
fn Press(id: WebhookId, action: &'static str, word: &'static str) -> impl IntoView {
    view! {
        <form method="post" action=action>
            <input type="hidden" name="webhook" value=id.to_string() />
            <button class="button small" type="submit">
                {word}
            </button>
        </form>
    }
    .into_any()
}

#[component]
fn Pause(id: WebhookId, paused: bool) -> impl IntoView {
    let skip = paused.then(|| {
        view! {
            <label class="check">
                <input type="checkbox" name="skip" value="1" />
                "Leave out what happened meanwhile"
            </label>
        }
    });
    view! {
        <form class="form-actions" method="post" action="/do/pause_webhook">
            <input type="hidden" name="webhook" value=id.to_string() />
            <input type="hidden" name="pause" value=(!paused).to_string() />
            <button class="button small" type="submit">
                {if paused { "Go on" } else { "Pause" }}
            </button>
            {skip}
        </form>
    }
    .into_any()
}

#[component]
fn Change(hook: Webhook) -> impl IntoView {
    const PATH: &str = "/do/change_webhook";
    let id = hook.id.to_string();
    let mine = use_typed(PATH, "webhook").is_some_and(|one| one == id);
    let failure = use_failure(PATH).filter(|_| mine);
    let url = use_typed(PATH, "url").filter(|_| mine).unwrap_or(hook.url);
    view! {
        <details class="team-remove" open=mine>
            <summary class="button small">"Change"</summary>
            <form class="form" method="post" action=PATH>
                {failure.map(refused)}
                <input type="hidden" name="webhook" value=id.clone() />
                <label class="field">
                    "Address"
                    <input class="input" type="url" name="url" maxlength="2000" required value=url />
                </label>
                <Chosen topics=hook.topics />
                <button class="button primary small" type="submit">
                    "Save"
                </button>
            </form>
            <form class="form" method="post" action="/do/roll_webhook">
                <input type="hidden" name="webhook" value=id />
                <p class="hint">"A new secret is shown once. The one there is ends at once: requests are signed with the new one from then on."</p>
                <button class="button small" type="submit">
                    "Make another secret"
                </button>
            </form>
        </details>
    }
    .into_any()
}
