//! The top of a profile: who this is, in one line.

use leptos::prelude::*;

use crate::contacts::Profile;
use crate::ui::Avatar;

/// Name, kind, address, and when last seen.
#[component]
pub fn ProfileHeader(profile: Profile) -> impl IntoView {
    let contact = profile.contact;
    let title = contact.title();
    let fact = |label: &str| profile.about.iter().find(|f| f.label == label).cloned();
    let kind = fact("Kind").map(|f| f.value);
    let seen = match fact("Last seen").and_then(|f| f.at) {
        Some(at) => format!("last seen {}", at.ago),
        None => "never seen".to_owned(),
    };
    let email = contact.email.filter(|e| *e != title);
    let line = [kind, email, Some(seen)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <header class="profile-header">
            <Avatar name=title.clone() seed=contact.id.0 large=true />
            <div class="profile-title">
                <h1 class="profile-name" dir="auto">
                    {title}
                </h1>
                <p class="profile-line">{line}</p>
            </div>
        </header>
    }
}
