//! How one wants to be told.

use leptos::prelude::*;
use leptos_meta::Title;

use super::PATH;
use super::devices::Devices;
use super::permission::ThisBrowser;
use super::quiet::QuietFields;
use crate::alerts::api::ReadAlerts;
use crate::alerts::{About, Setup};
use crate::answers::{Transition, ask};
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::refused;
use crate::workspace::views::SettingsNav;

/// Where the form goes.
pub(super) const ACTION: &str = "/do/set_alerts";

/// A plain form, which loads the page anew, and what this browser has to say.
#[component]
pub fn NotificationsPage() -> impl IntoView {
    let setup = ask(|| ReadAlerts {});
    let done = use_typed(PATH, "done");
    let failure = use_failure(ACTION);
    view! {
        <Title text="Notifications" />
        <SettingsNav />
        <div class="sheet">
            <h1>"Notifications"</h1>
            <p class="quiet">
                "How you are told of news while you look at something else. These settings are yours alone."
            </p>
            {done.map(|text| view! { <p class="notice good" role="status">{text}</p> })}
            {failure.map(refused)}
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || setup.get().and_then(Result::ok).map(|setup| view! { <Form setup /> })}
            </Transition>
            <ThisBrowser />
            <Transition fallback=|| ()>
                {move || {
                    let setup = setup.get().and_then(Result::ok);
                    setup.map(|Setup { devices, push_key, .. }| view! { <Devices devices push_key /> })
                }}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Form(setup: Setup) -> impl IntoView {
    let Setup { alerts, time_zone, zones, .. } = setup;
    let failed = use_failure(ACTION).is_some();
    let ticked =
        |name: &str, kept: bool| if failed { use_typed(ACTION, name).is_some() } else { kept };
    let about = use_typed(ACTION, "about").unwrap_or_else(|| alerts.about.word().into());
    let choices = About::ALL.map(|(_, word, label)| {
        view! {
            <label>
                <input type="radio" name="about" value=word checked=about == word />
                {label}
            </label>
        }
    });
    let choices = choices.into_iter().collect_view();
    view! {
        <form class="form" method="post" action=ACTION>
            <fieldset class="field">
                <legend>"What you are told of"</legend>
                {choices}
            </fieldset>
            <fieldset class="field">
                <legend>"How"</legend>
                <label>
                    <input type="checkbox" name="sound" value="on" checked=ticked("sound", alerts.sound) />
                    "A short sound"
                </label>
                <label>
                    <input type="checkbox" name="browser" value="on" checked=ticked("browser", alerts.browser) />
                    "A notification, in browsers that are allowed to show them"
                </label>
            </fieldset>
            <QuietFields quiet=alerts.quiet workspace_zone=time_zone zones />
            <div class="form-actions">
                <button class="button primary" type="submit">
                    "Save"
                </button>
            </div>
        </form>
    }
    .into_any()
}
