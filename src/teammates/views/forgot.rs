//! A forgotten password: asking for a link, and using it.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::answers::{Transition, ask};
use crate::teammates::api::{Resets, SendsMail};
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::refused;

/// Asks for the address; where no mail can be sent, says what the operator does.
#[component]
pub fn ForgotPage() -> impl IntoView {
    let mail = ask(|| SendsMail {});
    // Shown once, so taken once.
    let asked = StoredValue::new(use_typed("/forgot-password", "asked"));
    view! {
        <Title text="Forgotten password" />
        <main class="auth" id="main">
            <div class="card">
                <p class="brand">"Rapport"</p>
                <h1 class="auth-title">"Set a new password"</h1>
                <Transition fallback=|| view! { <div class="skeleton"></div> }>
                    {move || {
                        mail.get()
                            .map(|mail| match (mail, asked.get_value()) {
                                (_, Some(email)) => view! { <Asked email /> }.into_any(),
                                (Ok(false), None) => view! { <ByOperator /> }.into_any(),
                                (_, None) => view! { <Ask /> }.into_any(),
                            })
                    }}
                </Transition>
                <p class="auth-more">
                    <a href="/sign-in" rel="external">
                        "Back to signing in"
                    </a>
                </p>
            </div>
        </main>
    }
    .into_any()
}

#[component]
fn Ask() -> impl IntoView {
    let failure = use_failure("/do/forgot_password");
    view! {
        {failure.map(refused)}
        <form class="form" method="post" action="/do/forgot_password">
            <div class="field">
                <label for="email">"E-mail address"</label>
                <input
                    class="input"
                    id="email"
                    type="email"
                    name="email"
                    autocomplete="username"
                    maxlength="200"
                    required
                    autofocus
                    value=use_typed("/do/forgot_password", "email")
                />
            </div>
            <div class="form-actions">
                <button class="button primary" type="submit">
                    "Send me a link"
                </button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Asked(email: String) -> impl IntoView {
    view! {
        <p class="notice good" role="status">
            {format!("If {email} has an account here, a link is on its way. It works once, for one hour.")}
        </p>
    }
    .into_any()
}

#[component]
fn ByOperator() -> impl IntoView {
    view! {
        <p>"This installation sends no mail. Ask whoever runs the server to set a new password there:"</p>
        <pre class="command">
            <code>"rapport admin reset-password"</code>
        </pre>
    }
    .into_any()
}

/// Takes a new password, from a link.
#[component]
pub fn ResetPage() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.read().get("token").unwrap_or_default());
    let found = ask(move || Resets { token: token.get() });
    view! {
        <Title text="Set a new password" />
        <main class="auth" id="main">
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || {
                    found
                        .get()
                        .map(|answer| match answer {
                            Ok(email) => view! { <Reset email token=token.get_untracked() /> }.into_any(),
                            Err(_) => view! { <Expired /> }.into_any(),
                        })
                }}
            </Transition>
        </main>
    }
    .into_any()
}

#[component]
fn Expired() -> impl IntoView {
    view! {
        <div class="card">
            <h1 class="auth-title">"This link cannot be used"</h1>
            <p>"It was used, or is older than one hour. Ask for a new one."</p>
            <a class="button" href="/forgot-password" rel="external">
                "Ask for a new link"
            </a>
        </div>
    }
    .into_any()
}

#[component]
fn Reset(email: String, token: String) -> impl IntoView {
    let failure = use_failure("/do/reset_password");
    view! {
        <div class="card">
            <p class="brand">"Rapport"</p>
            <h1 class="auth-title">"Set a new password"</h1>
            {failure.map(refused)}
            <form class="form" method="post" action="/do/reset_password">
                <input type="hidden" name="token" value=token />
                <div class="field">
                    <label for="email">"E-mail address"</label>
                    <input class="input" id="email" type="email" autocomplete="username" readonly value=email />
                </div>
                <div class="field">
                    <label for="new_password">"New password"</label>
                    <input
                        class="input"
                        id="new_password"
                        type="password"
                        name="new_password"
                        autocomplete="new-password"
                        minlength="10"
                        maxlength="1000"
                        required
                        autofocus
                    />
                    <p class="hint">"At least 10 characters. Every session of yours ends."</p>
                </div>
                <div class="form-actions">
                    <button class="button primary" type="submit">
                        "Set the password"
                    </button>
                </div>
            </form>
        </div>
    }
    .into_any()
}
