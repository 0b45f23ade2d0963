//! Writing down what became of deliveries.

use super::{Key, NEVER};
use crate::error::Error;
use crate::id::MessageId;
use crate::live::Topic;
use crate::outbound::limits::minute_of;
use crate::outbound::{Reason, Stage};
use crate::run;
use crate::server::db::{Changed, Write};
use crate::time::Time;

/// What became of a delivery: where it stands now, why, and in which conversation it was said (0 for none).
pub type Done = (Key, Stage, Option<Reason>, i64);

/// Writes down what became of rows that wait.
pub async fn finish(w: &mut Write<'_>, message: MessageId, done: &[Done]) -> Result<(), Error> {
    let row = |(key, stage, why, conversation): &Done| {
        let why = why.map_or("", Reason::word);
        (key.contact, key.company, key.run, stage.word(), why, *conversation)
    };
    let text = serde_json::to_string(&done.iter().map(row).collect::<Vec<_>>())
        .map_err(|_| Error::Internal)?;
    let sql = "update deliveries set state = j.state, reason = j.reason, conversation_id = j.conversation_id, \
               sent_at = case when j.state = 'sent' then cast($4 as bigint) else 0 end, \
               due_at = case when j.state = 'failed' then cast($4 as bigint) else due_at end, lease_until = 0 from \
               (select cast(value ->> 0 as bigint) as contact_id, cast(value ->> 1 as bigint) as company_id, \
               cast(value ->> 2 as bigint) as run, value ->> 3 as state, value ->> 4 as reason, \
               cast(value ->> 5 as bigint) as conversation_id from json_each($3)) j \
               where deliveries.workspace_id = $1 and deliveries.message_id = $2 and deliveries.contact_id = j.contact_id \
               and deliveries.step = 0 and deliveries.company_id = j.company_id and deliveries.run = j.run and deliveries.state = 'waiting'";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(message).bind(&text).bind(w.now).execute(c)
    })?;
    told(w, done.iter().map(|(key, ..)| key));
    Ok(())
}

/// Has rows that are held wait until a moment, for a reason, each of its own. That is no try.
pub async fn postpone(
    w: &mut Write<'_>,
    message: MessageId,
    later: &[(Key, Time, Reason)],
) -> Result<(), Error> {
    if later.is_empty() {
        return Ok(());
    }
    let row = |(key, until, why): &(Key, Time, Reason)| {
        // A place in a minute is remembered: it is not to be asked for again when that minute comes.
        let minute = if *why == Reason::Pace { minute_of(*until) } else { 0 };
        (key.contact, key.company, key.run, *until, why.word(), minute)
    };
    let text = serde_json::to_string(&later.iter().map(row).collect::<Vec<_>>())
        .map_err(|_| Error::Internal)?;
    // What waits for its person goes on waiting for them, from that moment on.
    let sql = "update deliveries set reason = j.reason, held_until = j.until, paced_at = j.minute, lease_until = 0, \
               due_at = case when due_at = $4 then due_at else j.until end from \
               (select cast(value ->> 0 as bigint) as contact_id, cast(value ->> 1 as bigint) as company_id, \
               cast(value ->> 2 as bigint) as run, cast(value ->> 3 as bigint) as until, value ->> 4 as reason, \
               cast(value ->> 5 as bigint) as minute from json_each($3)) j \
               where deliveries.workspace_id = $1 and deliveries.message_id = $2 and deliveries.contact_id = j.contact_id \
               and deliveries.step = 0 and deliveries.company_id = j.company_id and deliveries.run = j.run and deliveries.state = 'waiting'";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(message).bind(&text).bind(NEVER).execute(c)
    })?;
    told(w, later.iter().map(|(key, ..)| key));
    Ok(())
}

fn told<'a>(w: &mut Write<'_>, keys: impl Iterator<Item = &'a Key>) {
    let mut any = false;
    for key in keys {
        w.touch(Topic::Contact(key.contact));
        any = true;
    }
    if any {
        w.touch(Topic::Messages);
    }
}
