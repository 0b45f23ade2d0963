//! How a company stands, at a glance.

use leptos::prelude::*;

use crate::companies::Health;

/// A word with a mark of its own shape and colour; nothing before the first look.
#[component]
pub fn HealthBadge(#[prop(into)] health: Option<Health>) -> impl IntoView {
    health.map(|h| view! { <span class=h.class()>{h.name()}</span> })
}

/// The same in a [`crate::ui::KeptName`], where the style sheet writes the word.
#[component]
pub(super) fn HealthMark(health: Option<Health>) -> impl IntoView {
    health.map(|h| view! { <span class=h.class() data-word=h.name()></span> })
}
