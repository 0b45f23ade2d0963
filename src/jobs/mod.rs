//! Jobs: work that takes longer than a request, in steps that commit on their own and survive a restart.

pub mod api;
#[cfg(feature = "ssr")]
mod runner;
#[cfg(feature = "ssr")]
mod store;
pub mod views;

#[cfg(feature = "ssr")]
pub use runner::{run_due, watch};
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{Input, cancel, prepare, recent, start, undo};

use crate::id::{JobId, TeammateId};
use crate::time::Time;

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
    /// How many rows an import has set aside.
    pub rejected: i64,
    /// The upload that it imports.
    pub upload: Option<String>,
    /// Why it failed, or empty.
    pub message: String,
    /// Whether what it did can be undone.
    pub can_undo: bool,
    /// Who began it.
    pub created_by: TeammateId,
    /// When it last moved.
    pub updated_at: Time,
}
