//! Sending what is due, and ending what is over, until the process stops.

use std::panic::AssertUnwindSafe;
use std::sync::Weak;
use std::time::Duration;

use futures::FutureExt as _;

use super::deliver::{Claim, Turns, deliver, put_back};
use super::run::{finish, spent, stop};
use super::{Channel, Lane, email};
use crate::error::Error;
use crate::id::{MessageId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::Write;
use crate::server::looks::Looks;
use crate::server::state::AppState;

/// How often to look for what has become due, and for what another process left behind.
const LOOK: Duration = Duration::from_secs(5);
/// How soon to look again after something failed.
const AGAIN: Duration = Duration::from_secs(1);

/// Sends until the process stops: at once when something was added here, and every now and then. What is over is ended beside that: a way out
/// that is busy for hours does not hold it up.
pub async fn watch(app: Weak<AppState>) {
    futures::join!(
        keep(app.clone(), Lane::Messenger),
        keep(app.clone(), Lane::Mail),
        keep_ending(app)
    );
}

/// Ends what is over, every now and then.
async fn keep_ending(app: Weak<AppState>) {
    let mut looks = Looks::every(LOOK, app);
    while let Some(app) = looks.next().await {
        if let Err(error) = end_over(&app).await {
            tracing::error!(%error, "outbound");
        }
    }
}

/// Sends one way.
async fn keep(app: Weak<AppState>, lane: Lane) {
    let mut looks = Looks::rung(move |app| app.outbound.of(lane), LOOK, app);
    while let Some(app) = looks.next().await {
        match send(&app, lane).await {
            Ok(false) => {}
            // Nobody rings for what comes another time.
            Ok(true) => looks.soon(LOOK),
            Err(error) => {
                tracing::error!(%error, "outbound");
                looks.soon(AGAIN);
            }
        }
    }
}

/// Does everything that is due now, to its end.
///
/// # Errors
/// [`Error::Internal`] when the database fails; what is left is done the next time.
pub async fn run_due(app: &AppState) -> Result<(), Error> {
    end_over(app).await?;
    let (said, mailed) = futures::join!(send(app, Lane::Messenger), send(app, Lane::Mail));
    said.and(mailed).map(|_| ())
}

/// Ends the messages whose end has come.
async fn end_over(app: &AppState) -> Result<(), Error> {
    for (workspace, message) in over(app).await? {
        let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
        stop(&mut w, message).await?;
        w.commit().await?;
    }
    Ok(())
}

/// Does everything that is due now one way. Answers whether some of it was given back, for another time.
async fn send(app: &AppState, lane: Lane) -> Result<bool, Error> {
    if lane == Lane::Mail {
        email::lost(app).await?;
    }
    let mut turns = Turns::of(lane);
    let mut left = false;
    while !*app.stopping.borrow() {
        match turns.next(app).await? {
            Some(claim) => {
                left |= hand_out(app, &claim).await?;
                end_spent(app, Some((claim.workspace, claim.message))).await?;
            }
            None if end_spent(app, None).await? => {}
            None => break,
        }
    }
    if let Some(mail) = app.mail.as_ref().filter(|_| lane == Lane::Mail) {
        mail.rest().await;
    }
    Ok(left)
}

/// Sends what was taken, or gives it back. Of several of which one fails each goes alone at once: whose fault it is shows only then, and
/// what fails by itself alone has been tried. Answers whether any was given back.
async fn hand_out(app: &AppState, claim: &Claim) -> Result<bool, Error> {
    let Some(error) = failed(app, claim).await else { return Ok(false) };
    if error == Error::Unreachable || claim.keys.len() < 2 {
        put_back(app, claim, error != Error::Unreachable).await?;
        return Ok(true);
    }
    let mut back = false;
    for (n, key) in claim.keys.iter().enumerate() {
        let alone = Claim { keys: vec![*key], ..claim.clone() };
        match failed(app, &alone).await {
            None => {}
            Some(Error::Unreachable) => {
                let rest = Claim { keys: claim.keys[n..].to_vec(), ..claim.clone() };
                put_back(app, &rest, false).await?;
                return Ok(true);
            }
            Some(_) => {
                put_back(app, &alone, true).await?;
                back = true;
            }
        }
    }
    Ok(back)
}

/// Why what was taken could not be sent, if it could not. What panics is not given back: like what a server dies of, it goes alone once
/// its lease has ended, and the others go on.
async fn failed(app: &AppState, claim: &Claim) -> Option<Error> {
    let work = async {
        match claim.channel {
            Channel::Chat | Channel::Post => deliver(app, claim).await,
            Channel::Email => email::mail(app, claim).await,
        }
    };
    let Ok(done) = AssertUnwindSafe(work).catch_unwind().await else {
        tracing::error!(message = %claim.message, "deliveries: panicked");
        return None;
    };
    done.inspect_err(|error| {
        tracing::error!(%error, message = %claim.message, of = claim.keys.len(), "deliveries");
    })
    .err()
}

/// Goes a step towards the end of messages for certain people that have nobody left whom they could reach: of all of them, or of this
/// one where it is so. Answers whether there were any.
async fn end_spent(app: &AppState, only: Option<(WorkspaceId, MessageId)>) -> Result<bool, Error> {
    let found = {
        let mut c = app.db.read().await?;
        spent(&mut c, app.clock.now(), only).await?
    };
    for (workspace, message) in &found {
        let mut w = Write::begin(app, *workspace, TeammateId(0)).await?;
        finish(&mut w, *message).await?;
        w.commit().await?;
    }
    Ok(!found.is_empty())
}

/// Messages whose end has come.
async fn over(app: &AppState) -> Result<Vec<(WorkspaceId, MessageId)>, Error> {
    let sql = "select workspace_id, id from messages where state in ('running', 'paused') and stops_at > 0 and stops_at <= $1";
    let now = app.clock.now();
    let mut c = app.db.read().await?;
    run!(c, |x| sqlx::query_as::<_, (WorkspaceId, MessageId)>(sql).bind(now).fetch_all(x))
}
