//! When sessions and keys were last used: noted in memory, written once a minute, so that no request waits for it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use crate::error::Error;
use crate::id::{ApiKeyId, SessionId, WorkspaceId};
use crate::run;
use crate::server::db::Changed;
use crate::server::state::AppState;
use crate::time::Time;

/// How often what was noted is written.
const EVERY: Duration = Duration::from_secs(60);
const MINUTE: i64 = 60_000;

/// What was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// A teammate's session.
    Session(WorkspaceId, SessionId),
    /// A key of the APIs.
    Key(WorkspaceId, ApiKeyId),
}

/// The uses that are not written yet, to the minute.
#[derive(Default)]
pub struct Used {
    noted: Mutex<HashMap<What, Time>>,
}

impl Used {
    /// Notes a use, to the minute. One that was not written when the process is killed is forgotten.
    pub fn note(&self, what: What, now: Time) {
        self.lock().insert(what, Time(now.0 - now.0.rem_euclid(MINUTE)));
    }

    /// When something was last used, by what is written and what is noted.
    pub fn last(&self, what: What, written: Time) -> Time {
        self.lock().get(&what).map_or(written, |noted| written.max(*noted))
    }

    /// Writes what was noted.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails; what was noted is kept for the next time.
    pub async fn write(&self, app: &AppState) -> Result<(), Error> {
        let noted = std::mem::take(&mut *self.lock());
        if noted.is_empty() {
            return Ok(());
        }
        let written = write(app, &noted).await;
        if written.is_err() {
            let mut lock = self.lock();
            for (what, at) in noted {
                lock.entry(what).or_insert(at);
            }
        }
        written
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<What, Time>> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn write(app: &AppState, noted: &HashMap<What, Time>) -> Result<(), Error> {
    let (mut sessions, mut keys) = (Vec::new(), Vec::new());
    for (what, at) in noted {
        match what {
            What::Session(workspace, id) => sessions.push((workspace.0, id.0, at.0)),
            What::Key(workspace, id) => keys.push((workspace.0, id.0, at.0)),
        }
    }
    let of_sessions = "update teammate_sessions set last_used_at = u.at from (select cast(value ->> 0 as bigint) as w, \
                       cast(value ->> 1 as bigint) as id, cast(value ->> 2 as bigint) as at from json_each($1)) u \
                       where workspace_id = u.w and teammate_sessions.id = u.id and last_used_at < u.at";
    let of_keys = "update api_keys set last_used_at = u.at from (select cast(value ->> 0 as bigint) as w, \
                   cast(value ->> 1 as bigint) as id, cast(value ->> 2 as bigint) as at from json_each($1)) u \
                   where workspace_id = u.w and api_keys.id = u.id and last_used_at < u.at";
    let mut c = app.db.begin().await?;
    for (sql, rows) in [(of_sessions, sessions), (of_keys, keys)] {
        if rows.is_empty() {
            continue;
        }
        let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
        let _: Changed = run!(c, |x| sqlx::query(sql).bind(&rows).execute(x))?;
    }
    c.commit().await
}

/// Writes once a minute, until the process's state is gone.
pub async fn watch(app: Weak<AppState>) {
    loop {
        tokio::time::sleep(EVERY).await;
        let Some(app) = app.upgrade() else { return };
        if let Err(error) = app.used.write(&app).await {
            tracing::warn!(%error, "last uses wait for the next minute");
        }
    }
}
