//! What time it is where a person is, for as long as the page stands open.

use leptos::prelude::*;

use crate::time::{MINUTE, Time};
use crate::ui::use_minute;

/// The time that the server said, `14:05 CET`, and then as time goes by.
pub fn use_local_time(said: Signal<Option<String>>) -> Signal<Option<String>> {
    let minute = use_minute();
    // With each answer the clock begins anew.
    let began = Memo::new(move |before: Option<&(Option<String>, Option<Time>)>| {
        let (said, now) = (said.get(), minute.get());
        let since =
            before.filter(|(same, at)| *same == said && at.is_some()).and_then(|(_, at)| *at);
        (said, since.or(now))
    });
    Signal::derive(move || {
        let (said, since) = began.get();
        let gone = since.zip(minute.get()).map_or(0, |(since, now)| (now.0 - since.0) / MINUTE);
        said.map(|said| later(&said, gone))
    })
}

/// A time of day, and what follows it, so many minutes later; anything else as it is.
fn later(said: &str, minutes: i64) -> String {
    let read = || {
        let (clock, rest) = said.split_at_checked(5)?;
        let (hour, minute) = clock.split_once(':')?;
        let now = hour.parse::<i64>().ok()? * 60 + minute.parse::<i64>().ok()? + minutes;
        let now = now.rem_euclid(24 * 60);
        Some(format!("{:02}:{:02}{rest}", now / 60, now % 60))
    };
    read().unwrap_or_else(|| said.to_owned())
}

#[cfg(test)]
mod tests {
    use super::later;

    #[test]
    fn a_time_goes_on_and_over_midnight() {
        assert_eq!(later("14:05 CET", 0), "14:05 CET");
        assert_eq!(later("14:05 CET", 61), "15:06 CET");
        assert_eq!(later("23:59 +0330", 2), "00:01 +0330");
        assert_eq!(later("soon", 5), "soon");
        assert_eq!(later("", 5), "");
    }
}
