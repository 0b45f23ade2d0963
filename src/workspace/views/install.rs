//! How to send data, and whether it arrives.

use leptos::prelude::*;
use leptos_meta::Title;

use super::nav::SettingsNav;
use crate::answers::{Transition, ask};
use crate::jobs::views::Jobs;
use crate::live::{Topic, follow};
use crate::teammates::Viewer;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{Copy, TimeAgo, refused};
use crate::workspace::Install;
use crate::workspace::api::InstallStatus;

/// Snippets with this workspace's own address, and a sign that turns by itself when the first data arrives.
#[component]
pub fn InstallPage() -> impl IntoView {
    let version = RwSignal::new(0);
    let status = ask(move || {
        version.track();
        InstallStatus {}
    });
    follow(Topic::Workspace, version, move || Some(status.get()?.ok()?.seq));
    // Shown once, so taken once: a change of the page's state must not lose them.
    let shown = |name: &str| use_typed("/settings/install", name);
    let keys = StoredValue::new([shown("write_key"), shown("api_token"), shown("identity_secret")]);
    let failure = use_failure("/do/make_key");
    let viewer = use_context::<Option<Viewer>>().flatten();
    let admin = viewer.is_some_and(|v| v.role.can_configure());
    view! {
        <Title text="Send data" />
        <SettingsNav />
        <div class="sheet">
            <h1>"Send data"</h1>
            <Jobs />
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || {
                    status
                        .get()
                        .and_then(Result::ok)
                        .map(|install| view! { <Arrived received=install.received /> })
                }}
            </Transition>
            {keys.get_value().iter().any(Option::is_some).then(|| view! { <Keys keys=keys.get_value() /> })}
            {failure.map(refused)}
            <Transition>
                {move || {
                    let key = keys.with_value(|k| k[0].clone()).unwrap_or_else(|| "WRITE_KEY".into());
                    status.get().and_then(Result::ok).map(|install| view! { <Snippets install key /> })
                }}
            </Transition>
            {admin
                .then(|| {
                    view! {
                        <form class="form-actions" method="post" action="/do/make_key">
                            <button class="button small" type="submit" name="kind" value="write_key">
                                "Make another write key"
                            </button>
                            <button class="button small" type="submit" name="kind" value="api_token">
                                "Make another API token"
                            </button>
                        </form>
                    }
                })}
            {(!admin).then(|| view! { <p class="hint">"Only admins make keys. Ask one of them."</p> })}
        </div>
    }
    .into_any()
}

#[component]
fn Arrived(received: Option<crate::time::Stamp>) -> impl IntoView {
    match received {
        Some(stamp) => view! {
            <p class="notice good" role="status">
                "Data has arrived. The first came "
                <TimeAgo stamp />
                ". "
                <a href="/people">"See the people"</a>
            </p>
        }
        .into_any(),
        None => view! {
            <p class="notice" role="status">
                "Waiting for the first data. This turns green by itself when it arrives."
            </p>
        }
        .into_any(),
    }
}

#[component]
fn Keys(keys: [Option<String>; 3]) -> impl IntoView {
    let names = ["Write key", "API token", "Identity secret"];
    let rows = names.into_iter().zip(keys).filter_map(|(name, key)| key.map(|key| (name, key)));
    let row = |(name, key): (&'static str, String)| {
        view! {
            <div class="fact">
                <dt>{name}</dt>
                <dd>
                    <code>{key.clone()}</code>
                    <Copy text=key label=format!("Copy: {name}") />
                </dd>
            </div>
        }
    };
    view! {
        <section class="card">
            <h2>"Your keys"</h2>
            <p class="hint">"They are shown this once: keep them."</p>
            <dl class="facts-list">{rows.map(row).collect_view()}</dl>
        </section>
    }
    .into_any()
}

#[component]
fn Snippets(install: Install, key: String) -> impl IntoView {
    let at = install.address;
    let all = [
        (
            "Command line",
            format!(
                "curl -u '{key}:' -H 'content-type: application/json' {at}/v1/identify \\\n  -d '{{\"userId\": \"u-1\", \"traits\": {{\"name\": \"Grace Hopper\"}}}}'"
            ),
        ),
        (
            "Node",
            format!(
                "// npm install @segment/analytics-node\nimport {{ Analytics }} from '@segment/analytics-node';\nconst analytics = new Analytics({{ writeKey: '{key}', host: '{at}' }});\nanalytics.track({{ userId: 'u-1', event: 'Order completed', properties: {{ total: 80 }} }});\nawait analytics.closeAndFlush();"
            ),
        ),
        (
            "Python",
            format!(
                "# pip install segment-analytics-python\nimport segment.analytics as analytics\nanalytics.write_key, analytics.host = '{key}', '{at}'\nanalytics.identify('u-1', {{'name': 'Grace Hopper'}})\nanalytics.flush()"
            ),
        ),
        (
            "A page of yours",
            format!(
                "<script>\nfetch('{at}/v1/page', {{ method: 'POST', keepalive: true, body: JSON.stringify({{\n    writeKey: '{key}', userId: 'u-1', messageId: crypto.randomUUID(),\n    context: {{ page: {{ url: location.href, referrer: document.referrer }}, userAgent: navigator.userAgent, locale: navigator.language,\n        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone }},\n}}) }});\n</script>"
            ),
        ),
    ];
    let one = |(title, text): (&'static str, String)| {
        view! {
            <section class="snippet">
                <h2>{title}</h2>
                <Copy text=text.clone() label=format!("Copy: {title}") />
                <pre dir="ltr" tabindex="0"><code>{text}</code></pre>
            </section>
        }
    };
    view! {
        {all.into_iter().map(one).collect_view()}
        <p class="hint">
            "Files: "
            <a href="/import">"import CSV"</a>
            ". The workspace is "
            <code>{install.app_id}</code>
            "."
        </p>
    }
    .into_any()
}
