//! Accepting an invitation.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::NewPassword;
use crate::answers::{Transition, ask};
use crate::teammates::api::Invited;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::refused;

/// A plain form: name and password.
#[component]
pub fn JoinPage() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.read().get("token").unwrap_or_default());
    let found = ask(move || Invited { token: token.get() });
    view! {
        <Title text="Join the team" />
        <main class="auth" id="main">
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || {
                    found
                        .get()
                        .map(|answer| match answer {
                            Ok((workspace, email)) => view! { <JoinForm workspace email token=token.get_untracked() /> }.into_any(),
                            Err(_) => {
                                view! {
                                    <div class="card">
                                        <h1 class="auth-title">"This invitation cannot be used"</h1>
                                        <p>"It was used or revoked, or is older than seven days. Ask for a new one."</p>
                                        <a class="button" href="/sign-in">
                                            "Sign in"
                                        </a>
                                    </div>
                                }
                                    .into_any()
                            }
                        })
                }}
            </Transition>
        </main>
    }
    .into_any()
}

#[component]
fn JoinForm(workspace: String, email: String, token: String) -> impl IntoView {
    let failure = use_failure("/do/join");
    view! {
        <div class="card">
            <p class="brand">"Rapport"</p>
            <h1 class="auth-title" dir="auto">
                {format!("Join {workspace}")}
            </h1>
            {failure.map(refused)}
            <form class="form" method="post" action="/do/join">
                <input type="hidden" name="token" value=token />
                <div class="field">
                    <label for="email">"E-mail address"</label>
                    <input class="input" id="email" type="email" autocomplete="username" readonly value=email />
                </div>
                <div class="field">
                    <label for="name">"Your name"</label>
                    <input
                        class="input"
                        id="name"
                        name="name"
                        autocomplete="name"
                        maxlength="200"
                        required
                        value=use_typed("/do/join", "name")
                    />
                </div>
                <NewPassword />
                <div class="form-actions">
                    <button class="button primary" type="submit">
                        "Join"
                    </button>
                </div>
            </form>
        </div>
    }
    .into_any()
}
