//! Whoever came into the audience of a message: it waits for them from then on.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::id::{CompanyId, ContactId, MessageId};
use crate::live::Topic;
use crate::outbound::store::find;
use crate::outbound::{Whom, run};
use crate::run;
use crate::server::db::{Changed, Write};

/// Somebody whom the audience of a message holds for from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// Which message's.
    pub message: MessageId,
    /// Who.
    pub contact: ContactId,
    /// For which company of theirs; 0 where it goes out once a person.
    pub company: CompanyId,
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
            Whom::Chosen | Whom::Event | Whom::One => false,
        };
        let due = run::due(&message, w.now);
        let rows: Vec<_> =
            matches.iter().filter(meant).map(|one| (one.contact, one.company)).collect();
        if rows.is_empty() {
            continue;
        }
        let text = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
        let sql = "insert into deliveries (workspace_id, message_id, contact_id, company_id, state, due_at, matched_at) \
                   select $1, cast($2 as bigint), cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), 'waiting', \
                   cast($3 as bigint), cast($4 as bigint) from json_each($5) where true \
                   on conflict (workspace_id, message_id, step, contact_id, company_id, run) do update set state = 'waiting', \
                   reason = '', due_at = excluded.due_at, held_until = 0, attempts = 0, matched_at = excluded.matched_at \
                   where deliveries.state = 'excluded'";
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(sql).bind(w.workspace).bind(id).bind(due).bind(w.now).bind(&text).execute(c)
        })?;
        for (contact, _) in &rows {
            // Their open Messenger hears of it, and takes what waits.
            w.touch(Topic::Messenger(*contact));
            w.touch(Topic::Contact(*contact));
        }
        w.touch(Topic::Messages);
        w.wake_outbound();
    }
    Ok(())
}
