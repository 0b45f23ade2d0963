//! What the Messenger will look like.

use leptos::prelude::*;

use crate::messenger::is_dark;

/// The colours and the corner, as they are being chosen.
#[derive(Debug, Clone, Copy)]
pub struct Looks {
    /// The launcher and the buttons.
    pub action: RwSignal<String>,
    /// The head.
    pub head: RwSignal<String>,
    /// Whether it stands on the left.
    pub left: RwSignal<bool>,
    /// What it says first.
    pub greeting: RwSignal<String>,
}

fn shown(color: &str) -> String {
    let is_hex = color.len() == 7 && color[1..].bytes().all(|b| b.is_ascii_hexdigit());
    if is_hex && color.starts_with('#') { color.to_owned() } else { "#888888".into() }
}

fn on(color: &str) -> &'static str {
    if is_dark(&shown(color)) { "#ffffff" } else { "#111111" }
}

/// A drawing, since a page of ours has no styles of its own in its text.
#[component]
pub fn Preview(looks: Looks) -> impl IntoView {
    let Looks { action, head, left, greeting } = looks;
    let action_fill = move || shown(&action.get());
    let on_action = move || on(&action.get());
    let words = move || {
        let text = greeting.get();
        let short: String = text.chars().take(30).collect();
        if text.is_empty() { "Hello. How can we help?".to_owned() } else { short }
    };
    let launcher = move || if left.get() { "40" } else { "280" };
    let icon = move || {
        let x = if left.get() { 31 } else { 271 };
        format!("M{x} 372h18v12h-8l-5 5v-5h-5z")
    };
    view! {
        <figure class="messenger-preview">
            <svg viewBox="0 0 320 416" role="img" aria-label="Preview of the Messenger">
                <rect class="preview-page" width="320" height="416" rx="8" />
                <rect class="preview-frame" x="24" y="16" width="272" height="320" rx="12" />
                <path d="M24 120V28a12 12 0 0 1 12-12h248a12 12 0 0 1 12 12v92z" fill=move || shown(&head.get()) />
                <text x="44" y="84" font-size="17" font-weight="600" fill=move || on(&head.get())>
                    {words}
                </text>
                <rect class="preview-line" x="44" y="146" width="150" height="9" rx="4" />
                <rect class="preview-line" x="44" y="164" width="212" height="9" rx="4" />
                <rect class="preview-line" x="44" y="202" width="120" height="9" rx="4" />
                <rect class="preview-line" x="44" y="220" width="190" height="9" rx="4" />
                <rect x="44" y="284" width="232" height="34" rx="8" fill=action_fill />
                <text x="160" y="306" font-size="13" font-weight="600" text-anchor="middle" fill=on_action>
                    "Write to us"
                </text>
                <circle cx=launcher cy="380" r="24" fill=action_fill />
                <path d=icon fill=on_action />
            </svg>
        </figure>
    }
    .into_any()
}
