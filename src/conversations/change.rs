//! What can be done with conversations, as forms and the keyboard say it.

use serde::{Deserialize, Serialize};

use super::State;
use crate::error::Error;
use crate::id::{ConversationId, TagId, TeamId, TeammateId};
use crate::time::{DAY, MINUTE, Time};

/// Until when a conversation is put off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Snooze {
    /// In three hours.
    LaterToday,
    /// Tomorrow at nine.
    Tomorrow,
    /// The next Monday at nine.
    Monday,
    /// A date and time as a form writes it, in the workspace's time zone: `2026-11-27T09:00`.
    At(String),
    /// Until the person writes.
    Reply,
}

impl Snooze {
    /// Those that need no further word, each with what it is called and when that is. The first is for as long as it is today:
    /// see [`Self::is_later_today`].
    pub const ALL: [(&'static str, &'static str, &'static str); 4] = [
        ("snooze:later", "Later today", "in 3 hours"),
        ("snooze:tomorrow", "Tomorrow", "at 09:00"),
        ("snooze:monday", "Monday", "at 09:00"),
        ("snooze:reply", "Until they write", ""),
    ];

    /// For how long `LaterToday` puts off, in milliseconds.
    pub const LATER: i64 = 180 * MINUTE;

    /// Whether what is put off until later today comes back today, for whom the day ends at midnight. A page that stands open since the
    /// day before knows that day's.
    pub const fn is_later_today(now: Time, midnight: Time) -> bool {
        let left = midnight.0 - now.0;
        let left = if left <= 0 { left.rem_euclid(DAY) } else { left };
        left > Self::LATER
    }
}

/// Something done with one conversation, or with several at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Close it.
    Close,
    /// Open it, whether it is closed or put off.
    Open,
    /// Put it off.
    Snooze(Snooze),
    /// Give it to a teammate, or to nobody (0).
    Assign(TeammateId),
    /// Give it to a team, or to none (0).
    AssignTeam(TeamId),
    /// Answer it first, or in its turn.
    Priority(bool),
    /// Add a tag by its name.
    Tag(String),
    /// Take a tag off.
    Untag(TagId),
    /// The viewer has read it.
    Read,
    /// The viewer wants to read it again.
    Unread,
}

impl Change {
    /// Reads the word of a button, such as `assign:5`, with what the fields beside it say: a tag's name, and a date.
    /// The word `typed` means whichever field has something.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a word that is none.
    pub fn read(word: &str, tag: &str, at: &str) -> Result<Self, Error> {
        let refused = || Error::invalid("change", "choose what is to be done");
        let (verb, what) = word.split_once(':').unwrap_or((word, ""));
        let number = || what.parse::<i64>().map_err(|_| refused());
        Ok(match (verb, what) {
            ("close", _) => Self::Close,
            ("open", _) => Self::Open,
            ("snooze", "later") => Self::Snooze(Snooze::LaterToday),
            ("snooze", "tomorrow") => Self::Snooze(Snooze::Tomorrow),
            ("snooze", "monday") => Self::Snooze(Snooze::Monday),
            ("snooze", "reply") => Self::Snooze(Snooze::Reply),
            ("snooze", "at") => Self::Snooze(Snooze::At(at.to_owned())),
            ("assign", _) => Self::Assign(TeammateId(number()?)),
            ("team", _) => Self::AssignTeam(TeamId(number()?)),
            ("priority", "on") => Self::Priority(true),
            ("priority", "off") => Self::Priority(false),
            ("tag", _) => Self::Tag(tag.to_owned()),
            ("typed", _) if !tag.trim().is_empty() => Self::Tag(tag.to_owned()),
            ("typed", _) if !at.is_empty() => Self::Snooze(Snooze::At(at.to_owned())),
            ("untag", _) => Self::Untag(TagId(number()?)),
            ("read", _) => Self::Read,
            ("unread", _) => Self::Unread,
            _ => return Err(refused()),
        })
    }
}

/// How a conversation stands: what changes put and undoing puts back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Where on its way.
    pub state: State,
    /// Until when it is put off: 0 while it is not, and until the person writes.
    pub snoozed_until: Time,
    /// Who looks after it, 0 for nobody.
    pub assignee: TeammateId,
    /// Which team does, 0 for none.
    pub team: TeamId,
    /// Whether it is answered first.
    pub priority: bool,
    /// Since when the person waits for an answer, 0 while they do not.
    pub waiting_since: Time,
    /// When something last happened.
    pub updated_at: Time,
}

/// A change that was made, with what it takes to make it undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undo {
    /// It stood so, and then so.
    Stood(ConversationId, Box<(Standing, Standing)>),
    /// The tag was added.
    Tagged(ConversationId, TagId),
    /// The tag was taken off.
    Untagged(ConversationId, TagId),
    /// The viewer had read up to this part, 0 for none.
    Read(ConversationId, i64),
}

/// What a page says of a change, with a way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// What happened, as a sentence.
    pub said: String,
    /// What undoes it; nothing where nothing changed.
    pub undo: Vec<Undo>,
}

#[cfg(test)]
mod tests {
    use super::{Change, Snooze};
    use crate::id::{TagId, TeamId, TeammateId};
    use crate::time::{MINUTE, Time};

    const HOUR: i64 = 60 * MINUTE;

    #[test]
    fn later_today_is_today() {
        let midnight = Time(1_772_409_600_000);
        let is = |before: i64| Snooze::is_later_today(midnight.plus(-before), midnight);
        assert!(is(24 * HOUR) && is(12 * HOUR) && is(3 * HOUR + 1), "until 21:00");
        assert!(is(25 * HOUR), "the first hour of a day of 25, in which clocks go back");
        assert!(!is(3 * HOUR) && !is(MINUTE), "in three hours it is tomorrow");
        // A page that is left open, the day after.
        assert!(is(-MINUTE) && is(-12 * HOUR) && !is(-22 * HOUR) && is(-25 * HOUR));
    }

    #[test]
    fn buttons_say_changes() {
        assert_eq!(Change::read("assign:5", "", ""), Ok(Change::Assign(TeammateId(5))));
        assert_eq!(Change::read("team:0", "", ""), Ok(Change::AssignTeam(TeamId(0))));
        assert_eq!(Change::read("untag:7", "", ""), Ok(Change::Untag(TagId(7))));
        assert_eq!(Change::read("tag", "vip", ""), Ok(Change::Tag("vip".into())));
        for (word, ..) in Snooze::ALL {
            assert!(matches!(Change::read(word, "", ""), Ok(Change::Snooze(_))), "{word}");
        }
        assert_eq!(Change::read("typed", "vip", ""), Ok(Change::Tag("vip".into())));
        assert!(matches!(
            Change::read("typed", " ", "2026-11-27T09:00"),
            Ok(Change::Snooze(Snooze::At(_)))
        ));
        for word in
            ["", "typed", "snooze", "snooze:soon", "assign:", "assign:x", "priority", "erase:1"]
        {
            assert!(Change::read(word, "", "").is_err(), "{word}");
        }
    }
}
