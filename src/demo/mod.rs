//! A made-up business to look around in: the same people every time, written the way a product and a team would.

mod company;
mod noted;
mod people;
mod scenes;
mod store;
mod talk;
mod world;

pub use people::calls;
use serde::{Deserialize, Serialize};
pub use store::{Made, begin, find};

use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::server::db::Write;
use crate::server::state::AppState;
use crate::tracking;

/// How much is made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// How many people, 1 to 100 million.
    pub people: i64,
    /// How many events they have in all, 0 or more.
    pub events: i64,
}

impl Default for Plan {
    fn default() -> Self {
        Self { people: 2_000, events: 24_000 }
    }
}

impl Plan {
    /// How many companies they are in.
    pub fn companies(self) -> i64 {
        (self.people * 3 / 40).max(1)
    }

    /// How many conversations they have: three for every two of the first people.
    pub fn conversations(self) -> i64 {
        (0..self.people.min(talk::PEOPLE)).map(talk::conversations).sum()
    }

    /// How many people one step writes: few, so that others who write meanwhile wait little, unless there are very many.
    const fn a_step(self) -> i64 {
        if self.people > 10_000 { 500 } else { 50 }
    }
}

/// Writes the next people with what they did and what was said to them, durable when this answers; `false` once all
/// are there. Taken again, or by two at once, a step writes nothing twice.
///
/// # Errors
/// [`Error::Internal`] when the database fails; [`Error::Invalid`] where the workspace declares a type that the
/// made-up data does not fit.
pub async fn step(app: &AppState, workspace: WorkspaceId, made: &mut Made) -> Result<bool, Error> {
    if made.is_done() {
        return Ok(false);
    }
    let (at, plan) = (made.next, made.plan);
    let end = (at + plan.a_step()).min(plan.people);
    let people: Result<Vec<_>, _> = (at..end).map(|n| people::calls(plan, n, made.began)).collect();
    tracking::accept_new(app, workspace, &people?).await?;
    let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
    if !store::advance(&mut w, made, end).await? {
        drop(w);
        // Somebody else took this step meanwhile: on from where they are.
        *made = find(app, workspace).await?.ok_or(Error::NotFound)?;
        return Ok(!made.is_done());
    }
    for n in at..end.min(talk::PEOPLE) {
        talk::with(&mut w, made, n).await?;
    }
    if end == plan.people {
        talk::of_companies(&mut w, made).await?;
    }
    w.commit().await?;
    made.next = end;
    Ok(!made.is_done())
}
