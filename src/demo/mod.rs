//! A made-up business to look around in: the same people every time, written the way a product and a team would.

mod people;
mod talk;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::server::state::AppState;
use crate::tracking::{self, GROUP};

/// How much is made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// How many people, at least 1.
    pub people: i64,
    /// How many events they have in all.
    pub events: i64,
}

impl Default for Plan {
    fn default() -> Self {
        Self { people: 300, events: 4_000 }
    }
}

impl Plan {
    /// How many people one step writes: about as many as fill one group of calls.
    fn a_step(self) -> i64 {
        let calls = people::CALLS + self.events / self.people.max(1);
        (GROUP as i64 / calls).clamp(1, 100)
    }
}

/// Writes the next people, beginning with number `at`, with what they did and what was said to them; durable when this
/// answers where the next step begins, or `None` at the end. The same step again changes nothing.
///
/// # Errors
/// [`Error::Internal`] when the database fails; [`Error::Invalid`] where the workspace declares a type that the
/// made-up data does not fit.
pub async fn step(
    app: &AppState,
    workspace: WorkspaceId,
    actor: TeammateId,
    plan: Plan,
    at: i64,
) -> Result<Option<i64>, Error> {
    let end = (at + plan.a_step()).min(plan.people);
    let now = app.clock.now();
    let mut calls = Vec::new();
    for n in at..end {
        calls.extend(people::calls(plan, n, now)?);
    }
    for group in calls.chunks(GROUP) {
        tracking::accept_all(app, workspace, group).await?;
    }
    for n in at..end.min(talk::PEOPLE) {
        talk::with(app, workspace, actor, n).await?;
    }
    Ok((end < plan.people).then_some(end))
}
