//! The workspace's name and time zone.

use leptos::prelude::*;
use leptos_meta::Title;

use super::nav::SettingsNav;
use super::zone_field::ZoneField;
use crate::answers::{Transition, ask};
use crate::live::{Topic, follow};
use crate::teammates::Viewer;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::refused;
use crate::workspace::General;
use crate::workspace::api::ReadWorkspace;

/// A plain form for admins, the facts for others.
#[component]
pub fn WorkspacePage() -> impl IntoView {
    let version = RwSignal::new(0);
    let found = ask(move || {
        version.track();
        ReadWorkspace {}
    });
    follow(Topic::Workspace, version, move || Some(found.get()?.ok()?.seq));
    let viewer = use_context::<Option<Viewer>>().flatten();
    let admin = viewer.is_some_and(|v| v.role.can_configure());
    let done = use_typed("/settings/workspace", "done");
    view! {
        <Title text="Workspace" />
        <SettingsNav />
        <div class="sheet">
            <h1>"Workspace"</h1>
            {done.map(|text| view! { <p class="notice good" role="status">{text}</p> })}
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {
                    // Only a change of what the form shows makes it anew, or each change of the settings would empty it.
                    let general = Memo::new(move |_| {
                        found.get().and_then(Result::ok).map(|general| General { seq: 0, ..general })
                    });
                    move || {
                        general
                            .get()
                            .map(|general| {
                                if admin { view! { <Form general /> }.into_any() } else { view! { <Facts general /> }.into_any() }
                            })
                    }
                }
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Form(general: General) -> impl IntoView {
    let path = "/do/change_workspace";
    let failure = use_failure(path);
    view! {
        {failure.map(refused)}
        <form class="form" method="post" action=path>
            <div class="field">
                <label for="name">"Name"</label>
                <input class="input" id="name" name="name" maxlength="200" required value=use_typed(path, "name").unwrap_or(general.name) />
                <p class="hint">"Invitations and mails to your customers say it."</p>
            </div>
            <ZoneField
                zones=general.zones
                value=use_typed(path, "time_zone").unwrap_or(general.time_zone)
                hint="Type a city to find it. Days begin and times are shown in this zone."
            />
            <div class="form-actions">
                <button class="button primary" type="submit">
                    "Save"
                </button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Facts(general: General) -> impl IntoView {
    view! {
        <p class="notice">"Only admins change these. Ask one of them."</p>
        <dl class="facts-list">
            <div class="fact">
                <dt>"Name"</dt>
                <dd dir="auto">{general.name}</dd>
            </div>
            <div class="fact">
                <dt>"Time zone"</dt>
                <dd>{general.time_zone}</dd>
            </div>
        </dl>
    }
    .into_any()
}
