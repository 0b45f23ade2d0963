//! Messages as pages show them.

mod people;

use serde::{Deserialize, Serialize};

pub use people::{Part, People, Previewed, Receiver, Recipients, Standing, Why};

use super::{Again, Channel, Goal, State, When, Whom, Zone};
use crate::attachments::Attachment;
use crate::id::{CompanyId, MessageId, SubscriptionTypeId};

/// How many people each number of a message counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// It waits for its time, or until they are there.
    pub waiting: i64,
    /// They got it.
    pub sent: i64,
    /// They had it on their screen.
    pub seen: i64,
    /// They had the e-mail on their screen, as far as that is known.
    pub opened: i64,
    /// Its pictures were loaded by a program alone.
    pub machine: i64,
    /// They followed a link of it.
    pub clicked: i64,
    /// They answered.
    pub replied: i64,
    /// They were left out.
    pub excluded: i64,
    /// It could not be sent.
    pub failed: i64,
    /// It may have been sent.
    pub unknown: i64,
    /// They unsubscribed by its link.
    pub unsubscribed: i64,
    /// They reached its goal.
    pub goal: i64,
}

/// A message in few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// Which.
    pub id: MessageId,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub state: State,
    /// How it gets there.
    pub channel: Channel,
    /// For whom it is, in words.
    pub audience: String,
    /// What sets it off each time, in words; empty where nothing does.
    pub set_off: String,
    /// When it is to begin, where that is ahead.
    pub begins: Option<String>,
    /// Whether its opens and clicks are measured.
    pub measured: bool,
    /// What its goal is, in words; empty for none.
    pub goal: String,
    /// Its numbers.
    pub counts: Counts,
}

/// What came of a message on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Which, such as `2026-03-01`.
    pub date: String,
    /// In words: `Sunday 1 March`.
    pub said: String,
    /// How many of each of [`super::Which::by_day`] came to be counted on it.
    pub counts: Vec<i64>,
    /// How many of each of [`super::Which::told_by_day`].
    pub told: Vec<i64>,
}

/// The messages of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messages {
    /// The number up to which this is true.
    pub seq: i64,
    /// How many there are in all, also those that are not looked for.
    pub total: i64,
    /// Those under way first, then drafts, then those that are over; the newest of each first.
    pub all: Vec<Brief>,
}

/// The tags that move people in and out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switches {
    /// Who has it gets the message whatever the rule says; empty for none.
    pub opt_in: String,
    /// Who has it does not get the message; empty for none.
    pub opt_out: String,
    /// Who has it does not need the message any more; empty for none.
    pub exit: String,
}

/// One message whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// The number up to which this is true.
    pub seq: i64,
    /// Its numbers, and where it stands.
    pub brief: Brief,
    /// Goes up with every change.
    pub version: i64,
    /// The subject of an e-mail, with Liquid in it.
    pub subject: String,
    /// The text, Markdown with Liquid in it.
    pub body: String,
    /// The text as HTML that is safe to show, its variables as they are written, once it is over.
    pub said: String,
    /// In whose name it goes out.
    pub author: String,
    /// Whom it is for.
    pub whom: Whom,
    /// The JSON text of the rule.
    pub rule: String,
    /// Numbers of the people named, with commas.
    pub people: String,
    /// How many people are named.
    pub named: i64,
    /// Of which company of theirs it is to say something, where it was begun on that one's page, with its name.
    pub company: Option<(CompanyId, String)>,
    /// The tags.
    pub switches: Switches,
    /// When it begins, as a form has it; empty for at once.
    pub starts: String,
    /// When it stops by itself, as a form has it; empty for never.
    pub stops: String,
    /// When it may arrive.
    pub when: When,
    /// Whose hours those are.
    pub zone: Zone,
    /// The workspace's time zone.
    pub time_zone: String,
    /// Whether each person gets it once for each company of theirs; nothing where that was not asked.
    pub per_company: Option<bool>,
    /// What sets it off, where an event does.
    pub again: Option<Again>,
    /// What somebody is to reach after they got it.
    pub goal: Option<Goal>,
    /// What it is about; 0 for nothing in particular.
    pub about: SubscriptionTypeId,
    /// The types in use, and its own, with their names.
    pub types: Vec<(SubscriptionTypeId, String)>,
    /// How many match now, and whether that is everybody; nothing once it is over.
    pub reach: Option<(i64, bool)>,
    /// The address of the list of those who match, while they are kept.
    pub matching: String,
    /// While its audience is found out: how many were looked at, of how many.
    pub filling: Option<(i64, i64)>,
    /// Why its rule makes no sense any more, or empty.
    pub fault: String,
    /// The names of the workspace's tags, to suggest.
    pub tags: Vec<String>,
    /// Whether e-mail is set up.
    pub mail: bool,
    /// What is to be said of a draft before it goes out.
    pub findings: Vec<Finding>,
    /// Its last days, once it was started.
    pub days: Vec<Day>,
    /// The files that come with it.
    pub files: Vec<Attachment>,
}

/// What the page of a new message needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blank {
    /// The rule that says whom the list means from which it is written, where one says that.
    pub rule: Option<String>,
    /// The numbers of the people in that list, with commas, where no rule says whom it means.
    pub people: String,
    /// The company on whose page it is begun, with its name.
    pub company: Option<(CompanyId, String)>,
    /// Whether e-mail is set up.
    pub mail: bool,
    /// The workspace's time zone.
    pub time_zone: String,
    /// The types in use, with their names.
    pub types: Vec<(SubscriptionTypeId, String)>,
    /// The names of the workspace's tags, to suggest.
    pub tags: Vec<String>,
}

/// What is to be said of a message before it goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// In which line of the text, counted from 1; nothing for the subject or the whole.
    pub line: Option<usize>,
    /// What, and what to do.
    pub said: String,
}
