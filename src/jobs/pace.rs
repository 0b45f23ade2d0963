//! How fast a file is read, and how long that will take, as people say it.

/// The rate and the time left: `1.4 MB a second, 3 minutes left`. Bytes read of all bytes, in so many milliseconds;
/// `None` in the first second, when nothing can be told.
pub fn words(done: i64, total: i64, millis: i64) -> Option<String> {
    if done <= 0 || millis < 1_000 {
        return None;
    }
    let rate = done as f64 * 1_000.0 / millis as f64;
    let rate = if rate < 1e6 {
        format!("{} KB", (rate / 1e3).ceil())
    } else {
        format!("{:.1} MB", rate / 1e6)
    };
    let left = (total - done).max(0) as f64 / done as f64 * millis as f64 / 1_000.0;
    Some(format!("{rate} a second, {} left", time(left.ceil() as i64)))
}

fn time(seconds: i64) -> String {
    let count = |n: i64, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    match seconds {
        ..60 => count(seconds, "second"),
        60..3_600 => count((seconds + 59) / 60, "minute"),
        _ => {
            let minutes = (seconds + 59) / 60;
            match minutes % 60 {
                0 => count(minutes / 60, "hour"),
                rest => format!("{} {}", count(minutes / 60, "hour"), count(rest, "minute")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_pace_is_said_in_round_numbers() {
        let said = |done, total, millis| words(done, total, millis).unwrap_or_default();
        assert_eq!(said(0, 100, 5_000), "");
        assert_eq!(said(50, 100, 999), "");
        assert_eq!(said(20_000, 100_000, 2_000), "10 KB a second, 8 seconds left");
        assert_eq!(said(14_000_000, 100_000_000, 10_000), "1.4 MB a second, 2 minutes left");
        assert_eq!(said(1_000_000, 100_000_000, 60_000), "17 KB a second, 1 hour 39 minutes left");
        assert_eq!(said(99, 100, 100_000), "1 KB a second, 2 seconds left");
        assert_eq!(said(100, 100, 2_000), "1 KB a second, 0 seconds left");
    }
}
