//! What is known of a person, for as long as a page shows it.

use std::time::Duration;

use leptos::prelude::*;

use crate::answers::{Answer, ask};
use crate::contacts::Profile;
use crate::contacts::api::ContactProfile;
use crate::id::{CompanyId, ContactId};
use crate::live::{Topic, follow};
use crate::ui::settle;

/// How often at most it is asked for again while people of their companies are busy; the first change shows at once.
const OFTEN: Duration = Duration::from_secs(3);
/// How many companies of one person are followed. A tab may follow 50 things, and has others to follow.
const FOLLOWED: usize = 20;

/// The profile, and what counts the person's changes: it is asked for again whenever that goes up, and when a company of theirs
/// changed, whose cards are among their facts.
pub(super) fn use_profile(contact: ContactId) -> (Answer<Profile>, RwSignal<u32>) {
    let (version, heard) = (RwSignal::new(0), RwSignal::new(0));
    // In a company of thousands there is always somebody who does something.
    let settled = settle(heard, OFTEN);
    let profile = ask(move || {
        version.track();
        settled.track();
        ContactProfile { id: contact }
    });
    let seq = move || Some(profile.get()?.ok()?.seq);
    follow(Topic::Contact(contact), version, seq);
    let companies = Memo::new(move |before: Option<&Vec<CompanyId>>| {
        let Some(Ok(profile)) = profile.get() else { return before.cloned().unwrap_or_default() };
        profile.companies.iter().take(FOLLOWED).map(|company| company.id).collect()
    });
    Effect::new(move |_| {
        for company in companies.get() {
            follow(Topic::Company(company), heard, seq);
        }
    });
    (profile, version)
}
