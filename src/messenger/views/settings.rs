//! The page of the Messenger's settings.

use leptos::prelude::*;
use leptos_meta::Title;

use super::form::SettingsForm;
use super::install::Snippet;
use crate::answers::{Transition, ask};
use crate::messenger::Setup;
use crate::messenger::api::MessengerSetup;
use crate::teammates::Viewer;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::refused;
use crate::workspace::views::SettingsNav;

/// How it looks, when the team is there, whom it believes, and how to install it.
#[component]
pub fn MessengerPage() -> impl IntoView {
    let setup = ask(|| MessengerSetup {});
    let viewer = use_context::<Option<Viewer>>().flatten();
    let admin = viewer.is_some_and(|v| v.role.can_configure());
    let failure = use_failure("/do/save_messenger");
    let done = use_typed("/settings/messenger", "done");
    view! {
        <Title text="Messenger" />
        <SettingsNav />
        <div class="sheet">
            <h1>"Messenger"</h1>
            {done.map(|text| view! { <p class="notice good" role="status">{text}</p> })}
            {failure.map(refused)}
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || setup.get().and_then(Result::ok).map(|setup| view! { <Whole setup admin /> })}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Whole(setup: Setup, admin: bool) -> impl IntoView {
    let settings = setup.settings.clone();
    let zone = setup.time_zone.clone();
    let form = if admin {
        view! { <SettingsForm settings zone /> }.into_any()
    } else {
        view! { <p class="notice">"Only admins change the Messenger. Ask one of them."</p> }
            .into_any()
    };
    view! {
        <Snippet setup />
        {form}
    }
    .into_any()
}
