//! How often and when somebody did something with such metadata, kept of those who did it a great many times: each more time is
//! added to it, so that not all of them are read for each.
//!
//! It is right because occurrences are never taken from somebody who stays: they come, from the person themselves, by an import of
//! the past or by a merge, and only erasing somebody removes theirs. So what was added is still there, and where as many are new
//! as are missing from the number that is kept of all of them, nothing else came. Otherwise all are read once more.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::Fold;
use crate::id::WorkspaceId;
use crate::segments::judge::{EVER, fits};
use crate::segments::rule::Member;
use crate::time::{MINUTE, Time};

/// From how many times on they are kept: fewer are read as fast.
const MANY: i64 = 500;
/// How many people's are kept, each of one event: a few megabytes.
const MOST: usize = 20_000;
/// How many kinds of metadata of one event are kept together.
const KINDS: usize = 50;
/// By how much an occurrence may come later than its time and still be found among the last ones.
const LATE: i64 = 60 * MINUTE;

type Key = (WorkspaceId, i64, String);

/// What is kept.
pub struct Kept {
    from: AtomicI64,
    all: Mutex<HashMap<Key, Folded>>,
}

impl Default for Kept {
    fn default() -> Self {
        Self { from: AtomicI64::new(MANY), all: Mutex::default() }
    }
}

/// So many of somebody's times, added up for each kind of metadata that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Folded {
    /// How many they are.
    pub count: i64,
    /// The number of the last in the log.
    pub seq: i64,
    /// The latest of them.
    last: Time,
    /// Each kind of metadata and those that have it.
    pub folds: Vec<(Vec<Member>, Fold)>,
}

impl Kept {
    /// Keeps from so many times on.
    pub fn keep_from(&self, count: i64) {
        self.from.store(count, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Folded>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept of somebody, if it has all that is asked for, or else the beginning of it: with what others asked for
    /// before, so that two rules do not take turns in having everything read.
    pub fn begin(
        &self,
        workspace: WorkspaceId,
        contact: i64,
        event: &str,
        asked: &[Vec<Member>],
    ) -> Folded {
        let all = self.lock();
        let before = all.get(&(workspace, contact, event.to_owned()));
        match before {
            Some(folded) if asked.iter().all(|one| folded.has(one)) => folded.clone(),
            Some(folded) if folded.folds.len() + asked.len() <= KINDS => {
                let more = asked.iter().filter(|one| !folded.has(one));
                let before = folded.folds.iter().map(|(kind, _)| kind);
                Folded::none(before.chain(more).cloned())
            }
            _ => Folded::none(asked.iter().cloned()),
        }
    }

    /// Keeps what is known of somebody now, where it is worth it.
    pub fn end(&self, workspace: WorkspaceId, contact: i64, event: &str, folded: &Folded) {
        if folded.count < self.from.load(Ordering::Relaxed) {
            return;
        }
        let mut all = self.lock();
        let key = (workspace, contact, event.to_owned());
        if all.len() >= MOST && !all.contains_key(&key) {
            // Whoever comes again is read once more.
            all.clear();
        }
        all.insert(key, folded.clone());
    }
}

impl Folded {
    fn none(kinds: impl Iterator<Item = Vec<Member>>) -> Self {
        let none = Fold { count: 0, first: Time(0), last: Time(0) };
        Self { count: 0, seq: -1, last: EVER, folds: kinds.map(|kind| (kind, none)).collect() }
    }

    fn has(&self, kind: &[Member]) -> bool {
        self.folds.iter().any(|(has, _)| has == kind)
    }

    /// The same with nothing added up.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self::none(self.folds.iter().map(|(kind, _)| kind.clone()))
    }

    /// From which time on what is new is looked for.
    pub fn from(&self) -> Time {
        if self.count == 0 { EVER } else { self.last.plus(-LATE) }
    }

    /// Adds an occurrence, whose metadata is a text of JSON.
    pub fn add(&mut self, at: Time, seq: i64, data: &str) {
        self.count += 1;
        self.seq = self.seq.max(seq);
        self.last = self.last.max(at);
        let data: Value = serde_json::from_str(data).unwrap_or_default();
        for (_, fold) in self.folds.iter_mut().filter(|(kind, _)| fits(kind, &data)) {
            *fold = match *fold {
                Fold { count: 0, .. } => Fold { count: 1, first: at, last: at },
                Fold { count, first, last } => {
                    Fold { count: count + 1, first: first.min(at), last: last.max(at) }
                }
            };
        }
    }
}
