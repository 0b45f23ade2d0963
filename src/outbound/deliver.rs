//! Deliveries: one row for each whom a message is for, which says what became of it. Whoever works on rows takes them
//! first, with a lease; the row's state and what was said commit together, so that nothing is said twice.

use std::collections::{BTreeMap, HashMap};

use rand::Rng as _;

use super::content::render;
use super::store::{Row, find};
use super::{Channel, Reason, Stage, State, Whom, eligible, run, values};
use crate::conversations::{self, Begin, Opening};
use crate::error::Error;
use crate::id::{ContactId, ConversationId, MessageId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Conn, Write};
use crate::server::state::AppState;
use crate::time::Time;

/// When a delivery is due that waits for its person: the last moment that JavaScript can count to.
pub const NEVER: Time = Time(9_007_199_254_740_991);
/// How many are taken at once.
const TAKEN: i64 = 200;
/// How many e-mails are taken at once: all of them are handed over within the lease.
const LETTERS: i64 = 20;
/// How long who took some may be silent before another takes them, in milliseconds.
const LEASE: i64 = 60_000;
/// How long to wait after the first failure, in milliseconds; twice as long after each further one.
const PAUSE: i64 = 5_000;
/// The longest wait between two tries, in milliseconds.
const LONGEST_PAUSE: i64 = 60 * 60_000;
/// How often a delivery is tried.
pub(super) const TRIES: i64 = 8;

/// Somebody whom the audience of a message holds for from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// Which message's.
    pub message: MessageId,
    /// Who.
    pub contact: ContactId,
    /// Whether something changed, or time passed, that brought them in.
    pub new: bool,
    /// Whether all who matched when the message was started are known by now; until then one of them may be brought in by a
    /// change before they are looked at.
    pub filled: bool,
}

/// Writes down that messages wait for those who came into their audience, in the transaction that let them in. Who got
/// it, or waits already, is left as they are; who was left out before waits again.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn matched(w: &mut Write<'_>, all: &[Match]) -> Result<(), Error> {
    let mut by_message: BTreeMap<MessageId, Vec<&Match>> = BTreeMap::new();
    for one in all {
        by_message.entry(one.message).or_default().push(one);
    }
    for (id, matches) in by_message {
        let Some(message) = find(&mut w.conn, w.workspace, id).await? else { continue };
        let whom = message.whom();
        let meant = |one: &&&Match| match whom {
            Whom::Later => one.new,
            Whom::All => true,
            Whom::Now => !one.new || !one.filled,
            Whom::Chosen => false,
        };
        let due = run::due(&message, w.now);
        let rows: Vec<_> = matches.iter().filter(meant).map(|one| [one.contact]).collect();
        if rows.is_empty() {
            continue;
        }
        let text = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
        let sql = "insert into deliveries (workspace_id, message_id, contact_id, state, due_at, matched_at) \
                   select $1, cast($2 as bigint), cast(value ->> 0 as bigint), 'waiting', cast($3 as bigint), cast($4 as bigint) from json_each($5) where true \
                   on conflict (workspace_id, message_id, step, contact_id, company_id, run) do update set state = 'waiting', \
                   reason = '', due_at = excluded.due_at, attempts = 0, matched_at = excluded.matched_at where deliveries.state = 'excluded'";
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(sql).bind(w.workspace).bind(id).bind(due).bind(w.now).bind(&text).execute(c)
        })?;
        for [contact] in &rows {
            // Their open Messenger hears of it, and takes what waits.
            w.touch(Topic::Messenger(*contact));
            w.touch(Topic::Contact(*contact));
        }
        w.touch(Topic::Messages);
        w.wake_outbound();
    }
    Ok(())
}

/// Some deliveries of one message that a worker has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Of which message.
    pub message: MessageId,
    /// How it gets there.
    pub channel: Channel,
    /// The lease's number.
    pub lease: i64,
    /// How many there are.
    pub count: usize,
}

