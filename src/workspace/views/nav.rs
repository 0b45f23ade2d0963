//! From one page of the settings to the others.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::ui::scroll;

/// Every page of the settings.
const PAGES: [(&str, &str); 15] = [
    ("/settings/install", "Send data"),
    ("/settings/messenger", "Messenger"),
    ("/settings/outbound", "Outbound"),
    ("/settings/workspace", "Workspace"),
    ("/settings/team", "Team"),
    ("/settings/teams", "Teams"),
    ("/settings/replies", "Saved replies"),
    ("/settings/files", "Files"),
    ("/settings/data", "Data"),
    ("/settings/keys", "Keys"),
    ("/settings/webhooks", "Webhooks"),
    ("/settings/health", "Health"),
    ("/settings/audit", "Audit log"),
    ("/settings/notifications", "Notifications"),
    ("/settings/account", "Your account"),
];

/// Links to the pages of the settings, this one marked.
#[component]
pub fn SettingsNav() -> impl IntoView {
    let path = use_location().pathname;
    // On a phone the row is longer than the screen.
    Effect::new(move |_| {
        path.track();
        request_animation_frame(|| scroll::along(".settings-tabs > [aria-current]"));
    });
    let link = move |(href, word): (&'static str, &'static str)| {
        view! {
            <a href=href aria-current=move || (path.get() == href).then_some("page")>
                {word}
            </a>
        }
    };
    view! { <nav class="tabs settings-tabs" aria-label="Settings">{PAGES.map(link).into_iter().collect_view()}</nav> }
        .into_any()
}
