//! Made-up customers, as a job.

use super::tell;
use crate::demo;
use crate::error::Error;
use crate::jobs::State;
use crate::jobs::store::Claimed;
use crate::server::state::AppState;

/// Makes customers up in steps that know how far they are.
pub(super) async fn make_up(
    app: &AppState,
    job: &mut Claimed,
    plan: demo::Plan,
) -> Result<(), Error> {
    let mut made = demo::begin(app, job.workspace, job.created_by, plan).await?;
    loop {
        let more = match demo::step(app, job.workspace, &mut made).await {
            Ok(more) => more,
            Err(Error::Internal) => return Err(Error::Internal),
            Err(error) => {
                return tell(app, job, State::Failed, &error.sentence()).await.map(|_| ());
            }
        };
        job.cursor.changed = made.next;
        (job.done, job.total) = (made.next, made.plan.people);
        let state = if more { State::Running } else { State::Done };
        if !tell(app, job, state, "").await? || !more || *app.stopping.borrow() {
            return Ok(());
        }
    }
}