/// Takes the deliveries of a message that are due and that nobody works on; `None` where there are none anywhere.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn claim(app: &AppState) -> Result<Option<Claim>, Error> {
    let now = app.clock.now();
    let next = "select d.workspace_id, d.message_id, m.channel from deliveries d join messages m on m.workspace_id = d.workspace_id \
                and m.id = d.message_id and m.state = 'running' and m.starts_at <= $1 and (m.channel = 'chat' or $2 = 1) \
                where d.state = 'waiting' and d.due_at <= $1 and d.lease_until <= $1 order by d.due_at, d.workspace_id, d.message_id limit 1";
    let found: Option<(WorkspaceId, MessageId, String)> = {
        let mut c = app.db.read().await?;
        run!(c, |x| {
            sqlx::query_as::<_, (WorkspaceId, MessageId, String)>(next)
                .bind(now)
                .bind(i64::from(app.mail.is_some()))
                .fetch_optional(x)
        })?
    };
    let Some((workspace, message, channel)) = found else { return Ok(None) };
    let channel = Channel::from_word(&channel).ok_or(Error::Internal)?;
    let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
    let lease = app.db.next_id()?;
    // Said twice, so that of two who take at once the second looks again.
    let take = "update deliveries set lease_id = $4, lease_until = $5, attempts = attempts + 1 where workspace_id = $1 and message_id = $2 \
                and state = 'waiting' and lease_until <= $3 and due_at <= $3 and contact_id in \
                (select contact_id from deliveries where workspace_id = $1 and message_id = $2 and state = 'waiting' \
                and due_at <= $3 and lease_until <= $3 order by contact_id limit $6)";
    let taken: Changed = run!(w.conn, |c| {
        sqlx::query(take)
            .bind(workspace)
            .bind(message)
            .bind(now)
            .bind(lease)
            .bind(now.plus(LEASE))
            .bind(if channel == Channel::Email { LETTERS } else { TAKEN })
            .execute(c)
    })?;
    w.commit().await?;
    Ok(Some(Claim { workspace, message, channel, lease, count: taken.0 as usize }))
}

/// Says what was taken, of a message in the Messenger, to those who may get it, and writes down why the others do not. Another worker's rows are not
/// touched: who came too late finds nothing.
///
/// # Errors
/// [`Error::Internal`] when the database fails; [`put_back`] then gives the rows another time.
pub async fn deliver(app: &AppState, claim: &Claim) -> Result<(), Error> {
    let mut w = Write::begin(app, claim.workspace, TeammateId(0)).await?;
    let rows = hold(&mut w, claim).await?;
    say(&mut w, claim.message, &rows).await?;
    w.commit().await?;
    Ok(())
}

/// Holds what was taken, which is nobody else's until the commit: whom each is for, and how often it was tried.
pub(super) async fn hold(w: &mut Write<'_>, claim: &Claim) -> Result<Vec<(ContactId, i64)>, Error> {
    let hold = "update deliveries set lease_until = $4 where workspace_id = $1 and message_id = $2 and lease_id = $3 and state = 'waiting' \
                returning contact_id, attempts";
    run!(w.conn, |c| {
        sqlx::query_as::<_, (ContactId, i64)>(hold)
            .bind(claim.workspace)
            .bind(claim.message)
            .bind(claim.lease)
            .bind(w.now.plus(LEASE))
            .fetch_all(c)
    })
}

/// The message of rows that are held, while it runs and its time has come. It may have been paused or stopped after they were
/// taken: then they wait on.
pub(super) async fn going(
    w: &mut Write<'_>,
    message: MessageId,
    rows: &[(ContactId, i64)],
) -> Result<Option<Row>, Error> {
    let found = find(&mut w.conn, w.workspace, message).await?;
    let going = found.filter(|m| m.state() == State::Running && may_go(m, w.now));
    if going.is_none() {
        release(w, message, rows).await?;
    }
    Ok(going)
}

