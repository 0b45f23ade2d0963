//! The settings of outbound messages: how much goes out, and what it is about.

use leptos::prelude::*;
use leptos_meta::Title;

use super::types::Types;
use crate::answers::{Transition, ask};
use crate::live::{Topic, follow};
use crate::outbound::limits::Limits;
use crate::outbound::types::Setup;
use crate::outbound::types::api::{OutboundSetup, PAGE, SaveLimits};
use crate::teammates::Viewer;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::refused;
use crate::workspace::views::SettingsNav;
use leptos::server_fn::ServerFn as _;

/// `/settings/outbound`: plain forms for admins, the facts for others.
#[component]
pub fn OutboundSettingsPage() -> impl IntoView {
    let version = RwSignal::new(0);
    let found = ask(move || {
        version.track();
        OutboundSetup {}
    });
    follow(Topic::Workspace, version, move || Some(found.get()?.ok()?.seq));
    let viewer = use_context::<Option<Viewer>>().flatten();
    let admin = viewer.is_some_and(|v| v.role.can_configure());
    let done = use_typed(PAGE, "done");
    view! {
        <Title text="Outbound settings" />
        <SettingsNav />
        <div class="sheet">
            <h1>"Outbound"</h1>
            {done.map(|text| view! { <p class="notice good" role="status">{text}</p> })}
            {(!admin).then(|| view! { <p class="notice">"Only admins change these. Ask one of them."</p> })}
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {
                    // Only a change of what the forms show makes them anew, or each change of the settings would empty them.
                    let setup = Memo::new(move |_| found.get().and_then(Result::ok).map(|setup| Setup { seq: 0, ..setup }));
                    move || {
                        setup
                            .get()
                            .map(|setup| {
                                view! {
                                    <LimitFields limits=setup.limits admin />
                                    <Types types=setup.types admin />
                                }
                            })
                    }
                }
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn LimitFields(limits: Limits, admin: bool) -> impl IntoView {
    let path = SaveLimits::PATH;
    let failure = use_failure(path);
    let field = |name: &'static str, label: &'static str, now: i64| {
        let field = format!("form[{name}]");
        let now = if now > 0 { now.to_string() } else { String::new() };
        let value = use_typed(path, &field).unwrap_or(now);
        view! {
            <label class="field">
                {label}
                <input class="input" name=field inputmode="numeric" autocomplete="off" value=value disabled=!admin />
            </label>
        }
    };
    view! {
        <h2>"Limits"</h2>
        {failure.map(refused)}
        <form class="form" method="post" action=path>
            <div class="message-tags message-limits">
                {field("messages", "Messages for one person, at most", limits.messages)}
                {field("days", "In so many days", limits.days)}
            </div>
            <p class="hint">
                "All messages together, in the Messenger and by e-mail. What is too much waits until it is not; the person’s profile says so."
            </p>
            <div class="message-tags message-limits">
                {field("minute", "E-mails a minute, at most", limits.minute)}
                {field("domain", "E-mails a minute to one domain, at most", limits.domain)}
            </div>
            <p class="hint">"Empty is no limit."</p>
            {admin.then(|| view! {
                <div class="form-actions">
                    <button class="button primary" type="submit">
                        "Save limits"
                    </button>
                </div>
            })}
        </form>
    }
    .into_any()
}
