//! Whether this browser shows notifications: asked only where somebody presses a button.

use leptos::prelude::*;

use crate::alerts::ring::{self, Permission};

/// How this browser stands, with a button that asks it, and one that plays the sound. Nothing without a script.
#[component]
pub fn ThisBrowser() -> impl IntoView {
    let stands = RwSignal::new(None);
    Effect::new(move |_| stands.set(Some(ring::permission())));
    let words = move || match stands.get() {
        None => "",
        Some(Permission::Missing) => {
            "This browser has no notifications for this page. They need an address with https, and on an iPhone Rapport on the home screen."
        }
        Some(Permission::Unasked) => "This browser has not been asked yet.",
        Some(Permission::Granted) => "This browser shows notifications.",
        Some(Permission::Denied) => {
            "This browser shows no notifications of this page. Allow them in its settings, beside the address."
        }
    };
    let asks = move || stands.get() == Some(Permission::Unasked);
    view! {
        <section class="setting" aria-labelledby="browser-title" hidden=move || stands.get().is_none()>
            <h2 id="browser-title">"This browser"</h2>
            <p role="status">{words}</p>
            <div class="form-actions">
                <button
                    class="button"
                    type="button"
                    hidden=move || !asks()
                    on:click=move |_| ring::allow(move |now| _ = stands.try_set(Some(now)))
                >
                    "Allow notifications here"
                </button>
                <button class="button" type="button" on:click=|_| ring::play()>
                    "Play the sound"
                </button>
            </div>
        </section>
    }
    .into_any()
}
