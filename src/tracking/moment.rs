//! Moments as senders write them: ISO 8601, Unix seconds or Unix milliseconds.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::error::Error;
use crate::time::Time;

/// Above this a number is milliseconds: as seconds it would be beyond the year 5138.
const SECONDS: f64 = 99_999_999_999.0;
/// The digits of text that is a number of seconds or milliseconds.
const DIGITS: std::ops::RangeInclusive<usize> = 9..=13;

/// The first moment that a field may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// 1970: of what the product saw happen.
    Epoch,
    /// 1900: of facts, since customers may be older than products.
    Century,
}

/// Reads a moment; null is none. Text without a zone is UTC, and a day is its midnight.
///
/// # Errors
/// [`Error::Invalid`] names `field` for what is no moment, and for one before `since` or after the year 9999.
pub fn read(field: &str, value: &Value, since: Since) -> Result<Option<Time>, Error> {
    let (first, year) = match since {
        Since::Epoch => (0, 1970),
        Since::Century => (-2_208_988_800_000, 1900),
    };
    let millis = match value {
        Value::Null => return Ok(None),
        Value::Number(n) => n.as_f64().and_then(of_number),
        Value::String(text) => of_text(text.trim()),
        _ => None,
    };
    let millis = millis.ok_or_else(|| {
        Error::invalid(field, "send a time such as 2026-03-01T12:00:00Z, or Unix seconds")
    })?;
    if millis < first || millis > Timestamp::MAX.as_millisecond() {
        return Err(Error::invalid(field, format!("send a time between {year} and 9999")));
    }
    Ok(Some(Time(millis)))
}

fn of_number(number: f64) -> Option<i64> {
    let millis = if number.abs() > SECONDS { number } else { number * 1000.0 };
    millis.is_finite().then_some(millis as i64)
}

fn of_text(text: &str) -> Option<i64> {
    if DIGITS.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
        return of_number(text.parse().ok()?);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.as_millisecond());
    }
    let zoned = text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(zoned.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Since, read};

    const NOON: i64 = 1_772_366_400_000;

    fn of(value: Value, since: Since) -> Option<i64> {
        read("at", &value, since).unwrap().map(|at| at.0)
    }

    #[test]
    fn seconds_milliseconds_and_iso_8601_say_the_same() {
        for value in [
            json!(1_772_366_400),
            json!(NOON),
            json!(1_772_366_400.0),
            json!("1772366400"),
            json!("1772366400000"),
            json!("2026-03-01T12:00:00Z"),
            json!("2026-03-01T14:00:00+02:00"),
            json!(" 2026-03-01T12:00:00.000Z "),
            json!("2026-03-01T12:00:00"),
        ] {
            assert_eq!(of(value.clone(), Since::Epoch), Some(NOON), "{value}");
        }
        assert_eq!(of(json!(1_772_366_400.5), Since::Epoch), Some(NOON + 500));
        assert_eq!(of(json!("2026-03-01"), Since::Epoch), Some(NOON - 12 * 3_600_000));
        assert_eq!(of(Value::Null, Since::Epoch), None);
        assert_eq!(of(json!("1965-05-01"), Since::Century), Some(-147_398_400_000));
    }

    #[test]
    fn what_is_no_moment_or_an_absurd_one_is_refused() {
        for value in [
            json!("yesterday"),
            json!(""),
            json!(true),
            json!([]),
            json!("12345678"),
            json!(-1),
            json!(1e300),
            json!("0001-01-01T00:00:00Z"),
            json!("1969-12-31T23:59:59Z"),
            json!("99999-01-01T00:00:00Z"),
            json!(i64::MAX),
        ] {
            assert!(read("at", &value, Since::Epoch).is_err(), "{value}");
        }
        assert!(read("at", &json!("0001-01-01T00:00:00Z"), Since::Century).is_err());
    }
}
