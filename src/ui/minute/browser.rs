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
pub fn use_minute() -> ReadSignal<Option<Time>> {
    use_context::<Minute>().map_or_else(begin, |minute| minute.0)
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
