//! Who gets a message, as pages show it, and who does not.

use serde::{Deserialize, Serialize};

use super::Finding;
use crate::id::{CompanyId, ContactId, ConversationId, MessageId};
use crate::outbound::{Channel, Stage, State};
use crate::segments;
use crate::time::Stamp;

/// Whom a draft would go to now, and whom it would not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipients {
    /// How many are meant.
    pub total: i64,
    /// The first of those who would get it, by name.
    pub named: Vec<(ContactId, String)>,
    /// Of how many of them, the first, was looked at whether they would.
    pub looked_at: i64,
    /// How many of these would be left out.
    pub left: i64,
    /// Why, each reason with how many.
    pub reasons: Vec<(String, i64)>,
    /// The first of them by name, with the reason.
    pub out: Vec<(ContactId, String, String)>,
}

/// A text as one person reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previewed {
    /// For whom; nothing where nobody is meant.
    pub person: Option<(ContactId, String)>,
    /// Which of those whom it would be for that is, from 0 on, and how many of these can be shown; nothing where somebody else was asked for.
    pub of: Option<(i64, i64)>,
    /// The company whose data its variables have; empty for none.
    pub company: String,
    /// The subject of an e-mail.
    pub subject: String,
    /// The text as HTML that is safe to show.
    pub html: String,
    /// Why it cannot be shown, with the place; empty where it can.
    pub fault: String,
    /// What is to be said of it before it goes out.
    pub findings: Vec<Finding>,
}

/// Somebody whom a number of a message counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiver {
    /// Who.
    pub id: ContactId,
    /// Their name.
    pub title: String,
    /// When.
    pub at: Stamp,
    /// How often, where they may do it more than once.
    pub times: i64,
    /// For which company of theirs, where it goes out once for each.
    pub company: Option<(CompanyId, String)>,
    /// How often they had it before, for what they set off themselves.
    pub run: i64,
    /// Why they were left out or wait, or empty.
    pub reason: String,
    /// Where it was said.
    pub conversation: Option<ConversationId>,
}

/// Some of those whom a number of a message counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// The number up to which this is true.
    pub seq: i64,
    /// The message's name.
    pub message: String,
    /// Which.
    pub id: MessageId,
    /// How it gets there.
    pub channel: Channel,
    /// Whether it has a goal.
    pub goal: bool,
    /// Whether nothing goes out any more.
    pub over: bool,
    /// The day, in words, where only those of one are asked for.
    pub day: Option<String>,
    /// Of at most 50 people.
    pub rows: Vec<Receiver>,
    /// What to ask for those that follow, if there are more.
    pub next: Option<i64>,
}

/// How a person, or a company, stands to a message that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Which.
    pub id: MessageId,
    /// Its name.
    pub name: String,
    /// Whether it is paused.
    pub paused: bool,
    /// In words: `Sent 5 minutes ago, seen`.
    pub said: String,
    /// Where the delivery stands, if there is one.
    pub stage: Option<Stage>,
    /// Where it was said.
    pub conversation: Option<ConversationId>,
    /// Whether the rule holds.
    pub inside: bool,
    /// Each part of the rule.
    pub reasons: Vec<segments::Reason>,
    /// Whether they can be taken out once a tag for it is named: it has none.
    pub can_name: bool,
    /// The tag that the button which takes them out adds; nothing where there is no such button.
    pub can_leave: Option<String>,
    /// What the button that brings them in does: `removes the tag X`; nothing where there is none.
    pub can_join: Option<String>,
}

/// Why somebody got a message or did not, gets it or would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The number up to which this is true.
    pub seq: i64,
    /// Which message.
    pub id: MessageId,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub state: State,
    /// Who; nothing where nobody was asked for.
    pub person: Option<(ContactId, String)>,
    /// Why nobody can be meant by what was typed, or empty.
    pub fault: String,
    /// What came of it: one part, or one for each company of theirs where it goes out for each.
    pub parts: Vec<Part>,
    /// Each part of the rule as it is for them now; empty where those whom it is for are named.
    pub rule: Vec<segments::Reason>,
}

/// What came of a message for somebody, or for a company of theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The company's name, where it is about one.
    pub company: String,
    /// In words: `Did not get it: the rule does not hold for them`.
    pub said: String,
    /// Where it was said.
    pub conversation: Option<ConversationId>,
    /// What has to be so that they get it, each with whether it is.
    pub conditions: Vec<segments::Reason>,
}
