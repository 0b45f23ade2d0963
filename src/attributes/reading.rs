//! A value as it arrives in JSON, read into a type.

use serde_json::Value;

use super::DataType;
use crate::error::Error;

/// The longest text of a value, in characters.
const LONGEST: usize = 10_000;
/// The largest whole number that JavaScript holds exactly.
const LARGEST: u64 = 1 << 53;
/// The seconds of a moment that a name in `_at` is taken to mean: 1970 to 9999.
const SECONDS: std::ops::RangeInclusive<i64> = 0..=253_402_300_799;

/// A value with its type.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The type that the value shows.
    pub data_type: DataType,
    /// Numbers, truths (0 or 1) and dates (milliseconds UTC).
    pub number: Option<f64>,
    /// The value as text; dates keep the form in which they were sent.
    pub text: String,
}

/// Reads a value. Text that is an RFC 3339 time or an ISO day is a date, and so is a number of Unix seconds
/// under a name that ends in `_at`, as Intercom writes them. A list becomes its JSON text.
///
/// # Errors
/// [`Error::Invalid`] names `field` for what no attribute can hold.
pub fn read(field: &str, name: &str, value: &Value) -> Result<Reading, Error> {
    let refuse = |message: &str| Err(Error::invalid(field, message));
    let reading = |data_type, number, text| Reading { data_type, number, text };
    Ok(match value {
        Value::Bool(b) => reading(DataType::Boolean, Some(f64::from(u8::from(*b))), b.to_string()),
        Value::Number(n) => match (n.as_i64(), n.as_f64()) {
            (Some(seconds), _) if name.ends_with("_at") && SECONDS.contains(&seconds) => {
                let at = jiff::Timestamp::from_second(seconds).unwrap_or_default();
                reading(DataType::Date, Some(seconds as f64 * 1000.0), at.to_string())
            }
            (_, Some(f)) if n.is_f64() => reading(DataType::Float, Some(f), n.to_string()),
            (Some(whole), _) if whole.unsigned_abs() <= LARGEST => {
                reading(DataType::Integer, Some(whole as f64), n.to_string())
            }
            _ => return refuse("a whole number must be within 2^53"),
        },
        Value::String(s) if s.chars().count() > LONGEST => {
            return refuse("send at most 10,000 characters");
        }
        Value::String(s) => match moment(s) {
            Some(millis) => reading(DataType::Date, Some(millis as f64), s.clone()),
            None => reading(DataType::String, None, s.clone()),
        },
        Value::Array(_) => {
            let text = value.to_string();
            if text.chars().count() > LONGEST {
                return refuse("send at most 10,000 characters");
            }
            reading(DataType::String, None, text)
        }
        Value::Null | Value::Object(_) => {
            return refuse("send text, a number or true or false");
        }
    })
}

/// The milliseconds of an RFC 3339 time or of the first moment of an ISO day in UTC.
fn moment(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    // Cheap to look at: most text is neither.
    if bytes.len() < 10 || bytes.len() > 35 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    if bytes.len() == 10 {
        let day: jiff::civil::Date = text.parse().ok()?;
        let zoned = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        return Some(zoned.timestamp().as_millisecond());
    }
    let at: jiff::Timestamp = text.parse().ok()?;
    Some(at.as_millisecond())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{DataType, read};

    #[test]
    fn values_show_their_type() {
        let of = |name: &str, value| read("f", name, &value).map(|r| (r.data_type, r.number));
        assert_eq!(of("x", json!(3)), Ok((DataType::Integer, Some(3.0))));
        assert_eq!(of("x", json!(3.5)), Ok((DataType::Float, Some(3.5))));
        assert_eq!(of("x", json!(true)), Ok((DataType::Boolean, Some(1.0))));
        assert_eq!(of("x", json!("2026-03-01")), Ok((DataType::Date, Some(1_772_323_200_000.0))));
        let noon = Some(1_772_366_400_000.0);
        assert_eq!(of("x", json!("2026-03-01T12:00:00Z")), Ok((DataType::Date, noon)));
        assert_eq!(of("trial_ends_at", json!(1_772_366_400)), Ok((DataType::Date, noon)));
        assert_eq!(of("x", json!("2026-13-01")), Ok((DataType::String, None)));
        assert_eq!(of("x", json!("1234-5678-90")), Ok((DataType::String, None)));
        assert_eq!(of("x", json!(["a", 1])), Ok((DataType::String, None)));
        assert!(of("x", json!(9_007_199_254_740_993_u64)).is_err());
        assert!(of("x", json!("x".repeat(10_001))).is_err());
    }
}