/// Says a message to those of these people who may get it. The caller holds their rows.
async fn say(
    w: &mut Write<'_>,
    message: MessageId,
    rows: &[(ContactId, i64)],
) -> Result<(), Error> {
    let Some(found) = going(w, message, rows).await? else { return Ok(()) };
    let ids: Vec<_> = rows.iter().map(|(id, _)| *id).collect();
    let mut reasons = eligible::reasons(&mut w.conn, w.workspace, &found, &ids).await?;
    let name = "select name from teammates where workspace_id = $1 and id = $2";
    let my_name: Option<(String,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String,)>(name)
            .bind(w.workspace)
            .bind(found.author_id)
            .fetch_optional(c)
    })?;
    let my_name = my_name.map_or_else(String::new, |(name,)| name);
    let known = values::known(&mut w.conn, w.workspace).await?;
    let filled = values::fill(&mut w.conn, w.workspace, &known, &ids, &my_name).await?;
    let mut openings = Vec::new();
    for (id, attempts) in rows {
        if reasons.contains_key(id) {
            continue;
        }
        if *attempts > TRIES {
            reasons.insert(*id, Reason::Tries);
            continue;
        }
        let text = filled.get(id).map(|filled| render(&found.body, filled));
        match text.map(|text| text.map(|text| conversations::clean(&text))) {
            Some(Ok(Ok(body))) => {
                let client_id = format!("message-{message}-{id}");
                openings.push(Opening { contact: *id, body, client_id });
            }
            Some(Ok(Err(_))) => {
                reasons.insert(*id, Reason::Empty);
            }
            Some(Err(_)) | None => {
                reasons.insert(*id, Reason::Content);
            }
        }
    }
    w.actor = found.author_id;
    let begun = conversations::start_many(w, &openings, Begin::Quiet).await?;
    w.actor = TeammateId(0);
    let begun: HashMap<ContactId, ConversationId> = begun.into_iter().collect();
    let mut done = Vec::new();
    for (id, _) in rows {
        let row = match (begun.get(id), reasons.get(id)) {
            (Some(conversation), _) => (*id, Stage::Sent.word(), "", conversation.0),
            (None, Some(why @ (Reason::Content | Reason::Tries))) => {
                (*id, Stage::Failed.word(), why.word(), 0)
            }
            (None, Some(why)) => (*id, Stage::Excluded.word(), why.word(), 0),
            // Said before, by somebody whose row was lost: it counts as sent.
            (None, None) => (*id, Stage::Sent.word(), "", 0),
        };
        done.push(row);
    }
    finish(w, message, &done).await
}

/// Whether its time has come and is not over.
fn may_go(message: &Row, now: Time) -> bool {
    message.starts_at <= now && (message.stops_at.0 == 0 || now < message.stops_at)
}

/// Writes down what became of rows that wait.
pub(super) async fn finish(
    w: &mut Write<'_>,
    message: MessageId,
    done: &[(ContactId, &str, &str, i64)],
) -> Result<(), Error> {
    let text = serde_json::to_string(done).map_err(|_| Error::Internal)?;
    let sql = "update deliveries set state = j.state, reason = j.reason, conversation_id = j.conversation_id, \
               sent_at = case when j.state = 'sent' then cast($4 as bigint) else 0 end, lease_until = 0 from \
               (select cast(value ->> 0 as bigint) as contact_id, value ->> 1 as state, value ->> 2 as reason, \
               cast(value ->> 3 as bigint) as conversation_id from json_each($3)) j \
               where deliveries.workspace_id = $1 and deliveries.message_id = $2 and deliveries.contact_id = j.contact_id \
               and deliveries.step = 0 and deliveries.company_id = 0 and deliveries.run = 0 and deliveries.state = 'waiting'";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(message).bind(&text).bind(w.now).execute(c)
    })?;
    for (contact, ..) in done {
        w.touch(Topic::Contact(*contact));
    }
    if !done.is_empty() {
        w.touch(Topic::Messages);
    }
    Ok(())
}

/// Gives rows back that were taken and not tried.
async fn release(
    w: &mut Write<'_>,
    message: MessageId,
    rows: &[(ContactId, i64)],
) -> Result<(), Error> {
    let ids: Vec<_> = rows.iter().map(|(id, _)| [id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let sql = "update deliveries set lease_until = 0, attempts = case when attempts > 0 then attempts - 1 else 0 end where workspace_id = $1 and message_id = $2 \
               and state = 'waiting' and contact_id in (select cast(value ->> 0 as bigint) from json_each($3))";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(message).bind(&ids).execute(c)
    })?;
    Ok(())
}

/// How long to wait after so many failures, in milliseconds: twice as long after each, and by chance half as long to half
/// as long again.
pub(super) fn pause(tries: i64) -> i64 {
    let wait = (PAUSE << (tries - 1).clamp(0, 20)).min(LONGEST_PAUSE);
    wait / 2 + rand::rng().random_range(0..=wait)
}

