//! Office hours: whether someone is there, and when someone is again.

use jiff::Timestamp;
use jiff::ToSpan as _;
use jiff::tz::TimeZone;

use super::Hours;
use crate::time::Time;

/// Whether someone is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Office {
    /// Someone is.
    Open,
    /// Nobody is, until this moment.
    Closed(Time),
}

/// Whether someone is there at a moment, by hours of the week in a time zone; without hours always.
pub fn office(hours: &[Hours], zone: &str, now: Time) -> Office {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let stamp = Timestamp::from_millisecond(now.0).unwrap_or(Timestamp::UNIX_EPOCH);
    let here = stamp.to_zoned(zone.clone());
    let minute = here.hour() as u16 * 60 + here.minute() as u16;
    let today = here.weekday().to_monday_zero_offset() as u8;
    if hours.is_empty() || hours.iter().any(|h| h.day == today && (h.from..h.to).contains(&minute))
    {
        return Office::Open;
    }
    let begins = (0..8).flat_map(|ahead| {
        let date = here.date().checked_add(ahead.days()).unwrap_or(here.date());
        let day = date.weekday().to_monday_zero_offset() as u8;
        let zone = zone.clone();
        hours.iter().filter(move |h| h.day == day).filter_map(move |h| {
            let at = date.at((h.from / 60) as i8, (h.from % 60) as i8, 0, 0);
            at.to_zoned(zone.clone()).ok().map(|z| Time(z.timestamp().as_millisecond()))
        })
    });
    // With any hours in the week there is a next beginning within eight days.
    begins.filter(|at| *at > now).min().map_or(Office::Open, Office::Closed)
}

#[cfg(test)]
mod tests {
    use super::{Hours, Office, office};
    use crate::time::Time;

    /// 2026-03-01T12:00:00Z, a Sunday.
    const SUNDAY_NOON: Time = Time(1_772_366_400_000);
    const HOUR: i64 = 3_600_000;

    #[test]
    fn the_next_opening_is_in_the_workspaces_zone_across_the_change_of_clocks() {
        let week: Vec<_> = (0..5).map(|day| Hours { day, from: 540, to: 1_020 }).collect();
        let at = |zone, hours: i64| office(&week, zone, SUNDAY_NOON.plus(hours * HOUR));
        assert_eq!(
            at("Europe/Zurich", 0),
            Office::Closed(SUNDAY_NOON.plus(20 * HOUR)),
            "Monday 9:00 is 8:00 UTC"
        );
        assert_eq!(at("Europe/Zurich", 20), Office::Open);
        assert_eq!(
            at("Europe/Zurich", 28),
            Office::Closed(SUNDAY_NOON.plus(44 * HOUR)),
            "the end is not in it"
        );
        assert_eq!(at("Asia/Tokyo", 12), Office::Open, "Monday 9:00 in Tokyo");
        // On Sunday 29 March the clocks go forward: Monday 9:00 is 7:00 UTC.
        assert_eq!(
            at("Europe/Zurich", 28 * 24),
            Office::Closed(SUNDAY_NOON.plus(28 * 24 * HOUR + 19 * HOUR))
        );
        assert_eq!(office(&[], "UTC", SUNDAY_NOON), Office::Open);
        let once = [Hours { day: 6, from: 540, to: 600 }];
        assert_eq!(
            office(&once, "UTC", SUNDAY_NOON),
            Office::Closed(SUNDAY_NOON.plus((24 * 7 - 3) * HOUR))
        );
    }
}
