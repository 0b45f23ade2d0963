//! One's own account.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::teammates::Viewer;
use crate::ui::flash::{use_failure, use_typed};
use crate::workspace::views::SettingsNav;

/// Who one is here, a form for another password, and signing out everywhere.
#[component]
pub fn AccountPage() -> impl IntoView {
    let viewer = use_context::<Option<Viewer>>().flatten();
    let failure = use_failure("/do/change_password");
    let done = use_typed("/settings/account", "done");
    let who = viewer.map(|v| format!("{}, {}, in {}", v.name, v.email, v.workspace_name));
    let field = |name: &'static str, label: &'static str, complete: &'static str| {
        view! {
            <div class="field">
                <label for=name>{label}</label>
                <input class="input" id=name type="password" name=name autocomplete=complete maxlength="1000" required />
            </div>
        }
    };
    view! {
        <Title text="Your account" />
        <SettingsNav />
        <div class="sheet">
            <h1>"Your account"</h1>
            <p dir="auto">{who}</p>
            {done.map(|text| view! { <p class="notice good" role="status">{text}</p> })}
            {failure.map(|e| view! { <p class="notice error" role="alert">{e.sentence()}</p> })}
            <form class="form" method="post" action="/do/change_password">
                {field("current_password", "Current password", "current-password")}
                {field("new_password", "New password, at least 10 characters", "new-password")}
                <div class="form-actions">
                    <button class="button primary" type="submit">
                        "Change the password"
                    </button>
                </div>
            </form>
            <form method="post" action="/do/sign_out_everywhere">
                <button class="button" type="submit">
                    "Sign out everywhere"
                </button>
            </form>
        </div>
    }
    .into_any()
}
