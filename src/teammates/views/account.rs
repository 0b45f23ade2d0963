//! One's own account.

use leptos::prelude::*;
use leptos_meta::Title;

use super::second_step::SecondStepPart;
use super::sessions::Sessions;
use crate::answers::{Transition, ask};
use crate::teammates::Viewer;
use crate::teammates::api::{ACCOUNT, ReadAccount};
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::refused;
use crate::workspace::views::SettingsNav;

/// Who one is here: password, second step, and where one is signed in. The forms are plain: each loads the page anew.
#[component]
pub fn AccountPage() -> impl IntoView {
    let viewer = use_context::<Option<Viewer>>().flatten();
    let done = use_typed(ACCOUNT, "done");
    let codes = StoredValue::new(use_typed(ACCOUNT, "codes"));
    let who = viewer.map(|v| format!("{}, {}, in {}", v.name, v.email, v.workspace_name));
    let account = ask(|| ReadAccount {});
    view! {
        <Title text="Your account" />
        <SettingsNav />
        <div class="sheet">
            <h1>"Your account"</h1>
            <p dir="auto">{who}</p>
            {done.map(|text| view! { <p class="notice good" role="status">{text}</p> })}
            <Password />
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || {
                    account
                        .get()
                        .and_then(Result::ok)
                        .map(|account| {
                            view! {
                                <SecondStepPart state=account.second_step codes=codes.get_value() />
                                <Sessions sessions=account.sessions />
                            }
                        })
                }}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Password() -> impl IntoView {
    let failure = use_failure("/do/change_password");
    let field = |name: &'static str, label: &'static str, complete: &'static str| {
        view! {
            <div class="field">
                <label for=name>{label}</label>
                <input class="input" id=name type="password" name=name autocomplete=complete maxlength="1000" required />
            </div>
        }
    };
    view! {
        <section class="setting" aria-labelledby="password-title">
            <h2 id="password-title">"Password"</h2>
            {failure.map(refused)}
            <form class="form" method="post" action="/do/change_password">
                {field("current_password", "Current password", "current-password")}
                {field("new_password", "New password, at least 10 characters", "new-password")}
                <div class="form-actions">
                    <button class="button primary" type="submit">
                        "Change the password"
                    </button>
                </div>
            </form>
        </section>
    }
    .into_any()
}
