//! The part of a list that one step takes.

use crate::error::Error;
use crate::id::{JobId, TagId};
use crate::jobs::store::Claimed;
use crate::jobs::{Ids, State};
use crate::server::db::Write;
use crate::stream;
use crate::tags::{self, Many};

/// How many people one step takes.
pub(super) const STEP: i64 = 500;

/// The part of a list that a step takes.
pub(super) struct Part {
    pub ids: Vec<i64>,
    at: usize,
    all: usize,
}

impl Part {
    /// The part that follows what is done; the first one remembers where the log was.
    pub async fn next(w: &mut Write<'_>, job: &mut Claimed, ids: &Ids) -> Result<Self, Error> {
        if job.cursor.next == 0 {
            job.cursor.from_seq = stream::last_seq(&mut w.conn, w.workspace).await?;
        }
        Self::of(job, ids, STEP as usize)
    }

    /// The part of at most so many that follows what is done.
    pub fn of(job: &Claimed, ids: &Ids, most: usize) -> Result<Self, Error> {
        let at = usize::try_from(job.cursor.next).unwrap_or(usize::MAX);
        let (ids, all) = ids.part(at, most)?;
        Ok(Self { at: at.min(all), ids, all })
    }

    /// Notes that the part is done.
    pub fn end(self, job: &mut Claimed) -> State {
        let end = self.at + self.ids.len();
        job.cursor.next = end as i64;
        job.done = end as i64;
        if end == self.all { State::Done } else { State::Running }
    }

    /// Gives the part a tag, or takes it away.
    pub async fn tag(
        self,
        w: &mut Write<'_>,
        job: &mut Claimed,
        many: Many<'_>,
        tag: TagId,
        add: bool,
    ) -> Result<State, Error> {
        let changed = tag_many(w, many, tag, add, job.id).await?;
        job.cursor.changed += changed as i64;
        Ok(self.end(job))
    }
}

/// Gives many a tag, or takes it away; answers of how many that was news.
pub(super) async fn tag_many(
    w: &mut Write<'_>,
    many: Many<'_>,
    tag: TagId,
    add: bool,
    job: JobId,
) -> Result<usize, Error> {
    if add {
        tags::add_many(w, many, tag, job).await
    } else {
        tags::remove_many(w, many, tag, job).await
    }
}
