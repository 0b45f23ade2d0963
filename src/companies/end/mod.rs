//! How a company ends: it becomes a part of another one, or it is deleted. Both are looked at before they happen.

pub mod api;
#[cfg(feature = "ssr")]
mod delete;
#[cfg(feature = "ssr")]
mod merge;
#[cfg(feature = "ssr")]
mod moving;
#[cfg(feature = "ssr")]
mod preview;
#[cfg(feature = "ssr")]
mod soon;
#[cfg(feature = "ssr")]
mod stays;

#[cfg(feature = "ssr")]
pub use delete::delete;
#[cfg(feature = "ssr")]
pub use merge::merge;
#[cfg(feature = "ssr")]
pub(crate) use moving::{drop_stream, move_stream};
#[cfg(feature = "ssr")]
pub use preview::{others, what_delete_does, what_merge_does};
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use soon::begin;
#[cfg(feature = "ssr")]
pub(in crate::companies) use soon::ending;
#[cfg(feature = "ssr")]
pub(crate) use soon::finish;

use crate::id::{CompanyId, JobId, TeammateId};
use crate::time::Stamp;

/// Entries of a stream are counted up to here.
pub const COUNTED: i64 = 100_000;

/// A company with how much there is of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// Which.
    pub id: CompanyId,
    /// Its name.
    pub title: String,
    /// The customer's own id of it.
    pub company_id: String,
    /// How many people are in it.
    pub people: i64,
    /// Notes of its own.
    pub notes: i64,
    /// Its tags, by name.
    pub tags: Vec<String>,
    /// Values of its own data.
    pub data: i64,
    /// Entries of its stream, counted up to [`COUNTED`].
    pub entries: i64,
    /// Companies that were merged into it.
    pub merged: i64,
}

impl Brief {
    /// How many entries its stream has, in words.
    pub fn entries(&self) -> String {
        match self.entries {
            1 => "1 entry".into(),
            n if n >= COUNTED => "100,000 entries or more".into(),
            n => format!("{n} entries"),
        }
    }
}

/// A fact of which both companies say something else, or the other says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What it is called.
    pub name: String,
    /// What the company that stays says; `None` where it says nothing and takes the other's.
    pub stays: Option<String>,
    /// What the company that goes says.
    pub goes: String,
}

/// What a merge will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merging {
    /// The company that goes.
    pub from: Brief,
    /// The company that stays.
    pub into: Brief,
    /// People who are in both.
    pub both: i64,
    /// Where they differ.
    pub differences: Vec<Difference>,
}

/// That a company is about to end, and can still be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// What to undo.
    pub job: JobId,
    /// Who wants it, who alone can undo it.
    pub by: TeammateId,
    /// Their name, while they work here.
    pub name: Option<String>,
    /// The company that it becomes a part of, with its name; `None` where it is deleted.
    pub into: Option<(CompanyId, String)>,
    /// Until when it can be undone, and when it happens.
    pub at: Stamp,
    /// The same to the second, on the viewer's clock: `14:05:09`.
    pub clock: String,
}
