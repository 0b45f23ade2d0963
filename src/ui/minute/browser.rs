//! In a browser.

use std::time::Duration;

use leptos::prelude::*;

use crate::time::Time;

/// How often to look at the clock.
const EACH: Duration = Duration::from_secs(60);

/// The clock that every part of the page looks at.
#[derive(Clone, Copy)]
struct Minute(ReadSignal<Option<Time>>);

/// Has everything below look at one clock.
pub fn provide_minute() {
    provide_context(Minute(begin()));
}

/// The time by this browser's clock, to the minute; nothing before the page is live.
///
/// Whoever asks has a signal of their own, which is empty until their part of the page is live: parts that come later find the clock going,
/// and what they show at first has to be what the server wrote.
pub fn use_minute() -> ReadSignal<Option<Time>> {
    let clock = use_context::<Minute>().map_or_else(begin, |minute| minute.0);
    let time = RwSignal::new(None);
    Effect::new(move |_| time.set(clock.get()));
    time.read_only()
}

fn begin() -> ReadSignal<Option<Time>> {
    let time = RwSignal::new(None);
    Effect::new(move |_| {
        let look = move || _ = time.try_set(Some(Time(js_sys::Date::now() as i64)));
        look();
        if let Ok(clock) = set_interval_with_handle(look, EACH) {
            on_cleanup(move || clock.clear());
        }
    });
    time.read_only()
}
