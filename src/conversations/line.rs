//! A conversation in a list.

use serde::{Deserialize, Serialize};

use super::State;
use crate::id::{ContactId, ConversationId, TagId, TeamId, TeammateId};
use crate::time::Stamp;

/// One conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which.
    pub id: ConversationId,
    /// With whom.
    pub contact: ContactId,
    /// Their name.
    pub title: String,
    /// The address of their picture on this site, if there is one.
    pub picture: Option<String>,
    /// The company that they have been in for longest.
    pub company: Option<String>,
    /// The beginning of the newest part.
    pub last: String,
    /// Whether the newest part is for the team alone.
    pub last_is_note: bool,
    /// The newest part's number, 0 for none.
    pub last_part: i64,
    /// When something last happened.
    pub at: Stamp,
    /// Since when the person waits for an answer, where they do.
    pub waits: Option<Stamp>,
    /// Where on its way.
    pub state: State,
    /// Until when it is put off, in words.
    pub snoozed: Option<String>,
    /// Whether something said to the person has not reached them.
    pub waiting: bool,
    /// Who looks after it.
    pub assignee: Option<String>,
    /// Their number, 0 for nobody.
    pub assignee_id: TeammateId,
    /// Which team looks after it.
    pub team: Option<String>,
    /// Its number, 0 for none.
    pub team_id: TeamId,
    /// Whether it is answered first.
    pub priority: bool,
    /// Whether the viewer has not read the newest part.
    pub unread: bool,
    /// Its tags, by name.
    pub tags: Vec<(TagId, String)>,
}

impl Line {
    /// Whether it is not closed.
    pub fn is_open(&self) -> bool {
        self.state != State::Closed
    }

    /// Whether another answer says something else of it than that time went by and the viewer read it.
    pub fn differs(&self, other: &Self) -> bool {
        let still = |line: &Self| {
            let mut line = Self { unread: false, ..line.clone() };
            line.at.ago.clear();
            line.waits.iter_mut().for_each(|waits| waits.ago.clear());
            line
        };
        still(self) != still(other)
    }
}

/// A part of a list of conversations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    /// The number up to which this is true.
    pub seq: i64,
    /// The conversations, in the order that was asked for.
    pub lines: Vec<Line>,
    /// What to ask for the next part, if there is one.
    pub next: Option<String>,
}
