//! In a browser.

use std::time::Duration;

use leptos::prelude::set_timeout;

pub use super::notification::{allow, permission};
pub use super::sound::play;
use super::{locks, notification};
use crate::alerts::News;
use crate::id::TeammateId;
use crate::ui::focus;

/// How long a tab that nobody looks at leaves the word to one that somebody looks at.
const FIRST: Duration = Duration::from_millis(400);
/// How long it is remembered that a thing was told, in milliseconds.
const TOLD: i32 = 300_000;
/// How long after a sound there is no other, in milliseconds.
const PAUSE: i32 = 3_000;

/// Tells of what is new, unless somebody looks at a tab of Rapport and sees it there, or another tab told of it.
/// `open` leads to an address of this site.
pub fn tell(me: TeammateId, news: News, open: impl Fn(&str) + Clone + 'static) {
    let News { sound, browser, items, .. } = news;
    if items.is_empty() {
        return;
    }
    if focus::is_looked_at() {
        for item in items {
            locks::once(&name(me, item.seq), TOLD, || ());
        }
        return;
    }
    let ring = move || {
        for item in items {
            let open = open.clone();
            locks::once(&name(me, item.seq), TOLD, move || {
                if sound {
                    locks::once(&format!("rapport-sound-{me}"), PAUSE, play);
                }
                if browser {
                    notification::show(&item, sound, open);
                }
            });
        }
    };
    set_timeout(ring, FIRST);
}

fn name(me: TeammateId, seq: i64) -> String {
    format!("rapport-told-{me}-{seq}")
}
