//! The second step of signing in.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::ui::flash::use_failure;
use crate::ui::refused;

/// A plain form that asks for a code, of the app or one kept for recovery.
#[component]
pub fn CodePage() -> impl IntoView {
    let query = use_query_map();
    let next = move || query.read().get("next").unwrap_or_default();
    let failure = use_failure("/do/second_step");
    view! {
        <Title text="Sign in" />
        <main class="auth" id="main">
            <div class="card">
                <p class="brand">"Rapport"</p>
                <h1 class="auth-title">"Your code"</h1>
                {failure.map(refused)}
                <form class="form" method="post" action="/do/second_step">
                    <input type="hidden" name="next" value=next />
                    <div class="field">
                        <label for="code">"Code from your app"</label>
                        <input
                            class="input code-input"
                            id="code"
                            name="code"
                            autocomplete="one-time-code"
                            autocapitalize="none"
                            maxlength="40"
                            required
                            autofocus
                        />
                        <p class="hint">"Without your phone, write one of your recovery codes."</p>
                    </div>
                    <div class="form-actions">
                        <button class="button primary" type="submit">
                            "Sign in"
                        </button>
                    </div>
                </form>
                <p class="auth-more">
                    <a href="/sign-in" rel="external">
                        "Start again"
                    </a>
                </p>
            </div>
        </main>
    }
    .into_any()
}
