//! The text of one field, read as what its column means.

use serde_json::Value;

use super::Reading;

/// The text of a field. What could not be decoded is a replacement character.
///
/// # Errors
/// The reason for which the row is set aside.
pub(super) fn text_of<'a>(field: &'a [u8], reading: &Reading) -> Result<&'a str, String> {
    let encoding = &reading.encoding;
    let text = std::str::from_utf8(field).map_err(|_| format!("is not {encoding}"))?;
    if encoding != "UTF-8" && text.contains(char::REPLACEMENT_CHARACTER) {
        return Err(format!("is not {encoding}"));
    }
    Ok(text.trim())
}

/// Yes or no, as spreadsheets and programs write it.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// A time as RFC 3339; a day is its midnight and a time without a zone is, UTC. Nine to eleven digits are Unix seconds.
///
/// # Errors
/// The reason for which the row is set aside.
pub(super) fn moment(name: &str, text: &str) -> Result<String, String> {
    use jiff::civil::{Date, DateTime};
    use jiff::tz::TimeZone;
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Ok(at.to_string());
    }
    if (9..=11).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
        let at = text.parse().ok().and_then(|s| jiff::Timestamp::from_second(s).ok());
        return at.map(|at| at.to_string()).ok_or_else(|| format!("{name}: {text} is not a time"));
    }
    let civil =
        text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(|d| d.at(0, 0, 0, 0)));
    let zoned = civil.ok().and_then(|c| c.to_zoned(TimeZone::UTC).ok());
    zoned
        .map(|z| z.timestamp().to_string())
        .ok_or_else(|| format!("{name}: {text} is not a time such as 2026-03-01T12:00:00Z"))
}

/// Numbers and truths where they are written as such; `007` and telephone numbers stay text.
pub(super) fn value(name: &str, text: &str) -> Value {
    if matches!(name, "name" | "email" | "phone" | "avatar" | "plan" | "website" | "industry") {
        return text.into();
    }
    if let "true" | "false" = text {
        return (text == "true").into();
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let padded = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && !digits.starts_with('.')
        && !digits.ends_with('.');
    if padded || !plain || digits.len() > 15 {
        return text.into();
    }
    let whole = text.parse::<i64>().ok().map(Value::from);
    whole.or_else(|| text.parse::<f64>().ok().map(Value::from)).unwrap_or_else(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::{moment, value};
    use serde_json::json;

    #[test]
    fn numbers_are_numbers_only_where_nothing_is_lost() {
        assert_eq!(value("x", "12"), json!(12));
        assert_eq!(value("x", "-0.5"), json!(-0.5));
        assert_eq!(value("x", "007"), json!("007"));
        assert_eq!(value("x", "1.2.3"), json!("1.2.3"));
        assert_eq!(value("x", "+49 30"), json!("+49 30"));
        assert_eq!(value("x", "12345678901234567890"), json!("12345678901234567890"));
        assert_eq!(value("phone", "12"), json!("12"));
        assert_eq!(value("x", "true"), json!(true));
    }

    #[test]
    fn days_and_times_without_a_zone_are_utc() {
        assert_eq!(moment("t", "1997-01-01").unwrap(), "1997-01-01T00:00:00Z");
        assert_eq!(moment("t", "1997-01-01 10:30:00").unwrap(), "1997-01-01T10:30:00Z");
        assert_eq!(moment("t", "1997-01-01T10:30:00+02:00").unwrap(), "1997-01-01T08:30:00Z");
        assert_eq!(moment("t", "1700000000").unwrap(), "2023-11-14T22:13:20Z");
        assert!(moment("t", "01/02/1997").is_err());
    }
}
