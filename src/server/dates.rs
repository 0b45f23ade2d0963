//! Wording moments in a time zone.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::time::{DAY, Stamp, Time};

/// From how far off on a moment is said with its year, in milliseconds.
const HALF_A_YEAR: i64 = 180 * DAY;

/// The name of an IANA time zone, as it is written properly; `None` for any other text.
pub fn zone(name: &str) -> Option<String> {
    let zone = TimeZone::get(name.trim()).ok()?;
    zone.iana_name().map(str::to_owned)
}

/// Words moments as seen from one time zone at one moment.
#[derive(Clone)]
pub struct Dates {
    zone: TimeZone,
    now: Time,
}

impl Dates {
    /// For an IANA zone name; an unknown one is UTC.
    pub fn new(zone: &str, now: Time) -> Self {
        Self { zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC), now }
    }

    fn zoned(&self, at: Time) -> jiff::Zoned {
        let stamp = Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
        stamp.to_zoned(self.zone.clone())
    }

    /// A moment worded for a page.
    pub fn stamp(&self, at: Time) -> Stamp {
        let zoned = self.zoned(at);
        Stamp {
            at,
            exact: zoned.strftime("%-d %B %Y, %H:%M %Z").to_string(),
            clock: zoned.strftime("%H:%M").to_string(),
            iso: zoned.timestamp().to_string(),
            ago: at.ago(self.now),
        }
    }

    /// How long ago a moment was, in years and months, or in days when it is less than a month; `None` for one ahead.
    pub fn length(&self, at: Time) -> Option<String> {
        if at > self.now {
            return None;
        }
        let (from, to) = (self.zoned(at).date(), self.zoned(self.now).date());
        let span = from.until((jiff::Unit::Year, to)).ok()?;
        let word = |n: i64, unit: &str| {
            (n > 0).then(|| format!("{n} {unit}{}", if n == 1 { "" } else { "s" }))
        };
        let (years, months, days) =
            (i64::from(span.get_years()), i64::from(span.get_months()), i64::from(span.get_days()));
        let parts = if years == 0 && months == 0 {
            [word(days, "day"), None]
        } else {
            [word(years, "year"), word(months, "month")]
        };
        let words = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        Some(if words.is_empty() { "less than a day".into() } else { words })
    }

    /// The moment that the page is made.
    pub const fn now(&self) -> Time {
        self.now
    }

    /// The zone's name.
    pub fn zone_name(&self) -> String {
        self.zone.iana_name().unwrap_or("UTC").to_owned()
    }

    /// The time of day now in another zone: `14:05 CET`; `None` for an unknown zone.
    pub fn clock_in(&self, zone: &str) -> Option<String> {
        let zone = TimeZone::get(zone).ok()?;
        let stamp = Timestamp::from_millisecond(self.now.0).ok()?;
        Some(stamp.to_zoned(zone).strftime("%H:%M %Z").to_string())
    }

    /// The heading of a day: `Today`, `Yesterday`, or `Tuesday 24 November 2026`.
    pub fn day(&self, at: Time) -> String {
        let date = self.zoned(at).date();
        let today: Date = self.zoned(self.now).date();
        if date == today {
            return "Today".into();
        }
        if today.yesterday().is_ok_and(|y| y == date) {
            return "Yesterday".into();
        }
        date.strftime("%A %-d %B %Y").to_string()
    }

    /// Nine in the morning of tomorrow, or of the next day that is this day of the week (1 is Monday, 7 Sunday).
    pub fn morning(&self, weekday: Option<i8>) -> Option<Time> {
        let mut date = self.zoned(self.now).date().tomorrow().ok()?;
        while weekday.is_some_and(|day| date.weekday().to_monday_one_offset() != day) {
            date = date.tomorrow().ok()?;
        }
        let zoned = date.at(9, 0, 0, 0).to_zoned(self.zone.clone()).ok()?;
        Some(Time(zoned.timestamp().as_millisecond()))
    }

    /// The moment that a form's date and time mean here: `2026-11-27T09:00`.
    pub fn moment(&self, text: &str) -> Option<Time> {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        let zoned = civil.to_zoned(self.zone.clone()).ok()?;
        Some(Time(zoned.timestamp().as_millisecond()))
    }

    /// A moment as a form's date and time hold it: `2026-11-27T09:00`.
    pub fn field(&self, at: Time) -> String {
        self.zoned(at).strftime("%Y-%m-%dT%H:%M").to_string()
    }

    /// A moment in few words: the time alone today, else the day too: `Monday 30 November, 09:00`; with its year where that is far off.
    pub fn short(&self, at: Time) -> String {
        let (zoned, today) = (self.zoned(at), self.zoned(self.now).date());
        let format = match zoned.date() == today {
            true => "%H:%M",
            false if (at.0 - self.now.0).abs() < HALF_A_YEAR => "%A %-d %B, %H:%M",
            false => "%A %-d %B %Y, %H:%M",
        };
        zoned.strftime(format).to_string()
    }

    /// The time of day to the second: `14:05:09`.
    pub fn clock(&self, at: Time) -> String {
        self.zoned(at).strftime("%H:%M:%S").to_string()
    }

    /// The day here, such as `2026-03-01`.
    pub fn date(&self, at: Time) -> String {
        self.zoned(at).date().to_string()
    }

    /// The first moment of a day that is written as `2026-03-01`, and that of the next day.
    pub fn day_of(&self, date: &str) -> Option<(Time, Time)> {
        self.bounds(date.parse().ok()?)
    }

    /// The days here up to that of a moment, the earliest first: at least so many, at most so many, and else from that of another
    /// moment on. Each as `2026-03-01` and as `Sunday 1 March`.
    pub fn days(&self, from: Time, to: Time, least: i64, most: i64) -> Vec<(String, String)> {
        let (first, last) = (self.zoned(from).date(), self.zoned(to).date());
        let between = first.until(last).map_or(0, |span| i64::from(span.get_days()));
        let count = (between + 1).max(least).min(most);
        let one = |back: i64| {
            let date = last.checked_sub(jiff::Span::new().days(back)).ok()?;
            Some((date.to_string(), date.strftime("%A %-d %B").to_string()))
        };
        (0..count).rev().filter_map(one).collect()
    }

    /// Days before a moment that people often mean, such as `2026-03-01`, with what they call them then.
    pub fn days_before(&self, now: Time) -> Vec<(String, String)> {
        let today = self.zoned(now).date();
        let back = |days: i64| today.checked_sub(jiff::Span::new().days(days)).ok();
        let month = today.first_of_month();
        let year = today.first_of_year();
        let days = [
            (Some(today), "Today"),
            (back(1), "Yesterday"),
            (back(7), "A week ago"),
            (back(30), "30 days ago"),
            (back(90), "90 days ago"),
            (back(365), "365 days ago"),
            (Some(month), "First of this month"),
            (month.yesterday().ok().map(Date::first_of_month), "First of last month"),
            (Some(year), "First of this year"),
            (year.yesterday().ok().map(Date::first_of_year), "First of last year"),
        ];
        let day = |(date, word): (Option<Date>, &str)| Some((date?.to_string(), word.to_owned()));
        days.into_iter().filter_map(day).collect()
    }

    /// When the day here ends; in a zone in which that cannot be said, a day from now.
    pub fn midnight(&self) -> Time {
        self.bounds(self.zoned(self.now).date()).map_or_else(|| self.now.plus(DAY), |day| day.1)
    }

    /// The first moment of a day here, and that of the next day.
    pub fn bounds(&self, date: Date) -> Option<(Time, Time)> {
        let begin = date.to_zoned(self.zone.clone()).ok()?;
        let end = date.tomorrow().ok()?.to_zoned(self.zone.clone()).ok()?;
        let millis = |zoned: jiff::Zoned| Time(zoned.timestamp().as_millisecond());
        Some((millis(begin), millis(end)))
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY, Dates, Time, zone};

    #[test]
    fn only_names_of_zones_are_zones() {
        assert_eq!(zone("Asia/Tokyo").as_deref(), Some("Asia/Tokyo"));
        assert_eq!(zone(" europe/zurich ").as_deref(), Some("Europe/Zurich"));
        for text in ["", "CEST", "Tokyo", "../etc/passwd", "+09:00"] {
            assert_eq!(zone(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_far_off_has_its_year() {
        let now = Time(1_772_366_400_000);
        let said = |days: i64| Dates::new("UTC", now).short(now.plus(days * DAY));
        assert_eq!(said(0), "12:00");
        assert_eq!(said(1), "Monday 2 March, 12:00");
        assert_eq!(said(150), "Wednesday 29 July, 12:00");
        assert_eq!(said(365), "Monday 1 March 2027, 12:00");
        assert_eq!(said(-365), "Saturday 1 March 2025, 12:00");
    }

    #[test]
    fn days_that_are_often_meant_are_those_of_the_zone() {
        // 2026-03-01T12:00Z is 2 March in Auckland.
        let noon = Time(1_772_366_400_000);
        let day = |zone: &str, word: &str| {
            let days = Dates::new(zone, Time(0)).days_before(noon);
            days.into_iter().find(|(_, w)| w == word).unwrap().0
        };
        assert_eq!(day("UTC", "Today"), "2026-03-01");
        assert_eq!(day("Pacific/Auckland", "Today"), "2026-03-02");
        assert_eq!(day("UTC", "Yesterday"), "2026-02-28");
        assert_eq!(day("UTC", "30 days ago"), "2026-01-30");
        assert_eq!(day("UTC", "First of last month"), "2026-02-01");
        assert_eq!(day("UTC", "First of last year"), "2025-01-01");
    }

    #[test]
    fn the_day_ends_at_midnight_in_the_zone_and_is_as_long_as_it_is() {
        const HOUR: i64 = 3_600_000;
        // 2026-03-28 and 2026-10-25 at noon in UTC: the nights in which clocks go forward and back in Berlin follow and precede.
        let left = |zone: &str, noon: i64| {
            Dates::new(zone, Time(noon)).midnight().0.saturating_sub(noon) / HOUR
        };
        assert_eq!(left("UTC", 1_774_699_200_000), 12);
        assert_eq!(left("Asia/Tokyo", 1_774_699_200_000), 3);
        assert_eq!(left("America/New_York", 1_774_699_200_000), 16);
        // 25 October 2026, 00:30 in Berlin: the day has 25 hours.
        assert_eq!(left("Europe/Berlin", 1_792_881_000_000), 24);
    }

    #[test]
    fn lengths_are_years_and_months_or_days() {
        let now = Time(1_772_366_400_000);
        let dates = Dates::new("UTC", now);
        let length = |days: i64| dates.length(now.plus(-days * 86_400_000));
        assert_eq!(length(0).as_deref(), Some("less than a day"));
        assert_eq!(length(1).as_deref(), Some("1 day"));
        assert_eq!(length(27).as_deref(), Some("27 days"));
        assert_eq!(length(365).as_deref(), Some("1 year"));
        assert_eq!(length(365 * 2 + 95).as_deref(), Some("2 years 3 months"));
        assert_eq!(length(-1), None);
    }
}
