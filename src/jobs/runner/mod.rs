//! Working on jobs: a step is one transaction that does a part and says how far it is.

mod file;
mod made_up;
mod part;
mod step;

use std::sync::Weak;
use std::time::Duration;

use super::store::{Claimed, advance, claim, next_due, prepare};
use super::{Input, State};
use crate::attachments;
use crate::companies;
use crate::error::Error;
use crate::import;
use crate::server::db::Write;
use crate::server::looks::Looks;
use crate::server::state::AppState;

/// How often to look for jobs that another process left behind.
const LOOK: Duration = Duration::from_secs(15);

/// Works on jobs until the process stops: at once when one is added here, and every now and then.
pub async fn watch(app: Weak<AppState>) {
    let mut looks = Looks::rung(|app| app.jobs_added.clone(), LOOK, app);
    for look in 0_u64.. {
        let Some(app) = looks.next().await else { return };
        if look == 0
            && let Err(error) = prepare(&app).await
        {
            tracing::error!(%error, "jobs");
        }
        if let Err(error) = run_due(&app).await {
            tracing::error!(%error, "jobs");
        }
        import::sweep(&app);
        if let Err(error) = companies::sweep(&app).await {
            tracing::error!(%error, "health of companies");
        }
        if let Err(error) = attachments::sweep(&app).await {
            tracing::error!(%error, "files");
        }
        looks.soon(until_next(&app).await);
    }
}

/// How long until a job begins, at most until the next look.
async fn until_next(app: &AppState) -> Duration {
    match next_due(app).await {
        Ok(Some(at)) => {
            let wait = (at.0 - app.clock.now().0).max(0) + 1;
            LOOK.min(Duration::from_millis(wait.unsigned_abs()))
        }
        Ok(None) | Err(_) => LOOK,
    }
}

/// Works on every job that is due, one after the other, to its end.
///
/// # Errors
/// [`Error::Internal`] when the database fails; the job is taken up again after its lease.
pub async fn run_due(app: &AppState) -> Result<(), Error> {
    while let Some(mut job) = claim(app).await? {
        loop {
            if *app.stopping.borrow() {
                return Ok(());
            }
            if let Input::Import { .. } = job.input {
                file::import(app, &mut job).await?;
                break;
            }
            if let Input::Demo { plan } = job.input {
                made_up::make_up(app, &mut job, plan).await?;
                break;
            }
            let mut w = Write::begin(app, job.workspace, job.created_by).await?;
            let state = match step::step(&mut w, &mut job).await {
                Ok(state) => state,
                Err(Error::Internal) => return Err(Error::Internal),
                Err(error) => {
                    drop(w);
                    let mut w = Write::begin(app, job.workspace, job.created_by).await?;
                    advance(&mut w, &job, State::Failed, &error.sentence()).await?;
                    w.commit().await?;
                    break;
                }
            };
            // A job that was cancelled meanwhile keeps nothing of this step.
            if !advance(&mut w, &job, state, "").await? {
                break;
            }
            w.commit().await?;
            if state == State::Done {
                break;
            }
        }
    }
    Ok(())
}

/// Says how far a job is, in a transaction of its own; answers whether it goes on.
async fn tell(app: &AppState, job: &Claimed, state: State, message: &str) -> Result<bool, Error> {
    let mut w = Write::begin(app, job.workspace, job.created_by).await?;
    let goes_on = advance(&mut w, job, state, message).await?;
    w.commit().await?;
    Ok(goes_on)
}
