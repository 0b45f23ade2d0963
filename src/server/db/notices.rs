//! What processes on one PostgreSQL call out to each other: `listen` and `notify`.

use std::time::Duration;

use sqlx::postgres::{PgListener, PgPool};
use tokio::sync::mpsc;

use super::{Changed, Db, Pools, failed};
use crate::error::Error;

/// What they are called out under. PostgreSQL keeps databases apart.
const CHANNEL: &str = "rapport";
/// When it is tried again to listen.
const AGAIN: Duration = Duration::from_secs(5);

/// What is heard of the other processes.
#[derive(Debug)]
pub enum Notice {
    /// One of them called this out; so may this very process have done.
    Called(String),
    /// Listening begins here: what was called out before was not heard.
    Begun,
}

impl Db {
    /// What the processes on this database call out from now on, for as long as somebody receives it; `None` for SQLite,
    /// whose file one server works on.
    pub fn notices(&self) -> Option<mpsc::Receiver<Notice>> {
        let Pools::Postgres { pool, .. } = &self.pools else { return None };
        let (said, hears) = mpsc::channel(64);
        tokio::spawn(listen(pool.clone(), said));
        Some(hears)
    }

    /// Calls something out to every process on this database, in a transaction of its own: announcing takes a lock of
    /// the whole server at its commit. The text has less than 8,000 bytes
    /// (<https://www.postgresql.org/docs/current/sql-notify.html>). On SQLite nobody hears it.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub async fn call_out(&self, text: &str) -> Result<(), Error> {
        let Pools::Postgres { pool, .. } = &self.pools else { return Ok(()) };
        let sql = "select pg_notify($1, $2)";
        let called = sqlx::query(sql).bind(CHANNEL).bind(text).execute(pool).await;
        called.map(|done| _ = Changed::from(done)).map_err(failed)
    }
}

async fn listen(pool: PgPool, said: mpsc::Sender<Notice>) {
    let mut warned = false;
    loop {
        tokio::select! {
            () = said.closed() => return,
            ended = hear(&pool, &said) => if let Err(error) = ended && !std::mem::replace(&mut warned, true) {
                tracing::warn!(%error, "other processes are not heard; what they change is looked up each second");
            },
        }
        tokio::select! {
            () = said.closed() => return,
            () = tokio::time::sleep(AGAIN) => {}
        }
    }
}

/// Listens until the connection is lost and cannot be had again.
async fn hear(pool: &PgPool, said: &mpsc::Sender<Notice>) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    let mut next = Notice::Begun;
    loop {
        if said.send(next).await.is_err() {
            return Ok(());
        }
        next = match listener.try_recv().await? {
            Some(heard) => Notice::Called(heard.payload().to_owned()),
            None => Notice::Begun,
        };
    }
}
