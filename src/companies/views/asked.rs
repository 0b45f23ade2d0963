//! What is known of a company, for as long as a page shows it.

use std::time::Duration;

use leptos::prelude::*;

use crate::answers::{Answer, ask};
use crate::companies::Profile;
use crate::companies::api::CompanyProfile;
use crate::id::CompanyId;
use crate::live::{Topic, follow};
use crate::ui::settle;

/// How often at most it is asked for again while its people are busy; the first change shows at once.
const OFTEN: Duration = Duration::from_secs(1);

/// The profile, and what counts its changes: it is asked for again whenever that goes up, as it does by what others change
/// and its people do.
pub(super) fn use_profile(company: CompanyId) -> (Answer<Profile>, RwSignal<u32>) {
    let version = RwSignal::new(0);
    let profile = ask(move || {
        version.track();
        CompanyProfile { id: company }
    });
    // Among thousands of people there is always somebody who does something.
    let heard = RwSignal::new(0);
    follow(Topic::Company(company), heard, move || Some(profile.get()?.ok()?.seq));
    let settled = settle(heard, OFTEN);
    Effect::new(move |before: Option<u32>| {
        let now = settled.get();
        if before.is_some_and(|before| before != now) {
            version.update(|n| *n += 1);
        }
        now
    });
    (profile, version)
}
