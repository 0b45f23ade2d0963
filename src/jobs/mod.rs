//! Jobs: work that takes longer than a request, in steps that commit on their own and survive a restart.

pub mod api;
#[cfg(feature = "ssr")]
mod ended;
#[cfg(feature = "ssr")]
mod ids;
#[cfg(feature = "ssr")]
mod imports;
#[cfg(feature = "ssr")]
mod input;
mod pace;
#[cfg(feature = "ssr")]
mod runner;
#[cfg(feature = "ssr")]
mod shown;
#[cfg(feature = "ssr")]
mod store;
pub mod views;

#[cfg(feature = "ssr")]
pub use ended::{close, see};
#[cfg(feature = "ssr")]
pub use ids::Ids;
#[cfg(feature = "ssr")]
pub use imports::{Imported, imports};
#[cfg(feature = "ssr")]
pub use input::Input;
#[cfg(feature = "ssr")]
pub use runner::{run_due, watch};
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use shown::recent;
#[cfg(feature = "ssr")]
pub(crate) use store::start_after;
#[cfg(feature = "ssr")]
pub use store::{cancel, free, prepare, start, undo};

use crate::id::{CompanyId, JobId, TeammateId};
use crate::time::Time;
use crate::ui::thousands;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody has begun it.
    Waiting,
    /// Someone works on it.
    Running,
    /// All of it happened.
    Done,
    /// It cannot go on; the message says why.
    Failed,
    /// A teammate stopped it; what had happened stays.
    Cancelled,
}

impl State {
    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state that the database calls so.
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [Self::Waiting, Self::Running, Self::Done, Self::Failed, Self::Cancelled];
        all.into_iter().find(|s| s.word() == word)
    }

    /// Whether more will happen.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }
}

/// What a job works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// People, who are changed.
    People,
    /// Companies, which are changed.
    Companies,
    /// Rows of a file, which are written.
    Rows,
    /// People, with each of whom a conversation is begun.
    Messages,
    /// One company, which is merged or deleted; until that begins it can be undone.
    Company,
    /// Entries of a stream. What they are moved for has happened, so that it cannot be stopped.
    Entries,
}

impl What {
    fn count(self, n: i64) -> String {
        let (one, many) = match self {
            Self::People | Self::Messages => ("person", "people"),
            Self::Company | Self::Companies => ("company", "companies"),
            Self::Rows => ("row", "rows"),
            Self::Entries => ("entry", "entries"),
        };
        format!("{} {}", thousands(n), if n == 1 { one } else { many })
    }
}

/// Where jobs are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// Where whatever a teammate has under way is shown.
    #[default]
    Anywhere,
    /// The list of people.
    People,
    /// The list of companies.
    Companies,
    /// The page of a company.
    Company(CompanyId),
    /// Where files are imported, and what became of earlier ones is listed.
    Imports,
}

/// A job as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// What it does, in words: `Tagging people with vip`.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// How many it has looked at.
    pub done: i64,
    /// How many there are.
    pub total: i64,
    /// How many it changed.
    pub changed: i64,
    /// How many rows an import has set aside, how many people a message left out.
    pub rejected: i64,
    /// What it works on.
    pub what: What,
    /// The upload that it imports.
    pub upload: Option<String>,
    /// Why it failed, or empty.
    pub message: String,
    /// Whether what it did can be undone.
    pub can_undo: bool,
    /// The company that it ends, where it does.
    pub ends: Option<CompanyId>,
    /// The companies that it is about, where it is about some by name.
    pub about: Vec<CompanyId>,
    /// Who began it.
    pub created_by: TeammateId,
    /// When the run began that works on it, where its pace can be told.
    pub began_at: Option<Time>,
    /// When it last moved.
    pub updated_at: Time,
}

impl Job {
    /// Whether it has a line there. What is under way has one wherever its owner is, unless the page says it already, with the
    /// way back; what has ended has one where what it changed is looked at.
    pub fn is_shown_at(&self, place: Place) -> bool {
        let open = self.state.is_open();
        match place {
            Place::Anywhere => true,
            Place::People => open || matches!(self.what, What::People | What::Rows),
            Place::Companies => open || self.what != What::People,
            Place::Company(company) if open => self.ends != Some(company),
            Place::Company(company) => self.about.is_empty() || self.about.contains(&company),
            Place::Imports => open,
        }
    }

    /// Whether how it ended is seen there, in a line or otherwise.
    pub fn is_seen_at(&self, place: Place) -> bool {
        let listed = place == Place::Imports && self.what == What::Rows;
        !self.state.is_open() && (listed || self.is_shown_at(place))
    }

    /// How far it is, or how it ended.
    pub fn words(&self) -> String {
        let title = &self.title;
        if self.what == What::Company {
            return match self.state {
                State::Waiting => format!("{title}: in a few seconds"),
                State::Running => title.clone(),
                State::Done => format!("{title}: done"),
                State::Failed => format!("{title}: not done. {}", self.message),
                State::Cancelled => format!("{title}: undone, nothing has changed"),
            };
        }
        match self.state {
            State::Waiting => format!("{title}: waiting"),
            State::Running => format!("{title}: {}", self.far()),
            State::Done => format!("{title}: done, {}", self.changes()),
            State::Failed => format!("{title}: stopped. {}", self.message),
            State::Cancelled => format!("{title}: cancelled, {}", self.changes()),
        }
    }

    fn far(&self) -> String {
        match self.what {
            What::Rows => {
                let percent = self.done * 100 / self.total.max(1);
                let pace = self.began_at.and_then(|began| {
                    pace::words(self.done, self.total, self.updated_at.0 - began.0)
                });
                let pace = pace.map(|pace| format!(", {pace}")).unwrap_or_default();
                format!("{percent}%, {} written{pace}", self.what.count(self.changed))
            }
            what => format!("{} of {}", thousands(self.done), what.count(self.total)),
        }
    }

    fn changes(&self) -> String {
        match self.what {
            What::Messages => {}
            What::Entries => return self.what.count(self.done),
            What::Rows => return format!("{} written", self.what.count(self.changed)),
            what => return format!("{} changed", what.count(self.changed)),
        }
        let begun = match self.changed {
            0 => "no conversation begun".to_owned(),
            1 => "1 conversation begun".to_owned(),
            n => format!("{} conversations begun", thousands(n)),
        };
        let left_out = match self.rejected {
            0 => String::new(),
            n => format!(", {} left out", self.what.count(n)),
        };
        // What was said has reached nobody yet, and is not called sent.
        let waits = match self.changed {
            0 => "",
            1 => ". Waiting: it reaches them when they next open a page with your Messenger",
            _ => {
                ". Waiting: each reaches its person when they next open a page with your Messenger"
            }
        };
        format!("{begun}{left_out}{waits}")
    }
}