/// Gives rows whose delivery failed another time: later after each failure, and not all at the same moment.
///
/// # Errors
/// [`Error::Internal`] when the database fails; then the lease ends by itself.
pub async fn put_back(app: &AppState, claim: &Claim) -> Result<(), Error> {
    let mut w = Write::begin(app, claim.workspace, TeammateId(0)).await?;
    let tries = "select coalesce(max(attempts), 0) from deliveries where workspace_id = $1 and message_id = $2 and lease_id = $3 and state = 'waiting'";
    let (tries,): (i64,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(tries)
            .bind(claim.workspace)
            .bind(claim.message)
            .bind(claim.lease)
            .fetch_one(c)
    })?;
    let wait = pause(tries);
    let sql = "update deliveries set lease_until = 0, due_at = $4 where workspace_id = $1 and message_id = $2 and lease_id = $3 and state = 'waiting'";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(claim.workspace)
            .bind(claim.message)
            .bind(claim.lease)
            .bind(w.now.plus(wait))
            .execute(c)
    })?;
    w.commit().await?;
    Ok(())
}

/// Says to a person whatever waited until they are there. Answers whether anything did.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn arrive(
    app: &AppState,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<bool, Error> {
    let now = app.clock.now();
    let waits = {
        let mut c = app.db.read().await?;
        waiting(&mut c, workspace, contact, now).await?
    };
    if waits.is_empty() {
        return Ok(false);
    }
    let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
    take_all(&mut w, contact, &waits).await?;
    w.commit().await?;
    Ok(true)
}

/// Says to a person whatever waited until they are there, in the transaction in which they come: before it notes the
/// visit, so that rules which ask when they were last seen are judged as it was before.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn greet(w: &mut Write<'_>, contact: ContactId) -> Result<(), Error> {
    let waits = waiting(&mut w.conn, w.workspace, contact, w.now).await?;
    take_all(w, contact, &waits).await
}

async fn waiting(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
    now: Time,
) -> Result<Vec<(MessageId,)>, Error> {
    let sql = "select d.message_id from deliveries d join messages m on m.workspace_id = d.workspace_id and m.id = d.message_id \
               and m.state = 'running' and m.channel = 'chat' and m.starts_at <= $3 and (m.stops_at = 0 or m.stops_at > $3) \
               where d.workspace_id = $1 and d.contact_id = $2 and d.state = 'waiting' and d.lease_until <= $3 order by d.message_id";
    run!(c, |x| {
        sqlx::query_as::<_, (MessageId,)>(sql).bind(workspace).bind(contact).bind(now).fetch_all(x)
    })
}

async fn take_all(
    w: &mut Write<'_>,
    contact: ContactId,
    waits: &[(MessageId,)],
) -> Result<(), Error> {
    let (workspace, now) = (w.workspace, w.now);
    for (message,) in waits.iter().copied() {
        let take = "update deliveries set lease_until = $4, attempts = attempts + 1 where workspace_id = $1 and message_id = $2 \
                    and contact_id = $3 and state = 'waiting' and lease_until <= $5 returning contact_id, attempts";
        let rows: Vec<(ContactId, i64)> = run!(w.conn, |c| {
            sqlx::query_as::<_, (ContactId, i64)>(take)
                .bind(workspace)
                .bind(message)
                .bind(contact)
                .bind(now.plus(LEASE))
                .bind(now)
                .fetch_all(c)
        })?;
        if !rows.is_empty() {
            say(w, message, &rows).await?;
        }
    }
    Ok(())
}

/// Notes that a person had what was sent to them on their screen.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn seen(
    w: &mut Write<'_>,
    contact: ContactId,
    conversation: ConversationId,
) -> Result<(), Error> {
    let sql = "update deliveries set seen_at = $3 where workspace_id = $1 and conversation_id = $2 and conversation_id > 0 and seen_at = 0";
    let seen: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(conversation).bind(w.now).execute(c)
    })?;
    if seen.0 > 0 {
        w.touch(Topic::Messages);
        w.touch(Topic::Contact(contact));
    }
    Ok(())
}

/// Notes that a person answered what was sent to them, which they have seen then.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn replied(w: &mut Write<'_>, conversation: ConversationId) -> Result<(), Error> {
    let sql = "update deliveries set replied_at = $3, seen_at = case when seen_at = 0 then $3 else seen_at end \
               where workspace_id = $1 and conversation_id = $2 and conversation_id > 0 and replied_at = 0";
    let replied: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(conversation).bind(w.now).execute(c)
    })?;
    if replied.0 > 0 {
        w.touch(Topic::Messages);
    }
    Ok(())
}
