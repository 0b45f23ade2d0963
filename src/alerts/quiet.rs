//! Quiet hours: whether it is quiet at a moment.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Quiet;
use crate::time::Time;

/// Whether it is quiet at a moment; `workspace_zone` is where no own zone is chosen. Hours that end before they begin
/// end on the next day, and those that end when they begin last a whole day.
pub fn is_quiet(quiet: &Quiet, workspace_zone: &str, now: Time) -> bool {
    if !quiet.on {
        return false;
    }
    let zone = if quiet.time_zone.is_empty() { workspace_zone } else { &quiet.time_zone };
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let stamp = Timestamp::from_millisecond(now.0).unwrap_or(Timestamp::UNIX_EPOCH);
    let here = stamp.to_zoned(zone);
    let minute = here.hour() as u16 * 60 + here.minute() as u16;
    let today = here.weekday().to_monday_zero_offset() as usize;
    let begins = |day: usize| quiet.days.get(day % 7).copied().unwrap_or(false);
    let Quiet { from, to, .. } = *quiet;
    if from < to {
        return begins(today) && (from..to).contains(&minute);
    }
    begins(today) && minute >= from || begins(today + 6) && minute < to
}

#[cfg(test)]
mod tests {
    use super::{Quiet, is_quiet};
    use crate::time::Time;

    /// 2026-03-01T12:00:00Z, a Sunday.
    const SUNDAY_NOON: Time = Time(1_772_366_400_000);
    const MINUTE: i64 = 60_000;

    fn quiet(from: u16, to: u16, days: &[usize]) -> Quiet {
        let mut chosen = [false; 7];
        days.iter().for_each(|day| chosen[*day] = true);
        Quiet { on: true, from, to, days: chosen, time_zone: String::new() }
    }

    fn at(quiet: &Quiet, minutes: i64) -> bool {
        is_quiet(quiet, "UTC", SUNDAY_NOON.plus(minutes * MINUTE))
    }

    #[test]
    fn hours_of_a_day_hold_from_their_beginning_to_their_end() {
        let lunch = quiet(720, 780, &[6]);
        assert!(!at(&lunch, -1) && at(&lunch, 0) && at(&lunch, 59) && !at(&lunch, 60));
        assert!(!at(&lunch, 24 * 60), "it is Monday then");
        assert!(!at(&Quiet { on: false, ..lunch }, 0));
    }

    #[test]
    fn hours_over_midnight_belong_to_the_day_that_they_begin_on() {
        let night = quiet(22 * 60, 7 * 60, &[6]);
        assert!(!at(&night, 9 * 60 + 59) && at(&night, 10 * 60), "Sunday at 22:00");
        assert!(at(&night, 18 * 60 + 59) && !at(&night, 19 * 60), "Monday until 7:00");
        assert!(!at(&night, -8 * 60), "Sunday at 4:00 is Saturday's night");
        assert!(!at(&night, 34 * 60), "Monday's night is not chosen");
        assert!(!at(&quiet(22 * 60, 7 * 60, &[]), 10 * 60));
    }

    #[test]
    fn the_same_time_twice_is_a_whole_day() {
        let sundays = quiet(0, 0, &[6]);
        assert!(at(&sundays, 0) && at(&sundays, -12 * 60) && at(&sundays, 12 * 60 - 1));
        assert!(!at(&sundays, 12 * 60) && !at(&sundays, -12 * 60 - 1));
    }

    #[test]
    fn the_own_zone_goes_before_the_workspaces_and_follows_its_summer() {
        let early = quiet(6 * 60, 8 * 60, &[0]);
        let tokyo = Quiet { time_zone: "Asia/Tokyo".into(), ..early.clone() };
        // Monday 6:00 in Tokyo is Sunday 21:00 UTC.
        assert!(is_quiet(&tokyo, "UTC", SUNDAY_NOON.plus(9 * 60 * MINUTE)));
        assert!(!is_quiet(&early, "UTC", SUNDAY_NOON.plus(9 * 60 * MINUTE)));
        // Four weeks later the clocks of Zurich have gone forward: Monday 7:30 is 5:30 UTC.
        let monday = SUNDAY_NOON.plus(28 * 24 * 60 * MINUTE + (17 * 60 + 30) * MINUTE);
        assert!(is_quiet(&early, "Europe/Zurich", monday));
        assert!(!is_quiet(&early, "UTC", monday));
    }
}
