//! Webhooks: added, tried out, paused, deleted with a way back, and what each was told.

use leptos::prelude::*;
use leptos_meta::Title;

use super::chosen::Chosen;
use super::row::Row;
use crate::answers::{Transition, ask_if, kept};
use crate::live::{Topic, follow};
use crate::teammates::Viewer;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{Copy, refused};
use crate::webhooks::api::ReadWebhooks;
use crate::webhooks::{PAGE, Webhook};
use crate::workspace::views::SettingsNav;

/// `/settings/webhooks`, for admins. The forms are plain: each loads the page anew.
#[component]
pub fn WebhooksPage() -> impl IntoView {
    let viewer = use_context::<Option<Viewer>>().flatten();
    let admin = viewer.is_some_and(|v| v.role.can_configure());
    let version = RwSignal::new(0);
    let found = ask_if(move || {
        version.track();
        admin.then_some(ReadWebhooks {})
    });
    let seq = move || Some(found.get()?.ok()??.seq);
    follow(Topic::Webhooks, version, seq);
    let done = use_typed(PAGE, "done");
    view! {
        <Title text="Webhooks" />
        <SettingsNav />
        <div class="sheet">
            <h1>"Webhooks"</h1>
            <p class="hint">"An address of yours is told what happens here, as it happens: signed, and again until it answers."</p>
            {done.map(|done| view! { <p class="notice good" role="status">{done}</p> })}
            <Secret />
            <Gone />
            {if admin {
                view! { <Add /> }.into_any()
            } else {
                view! { <p class="notice">"Only admins see and change webhooks. Ask one of them."</p> }.into_any()
            }}
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {
                    // The rows stay while what they were told changes, so that what is typed in them is not lost.
                    let there = kept(move || found.get().is_some_and(|answer| answer.is_ok()));
                    let all = Memo::new(move |_| {
                        found.get().and_then(Result::ok).flatten().map(|found| found.all).unwrap_or_default()
                    });
                    move || there.get().then(|| view! { <List all admin /> })
                }
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn List(all: Memo<Vec<Webhook>>, admin: bool) -> impl IntoView {
    let empty = move || {
        let none = admin && all.with(Vec::is_empty);
        none.then(|| view! { <p class="empty-text">"Nothing is told yet. Add the address of a program of yours that takes a POST."</p> })
    };
    view! {
        {empty}
        <ul class="team" aria-label="Webhooks">
            <For each=move || all.get() key=|hook| hook.id let:hook>
                <Row first=hook all />
            </For>
        </ul>
    }
    .into_any()
}

/// The secret that was just made.
#[component]
fn Secret() -> impl IntoView {
    let secret = use_typed(PAGE, "secret")?;
    Some(
        view! {
            <div class="notice good" role="status">
                <p>"This is the secret that requests are signed with. It is shown this once: keep it where they arrive."</p>
                <p class="copy-line">
                    <code>{secret.clone()}</code>
                    <Copy text=secret label="Copy the secret".to_owned() />
                </p>
            </div>
        }
        .into_any(),
    )
}

/// Says what was just deleted, with the way back.
#[component]
fn Gone() -> impl IntoView {
    let id = use_typed(PAGE, "gone")?;
    let url = use_typed(PAGE, "url").unwrap_or_default();
    Some(
        view! {
            <form class="notice" role="status" method="post" action="/do/restore_webhook">
                <bdi>{format!("{url} was deleted. ")}</bdi>
                <input type="hidden" name="webhook" value=id />
                <button class="link-button" type="submit">
                    "Undo"
                </button>
            </form>
        }
        .into_any(),
    )
}

#[component]
fn Add() -> impl IntoView {
    const PATH: &str = "/do/add_webhook";
    let failure = use_failure(PATH);
    let open = failure.is_some();
    view! {
        <details class="reply-make" open=open>
            <summary class="button primary">"New webhook"</summary>
            <form class="form card" method="post" action=PATH>
                {failure.map(refused)}
                <label class="field">
                    "Address"
                    <input
                        class="input"
                        type="url"
                        name="url"
                        maxlength="2000"
                        required
                        placeholder="https://example.com/hook"
                        value=use_typed(PATH, "url")
                    />
                </label>
                <Chosen topics=Vec::new() />
                <button class="button primary" type="submit">
                    "Add webhook"
                </button>
            </form>
        </details>
    }
    .into_any()
}
