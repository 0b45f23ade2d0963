//! Numbers and days of a company as teammates write them; nothing for what is empty.

use super::MOST;
use crate::error::Error;
use crate::server::dates::Dates;
use crate::time::Time;

/// The first day that is taken, 1900-01-01: customers may be older than products.
const FIRST: Time = Time(-2_208_988_800_000);

fn written(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// How many people work there.
///
/// # Errors
/// [`Error::Invalid`] unless it is a whole number, 0 or more.
pub(super) fn people(text: Option<&str>) -> Result<Option<i64>, Error> {
    let Some(text) = written(text) else { return Ok(None) };
    let number = text.parse().ok().filter(|n| (0..=MOST).contains(n));
    number
        .map(Some)
        .ok_or_else(|| Error::invalid("size", "size: write a whole number of people, such as 250"))
}

/// What it spends a month; less than nothing is a refund.
///
/// # Errors
/// [`Error::Invalid`] unless it is a number.
pub(super) fn money(text: Option<&str>) -> Result<Option<f64>, Error> {
    let Some(text) = written(text) else { return Ok(None) };
    let number = text.parse().ok().filter(|n: &f64| n.is_finite() && n.abs() <= MOST as f64);
    number.map(Some).ok_or_else(|| {
        Error::invalid("spend", "monthly spend: write a number, such as 49 or 49.50")
    })
}

/// The first moment of a day.
///
/// # Errors
/// [`Error::Invalid`] unless it is a day of the calendar from 1900 on, written `2024-01-31`.
pub(super) fn day(text: Option<&str>, dates: &Dates) -> Result<Option<Time>, Error> {
    let Some(text) = written(text) else { return Ok(None) };
    let day = dates.day_of(text).map(|(first, _)| first).filter(|first| *first >= FIRST);
    day.map(Some).ok_or_else(|| {
        Error::invalid("since", "customer since: write a day after 1900, such as 2024-01-31")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_what_is_none_is_refused_by_its_name() {
        assert_eq!(people(Some(" 250 ")), Ok(Some(250)));
        assert_eq!((people(None), people(Some(" "))), (Ok(None), Ok(None)));
        assert_eq!(money(Some("-49.5")), Ok(Some(-49.5)));
        let dates = Dates::new("Europe/Berlin", Time(1_772_366_400_000));
        assert_eq!(day(Some("2024-01-31"), &dates), Ok(Some(Time(1_706_655_600_000))));
        for refused in [people(Some("-1")), people(Some("1.5")), people(Some("many"))] {
            assert!(refused.is_err_and(|e| e.sentence().starts_with("Size: ")));
        }
        for text in ["much", "NaN", "inf"] {
            assert!(money(Some(text)).is_err_and(|e| e.sentence().starts_with("Monthly spend: ")));
        }
        assert_eq!(day(Some("1960-01-01"), &dates), Ok(Some(Time(-315_622_800_000))));
        for text in ["2024-02-30", "31.1.2024", "1860-01-01"] {
            assert!(
                day(Some(text), &dates)
                    .is_err_and(|e| e.sentence().starts_with("Customer since: "))
            );
        }
    }
}
