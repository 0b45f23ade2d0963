//! The field for a password that somebody chooses.

use leptos::prelude::*;

/// Where a password is chosen for the first time.
#[component]
pub fn NewPassword() -> impl IntoView {
    view! {
        <div class="field">
            <label for="password">"Password"</label>
            <input
                class="input"
                id="password"
                type="password"
                name="password"
                autocomplete="new-password"
                minlength="10"
                maxlength="1000"
                required
            />
            <p class="hint">"At least 10 characters."</p>
        </div>
    }
}
