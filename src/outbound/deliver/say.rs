//! Saying a message in the Messenger.

use std::collections::HashMap;

use super::{Claim, Done, Held, TRIES, finish, going, hold, postpone};
use crate::conversations::{self, Begin, Opening};
use crate::error::Error;
use crate::id::{MessageId, TeammateId};
use crate::outbound::content::render;
use crate::outbound::store::Row;
use crate::outbound::terms::Terms;
use crate::outbound::{Reason, Stage, eligible, goals, values};
use crate::server::db::Write;
use crate::server::state::AppState;

/// Says what was taken, of a message in the Messenger, to those who may get it, and writes down why the others do not. Another worker's rows are not
/// touched: who came too late finds nothing.
///
/// # Errors
/// [`Error::Internal`] when the database fails; [`put_back`](super::put_back) then gives the rows another time.
pub async fn deliver(app: &AppState, claim: &Claim) -> Result<(), Error> {
    let mut w = Write::begin(app, claim.workspace, TeammateId(0)).await?;
    let terms = Terms::hold(&mut w).await?;
    let rows = hold(&mut w, claim).await?;
    say(&mut w, &terms, claim.message, &rows).await?;
    w.commit().await?;
    Ok(())
}

/// Says a message to those of these people who may get it now. The caller holds their rows.
pub async fn say(
    w: &mut Write<'_>,
    terms: &Terms,
    message: MessageId,
    rows: &[Held],
) -> Result<(), Error> {
    let Some(found) = going(w, message, rows).await? else { return Ok(()) };
    let sorted = eligible::sort(&mut w.conn, w.workspace, terms, &found, rows, w.now).await?;
    postpone(w, message, &sorted.later).await?;
    let mut done: Vec<Done> = sorted.out;
    let (openings, failed) = openings(w, &found, &sorted.now).await?;
    done.extend(failed);
    w.actor = found.author_id;
    let texts: Vec<_> = openings.iter().map(|(_, opening)| opening).cloned().collect();
    let named = Some((message, found.name.as_str()));
    let begun = conversations::start_many(w, &texts, Begin::Quiet, named).await?;
    w.actor = TeammateId(0);
    let begun: HashMap<_, _> = begun.into_iter().collect();
    for (row, opening) in openings {
        // Said before, by somebody whose row was lost: it counts as sent.
        let conversation = begun.get(&opening.client_id).map_or(0, |id| id.0);
        done.push((row.key, Stage::Sent, None, conversation));
    }
    finish(w, message, &done).await?;
    let sent: Vec<_> =
        done.iter().filter(|done| done.1 == Stage::Sent).map(|done| done.0).collect();
    goals::open(w, &found, &sent).await
}

/// What is said to each, and why it cannot be to the others.
async fn openings(
    w: &mut Write<'_>,
    message: &Row,
    rows: &[Held],
) -> Result<(Vec<(Held, Opening)>, Vec<Done>), Error> {
    let my_name = values::my_name(&mut w.conn, w.workspace, message.author_id).await?;
    let known = values::known(&mut w.conn, w.workspace).await?;
    let pairs: Vec<_> = rows.iter().map(|row| (row.key.contact, row.key.company)).collect();
    let filled = values::fill(&mut w.conn, w.workspace, &known, &pairs, &my_name).await?;
    let (mut openings, mut done) = (Vec::new(), Vec::new());
    for row in rows {
        let key = row.key;
        if row.attempts >= TRIES {
            done.push((key, Stage::Failed, Some(Reason::Tries), 0));
            continue;
        }
        let filled = filled.get(&(key.contact, key.company));
        let text = filled.map(|filled| render(&message.body, filled));
        match text.map(|text| text.map(|text| conversations::clean(&text))) {
            Some(Ok(Ok(body))) => {
                let client_id = format!("message-{}-{}", message.id, key.suffix());
                openings.push((*row, Opening { contact: key.contact, body, client_id }));
            }
            Some(Ok(Err(_))) => done.push((key, Stage::Excluded, Some(Reason::Empty), 0)),
            Some(Err(_)) | None => done.push((key, Stage::Failed, Some(Reason::Content), 0)),
        }
    }
    Ok((openings, done))
}
