//! Keys of the APIs, and the identity secret.

use leptos::prelude::*;
use leptos_meta::Title;

use super::identity::IdentityPart;
use super::nav::SettingsNav;
use crate::answers::{Transition, ask, kept};
use crate::live::{Topic, follow};
use crate::teammates::Viewer;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{Copy, TimeAgo, refused};
use crate::workspace::api::ReadKeys;
use crate::workspace::{Identity, Key};

/// Every key that works. The forms are plain: each loads the page anew.
#[component]
pub fn KeysPage() -> impl IntoView {
    let version = RwSignal::new(0);
    let found = ask(move || {
        version.track();
        ReadKeys {}
    });
    follow(Topic::Workspace, version, move || Some(found.get()?.ok()?.seq));
    let viewer = use_context::<Option<Viewer>>().flatten();
    let admin = viewer.is_some_and(|v| v.role.can_configure());
    let shown =
        ["write_key", "api_token"].into_iter().find_map(|kind| use_typed("/settings/keys", kind));
    view! {
        <Title text="Keys" />
        <SettingsNav />
        <div class="sheet">
            <h1>"Keys"</h1>
            <p class="hint">"A write key sends data. An API token reads and writes everything: keep it on servers."</p>
            {shown.map(|key| view! { <Shown key=key /> })}
            {if admin {
                view! { <Make /> }.into_any()
            } else {
                view! { <p class="notice">"Only admins make and revoke keys. Ask one of them."</p> }.into_any()
            }}
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {
                    // The rows stay while their last use changes, so that what is typed in them is not lost.
                    let there = kept(move || found.get().is_some_and(|answer| answer.is_ok()));
                    let all = Memo::new(move |_| found.get().and_then(Result::ok).map(|keys| keys.keys).unwrap_or_default());
                    let identity = Memo::new(move |_| found.get().and_then(Result::ok).and_then(|keys| keys.identity));
                    move || there.get().then(|| view! { <Lists all identity admin /> })
                }
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Lists(all: Memo<Vec<Key>>, identity: Memo<Option<Identity>>, admin: bool) -> impl IntoView {
    view! {
        <ul class="team" aria-label="Keys">
            <For each=move || all.get() key=|key| key.id let:key>
                <Row first=key all admin />
            </For>
        </ul>
        {move || identity.get().map(|identity| view! { <IdentityPart identity /> })}
    }
    .into_any()
}

#[component]
fn Shown(key: String) -> impl IntoView {
    view! {
        <div class="notice good" role="status">
            <p>"This is your new key. It is shown this once: keep it."</p>
            <p class="copy-line">
                <code>{key.clone()}</code>
                <Copy text=key label="Copy the key".to_owned() />
            </p>
        </div>
    }
    .into_any()
}

#[component]
fn Make() -> impl IntoView {
    let failure = use_failure("/do/make_key");
    view! {
        {failure.map(refused)}
        <form class="toolbar" method="post" action="/do/make_key">
            <input type="hidden" name="page" value="keys" />
            <input
                class="input"
                name="name"
                aria-label="What the key is for"
                placeholder="What it is for"
                maxlength="100"
                value=use_typed("/do/make_key", "name")
            />
            <select class="input" name="kind" aria-label="Kind of key">
                <option value="write_key">"Write key: sends data"</option>
                <option value="api_token" selected=use_typed("/do/make_key", "kind").as_deref() == Some("api_token")>
                    "API token: reads and writes"
                </option>
            </select>
            <button class="button primary" type="submit">
                "Make a key"
            </button>
        </form>
    }
    .into_any()
}

#[component]
fn Row(first: Key, all: Memo<Vec<Key>>, admin: bool) -> impl IntoView {
    let id = first.id;
    let kind = if first.kind == "write_key" { "Write key" } else { "API token" };
    let name = if first.name.is_empty() { kind.to_owned() } else { first.name.clone() };
    let hint = first.hint.clone();
    let made = first.made.clone();
    let revoke = admin.then(|| view! { <Revoke key=first.clone() /> });
    let used = Memo::new(move |_| {
        all.with(|all| {
            all.iter().find(|k| k.id == id).map_or_else(|| first.used.clone(), |k| k.used.clone())
        })
    });
    view! {
        <li class="team-row">
            <span class="team-name" dir="auto">
                <strong>{name}</strong>
                <span class="quiet">"ends in " <code>{hint}</code> ", made " <TimeAgo stamp=made /></span>
            </span>
            <span class="badge quiet">{kind}</span>
            <span class="quiet">
                {move || match used.get() {
                    Some(stamp) => view! { "used " <TimeAgo stamp /> }.into_any(),
                    None => "never used".into_any(),
                }}
            </span>
            {revoke}
        </li>
    }
    .into_any()
}

#[component]
fn Revoke(key: Key) -> impl IntoView {
    let id = key.id.to_string();
    let again = use_typed("/do/revoke_key", "key").as_deref() == Some(&id);
    let failure = again.then(|| use_failure("/do/revoke_key")).flatten();
    let label = format!("Type {}, its last four characters", key.hint);
    let field = format!("confirm-{id}");
    view! {
        <details class="team-remove" open=again>
            <summary class="button small">"Revoke"</summary>
            <form class="form" method="post" action="/do/revoke_key">
                {failure.map(refused)}
                <input type="hidden" name="key" value=id />
                <div class="field">
                    <label for=field.clone()>{label}</label>
                    <input class="input" id=field name="confirm" autocomplete="off" autocapitalize="none" maxlength="20" required />
                    <p class="hint">"What uses this key stops working at once. This cannot be undone."</p>
                </div>
                <div class="form-actions">
                    <button class="button danger small" type="submit">
                        "Revoke the key"
                    </button>
                </div>
            </form>
        </details>
    }
    .into_any()
}
