//! The lists that stand beside the inbox.

use serde::{Deserialize, Serialize};

use super::Filter;
use crate::id::{TeamId, TeammateId, ViewId};
use crate::time::Time;

/// Where a view stands beside the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// The ones that everybody has.
    Main,
    /// Those that the viewer keeps.
    Kept,
    /// Those that the team keeps.
    Shared,
    /// One for each team.
    Team,
    /// One for each teammate.
    Teammate,
    /// One for each tag that conversations have.
    Tag,
    /// One for each segment that somebody is in.
    Segment,
}

/// A list of conversations that stands beside the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Where.
    pub group: Group,
    /// What it is called.
    pub name: String,
    /// What it has.
    pub filter: Filter,
    /// Its number, where somebody keeps it.
    pub saved: Option<ViewId>,
    /// How many conversations it has, 1,000 for that many and more.
    pub count: i64,
}

impl View {
    /// The count as it is shown: nothing for none, `999+` beyond 999.
    pub fn counted(&self) -> String {
        match self.count {
            0 => String::new(),
            n @ 1..=999 => n.to_string(),
            _ => "999+".into(),
        }
    }
}

/// Every view, and what menus offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Views {
    /// The number up to which this is true.
    pub seq: i64,
    /// The views, group by group.
    pub views: Vec<View>,
    /// Teams that conversations can be given to, by name.
    pub teams: Vec<(TeamId, String)>,
    /// Teammates that conversations can be given to, by name.
    pub teammates: Vec<(TeammateId, String)>,
    /// Names of tags, to suggest.
    pub tags: Vec<String>,
    /// When the viewer's day ends.
    pub midnight: Time,
    /// Whether what is put off now until later today comes back before that.
    pub later_today: bool,
}
