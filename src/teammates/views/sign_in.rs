//! The sign-in page.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::ui::flash::{use_failure, use_typed};
use crate::ui::refused;

/// A plain form: signing in loads the whole page anew, with or without JavaScript.
#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let next = move || query.read().get("next").unwrap_or_default();
    let failure = use_failure("/do/sign_in");
    let done = use_typed("/sign-in", "done");
    view! {
        <Title text="Sign in" />
        <main class="auth" id="main">
            <div class="card">
                <p class="brand">"Rapport"</p>
                <h1 class="auth-title">"Sign in"</h1>
                {done.map(|text| view! { <p class="notice good" role="status">{text}</p> })}
                {failure.map(refused)}
                <form class="form" method="post" action="/do/sign_in">
                    <input type="hidden" name="next" value=next />
                    <div class="field">
                        <label for="email">"E-mail address"</label>
                        <input
                            class="input"
                            id="email"
                            type="email"
                            name="email"
                            autocomplete="username"
                            required
                            autofocus
                            value=use_typed("/do/sign_in", "email")
                        />
                    </div>
                    <div class="field">
                        <label for="password">"Password"</label>
                        <input
                            class="input"
                            id="password"
                            type="password"
                            name="password"
                            autocomplete="current-password"
                            required
                        />
                    </div>
                    <div class="form-actions">
                        <button class="button primary" type="submit">
                            "Sign in"
                        </button>
                    </div>
                </form>
                <p class="auth-more">
                    <a href="/forgot-password" rel="external">
                        "Forgotten password"
                    </a>
                </p>
            </div>
        </main>
    }
}
