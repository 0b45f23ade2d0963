//! Fewer of many changes.

use std::time::Duration;

use leptos::prelude::*;

/// How often what changes in many small steps is asked for again: often enough to be watched.
pub const WATCHED: Duration = Duration::from_millis(300);

/// Counts up when another count does: at once, but at most once in `every`. In a browser only.
pub fn settle(count: RwSignal<u32>, every: Duration) -> RwSignal<u32> {
    let settled = RwSignal::new(0);
    let cooling = StoredValue::new(false);
    let missed = StoredValue::new(false);
    Effect::new(move |before: Option<u32>| {
        let now = count.get();
        if before.is_some_and(|before| before != now) {
            if cooling.get_value() {
                missed.set_value(true);
            } else {
                tell(settled, cooling, missed, every);
            }
        }
        now
    });
    settled
}

fn tell(
    settled: RwSignal<u32>,
    cooling: StoredValue<bool>,
    missed: StoredValue<bool>,
    every: Duration,
) {
    settled.try_update(|n| *n += 1);
    cooling.try_set_value(true);
    let after = move || {
        cooling.try_set_value(false);
        if missed.try_get_value() == Some(true) {
            missed.try_set_value(false);
            tell(settled, cooling, missed, every);
        }
    };
    set_timeout(after, every);
}
