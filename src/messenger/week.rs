//! Hours of the week, as forms write them.

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The days of the week, Monday first.
pub const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A stretch of one day of the week in which someone is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// The day, 0 for Monday to 6 for Sunday.
    pub day: u8,
    /// When it begins, in minutes of the day.
    pub from: u16,
    /// When it ends, in minutes of the day, later than it begins, 1,440 for midnight.
    pub to: u16,
}

/// Hours of the week, of which the day that has no times is off: `09:00` to `17:30`, Monday first.
///
/// # Errors
/// [`Error::Invalid`] of `from[0]` for Monday, and so on.
pub fn hours_of(from: &[String], to: &[String]) -> Result<Vec<Hours>, Error> {
    let mut all = Vec::new();
    for (day, name) in DAYS.into_iter().enumerate() {
        let typed = |times: &[String]| times.get(day).map_or("", |t| t.trim()).to_owned();
        let (from, to) = (typed(from), typed(to));
        if from.is_empty() && to.is_empty() {
            continue;
        }
        let refused = || {
            let message = format!(
                "{name}: write two times such as 09:00 and 17:30, the later one second, or none for a day off"
            );
            Error::invalid(format!("from[{day}]"), message)
        };
        let from = minutes(&from).ok_or_else(refused)?;
        // The day's end is written as its beginning.
        let to = minutes(&to).map(|t| if t == 0 { 1_440 } else { t }).ok_or_else(refused)?;
        if from >= to {
            return Err(refused());
        }
        all.push(Hours { day: day as u8, from, to });
    }
    if all.is_empty() {
        return Err(Error::invalid(
            "from[0]",
            "write the hours of at least one day, or choose always",
        ));
    }
    Ok(all)
}

/// A time of the day in minutes, from `09:00`.
fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// Minutes of the day as `09:00`.
pub fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}
