//! The one write path: state and the log of what happened commit together.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::id::{ContactId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Conn};
use crate::server::state::AppState;
use crate::stream::Kind;
use crate::time::Time;

/// One line of the activity log.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What happened.
    pub kind: Kind,
    /// When, by the sender's account.
    pub occurred_at: Time,
    /// To whom.
    pub contact: ContactId,
    /// The tag or event name it is about, or 0.
    pub ref_id: i64,
    /// The rest.
    pub data: serde_json::Value,
}

/// A transaction in one workspace that gathers its log entries and writes them last.
pub struct Write<'a> {
    /// The connection, for store functions.
    pub conn: Conn,
    /// The process's state: where new ids come from and who is told.
    pub app: &'a AppState,
    /// The workspace that everything in it belongs to.
    pub workspace: WorkspaceId,
    /// Who does it; 0 is the customer's product or the person.
    pub actor: TeammateId,
    /// When it began.
    pub now: Time,
    entries: Vec<Entry>,
}

impl<'a> Write<'a> {
    /// Begins a transaction.
    pub async fn begin(
        app: &'a AppState,
        workspace: WorkspaceId,
        actor: TeammateId,
    ) -> Result<Self, Error> {
        let conn = app.db.begin().await?;
        Ok(Self { conn, app, workspace, actor, now: app.clock.now(), entries: Vec::new() })
    }

    /// Adds a line to the log; it gets its number when the transaction commits.
    pub fn log(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Numbers the entries, writes them and their stream rows, commits, and then tells who listens.
    /// Answers the last number.
    /// The number's row is locked here, last, so that the lock lasts one commit.
    pub async fn commit(mut self) -> Result<i64, Error> {
        let entries = std::mem::take(&mut self.entries);
        let count = entries.len() as i64;
        let sql = "update workspace_seq set n = n + $1 where workspace_id = $2 returning n";
        let (last,): (i64,) = run!(self.conn, |c| {
            sqlx::query_as::<_, (i64,)>(sql).bind(count).bind(self.workspace).fetch_one(c)
        })?;
        if count > 0 {
            self.write_entries(&entries, last - count + 1).await?;
        }
        self.conn.commit().await?;
        let contacts: BTreeSet<ContactId> = entries.iter().map(|e| e.contact).collect();
        let topics =
            contacts.into_iter().map(Topic::Contact).chain((count > 0).then_some(Topic::People));
        self.app.hub.publish(self.workspace, topics, last);
        Ok(last)
    }

    async fn write_entries(&mut self, entries: &[Entry], first: i64) -> Result<(), Error> {
        let rows: Vec<_> = (first..)
            .zip(entries)
            .map(|(seq, e)| {
                (
                    seq,
                    e.occurred_at,
                    e.kind.word(),
                    e.contact,
                    e.ref_id,
                    e.data.to_string(),
                    e.kind.facet().word(),
                )
            })
            .collect();
        let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
        let log = "insert into activity (workspace_id, seq, occurred_at, kind, contact_id, company_id, actor_id, ref_id, data) \
                   select $1, cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), value ->> 2, \
                   cast(value ->> 3 as bigint), 0, $2, cast(value ->> 4 as bigint), value ->> 5 from json_each($3)";
        let _: Changed = run!(self.conn, |c| {
            sqlx::query(log).bind(self.workspace).bind(self.actor).bind(&rows).execute(c)
        })?;
        let stream = "insert into stream (workspace_id, owner_kind, owner_id, occurred_at, seq, facet) \
                      select $1, 'contact', cast(value ->> 3 as bigint), cast(value ->> 1 as bigint), \
                      cast(value ->> 0 as bigint), value ->> 6 from json_each($2)";
        let _: Changed =
            run!(self.conn, |c| sqlx::query(stream).bind(self.workspace).bind(&rows).execute(c))?;
        Ok(())
    }
}
