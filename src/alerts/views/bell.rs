//! The bell of every page: how much waits to be read, and telling of what is new.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

use crate::alerts::api::read_news;
use crate::alerts::{device, ring};
use crate::error::Error;
use crate::id::TeammateId;
use crate::live::{Topic, follow};
use crate::ui::settle;

/// How often the server is asked at most.
const SETTLED: Duration = Duration::from_secs(2);
/// When it is asked again where the first question failed.
const AGAIN: Duration = Duration::from_secs(30);

/// What the tab's title says beside its name.
#[derive(Clone)]
pub struct Bell {
    me: TeammateId,
    /// How many of one's own conversations wait to be read, 1,000 for that many and more. The head of a page is
    /// written last, when what belongs to a part of it is gone: this belongs to none.
    unread: ArcRwSignal<i64>,
    since: RwSignal<Option<i64>>,
}

impl Bell {
    /// Makes the bell of a teammate available below.
    pub fn provide(me: TeammateId) -> Self {
        let bell = Self { me, unread: ArcRwSignal::new(0), since: RwSignal::new(None) };
        provide_context(bell.clone());
        bell
    }

    /// A title with what waits: `(3) Inbox · Rapport`.
    pub fn titled(&self, title: String) -> String {
        match self.unread.get() {
            0 => title,
            n @ 1..=999 => format!("({n}) {title}"),
            _ => format!("(999+) {title}"),
        }
    }
}

/// Asks for the news whenever the inbox changes, and tells of them. To be called once, below the router.
pub fn listen() {
    let Some(bell) = use_context::<Bell>() else { return };
    Effect::new(|_| device::keep());
    let version = RwSignal::new(0);
    let since = bell.since;
    let known = move || since.get();
    follow(Topic::Inbox, version, known);
    follow(Topic::Mine(bell.me), version, known);
    let settled = settle(version, SETTLED);
    let navigate = use_navigate();
    let asking = StoredValue::new(false);
    let open = move |address: &str| navigate(address, Default::default());
    Effect::new(move |_| {
        settled.track();
        ask(bell.clone(), asking, settled, open.clone());
    });
}

/// Asks, one question at a time; what changes meanwhile is asked after.
fn ask(
    bell: Bell,
    asking: StoredValue<bool>,
    settled: RwSignal<u32>,
    open: impl Fn(&str) + Clone + 'static,
) {
    let Some(asked) = settled.try_get_untracked().filter(|_| !asking.get_value()) else { return };
    asking.set_value(true);
    let since = bell.since.get_untracked();
    spawn_local(async move {
        let answer = read_news(since).await;
        asking.try_set_value(false);
        let first = bell.since.try_get_untracked() == Some(None);
        if first && answer.as_ref().is_err_and(|error| *error != Error::Unauthorized) {
            return set_timeout(move || ask(bell, asking, settled, open), AGAIN);
        }
        if let Ok(news) = answer {
            if bell.unread.get_untracked() != news.unread {
                bell.unread.set(news.unread);
            }
            bell.since.try_set(Some(news.seq));
            ring::tell(bell.me, news, open.clone());
        }
        if settled.try_get_untracked().is_some_and(|now| now != asked) {
            ask(bell, asking, settled, open);
        }
    });
}
