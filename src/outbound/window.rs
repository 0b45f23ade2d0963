//! When a message may arrive: at any time, in the office hours of the Messenger, or in hours of its own.

use serde::{Deserialize, Serialize};

use crate::messenger::{DAYS, Hours, clock};

/// The word of the office hours, in the database and in forms.
const OFFICE: &str = "office";

/// When a message may arrive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// At any time.
    #[default]
    Always,
    /// In the office hours of the Messenger's settings, as they are when it is to go out.
    Office,
    /// In these hours of the week, of which there is at least one.
    Hours(Vec<Hours>),
}

impl When {
    /// The text in the database.
    pub fn text(&self) -> String {
        match self {
            Self::Always => String::new(),
            Self::Office => OFFICE.to_owned(),
            Self::Hours(hours) => serde_json::to_string(hours).unwrap_or_default(),
        }
    }

    /// From the text in the database; one that cannot be read is no bound.
    pub fn parse(text: &str) -> Self {
        match text {
            "" => Self::Always,
            OFFICE => Self::Office,
            text => match serde_json::from_str::<Vec<Hours>>(text) {
                Ok(hours) if !hours.is_empty() => Self::Hours(hours),
                _ => Self::Always,
            },
        }
    }

    /// The word of its choice in the form.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Office => OFFICE,
            Self::Hours(_) => "hours",
        }
    }

    /// The hours of the message's own.
    pub fn hours(&self) -> &[Hours] {
        match self {
            Self::Hours(hours) => hours,
            Self::Always | Self::Office => &[],
        }
    }

    /// In words: `Monday 09:00–17:00, Tuesday 09:00–17:00`; empty for at any time.
    pub fn said(&self) -> String {
        match self {
            Self::Always => String::new(),
            Self::Office => "Office hours".to_owned(),
            Self::Hours(hours) => {
                let day = |h: &Hours| DAYS.get(usize::from(h.day)).copied().unwrap_or_default();
                let mut runs: Vec<(&Hours, &Hours)> = Vec::new();
                for hour in hours {
                    match runs.last_mut() {
                        Some((_, last))
                            if last.day + 1 == hour.day
                                && (last.from, last.to) == (hour.from, hour.to) =>
                        {
                            *last = hour;
                        }
                        _ => runs.push((hour, hour)),
                    }
                }
                let run = |(first, last): (&Hours, &Hours)| {
                    let days = match last.day - first.day {
                        0 => day(first).to_owned(),
                        _ => format!("{} to {}", day(first), day(last)),
                    };
                    format!("{days} {}–{}", clock(first.from), clock(first.to))
                };
                runs.into_iter().map(run).collect::<Vec<_>>().join(", ")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Hours, When};

    #[test]
    fn it_is_kept_and_read_and_days_that_are_alike_are_one() {
        let week: Vec<_> = (0..5).map(|day| Hours { day, from: 540, to: 1_020 }).collect();
        let mut more = week.clone();
        more.push(Hours { day: 6, from: 600, to: 1_440 });
        for (when, said) in [
            (When::Always, ""),
            (When::Office, "Office hours"),
            (When::Hours(week), "Monday to Friday 09:00–17:00"),
            (When::Hours(more), "Monday to Friday 09:00–17:00, Sunday 10:00–00:00"),
        ] {
            assert_eq!(When::parse(&when.text()), when);
            assert_eq!(when.said(), said);
        }
        assert_eq!(When::parse("[]"), When::Always);
    }
}
