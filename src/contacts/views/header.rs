//! The top of a profile: who this is, in one line.

use leptos::prelude::*;

use super::actions::Actions;
use super::local::use_local_time;
use super::sections::part;
use crate::contacts::Profile;
use crate::time::Time;
use crate::ui::{Avatar, use_minute};

/// Name, kind, address, company, when last seen and where; and what can be done.
#[component]
pub fn ProfileHeader(profile: Memo<Profile>, changed: Callback<()>) -> impl IntoView {
    let id = profile.with_untracked(|p| p.contact.id);
    let title = Memo::new(move |_| profile.with(|p| p.contact.title()));
    let picture = Memo::new(move |_| profile.with(|p| p.picture.clone()));
    let (minute, there) = (use_minute(), use_local_time(part(profile, |p| p.local_time.clone())));
    let parts = Memo::new(move |_| profile.with(|p| line(p, minute.get(), there.get())));
    let line = move || {
        let part = |part| {
            view! {
                <span>
                    <bdi>{part}</bdi>
                </span>
            }
        };
        parts.get().into_iter().map(part).collect_view()
    };
    view! {
        <header class="profile-header">
            {move || view! { <Avatar name=title.get() seed=id.0 picture=picture.get() large=true /> }}
            <div class="profile-title">
                <h1 class="profile-name" dir="auto">
                    {title}
                </h1>
                <p class="profile-line profile-parts">{line}</p>
            </div>
            <div class="profile-actions">
                <a class="button primary" href=format!("/contacts/{id}?compose=message")>
                    "Message"
                </a>
                <a class="button" href="#write-note" rel="external">
                    "Note"
                </a>
                <Actions profile changed />
            </div>
        </header>
    }
    .into_any()
}

/// What one asks first, in one line; `there` is what time it is for them.
fn line(profile: &Profile, now: Option<Time>, there: Option<String>) -> Vec<String> {
    let contact = &profile.contact;
    let title = contact.title();
    let fact = |label: &str| profile.about.iter().find(|f| f.label == label).cloned();
    let kind = fact("Kind").map(|f| f.value);
    let seen = match fact("Last seen").and_then(|f| f.at) {
        Some(at) => format!("last seen {}", now.map_or(at.ago, |now| at.at.ago(now))),
        None => "never seen".to_owned(),
    };
    let email = contact.email.clone().filter(|e| *e != title);
    let company = profile.companies.first().map(|c| c.name.clone());
    let place = profile.place.as_ref().map(|p| p.words.clone()).filter(|w| !w.is_empty());
    let parts =
        [kind, email, company, Some(seen), place, there.map(|time| format!("{time} there"))];
    parts.into_iter().flatten().collect()
}
