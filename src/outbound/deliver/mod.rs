//! Deliveries: one row for each whom a message is for, which says what became of it. Whoever works on rows takes them
//! first, with a lease; the row's state and what was said commit together, so that nothing is said twice.

mod again;
mod arrive;
mod claim;
mod matched;
mod notice;
mod say;
mod settle;
mod turns;

pub use again::set_off;
pub use arrive::{arrive, expected, greet};
pub use claim::{Claim, free, put_back};
pub(super) use claim::{going, hold, pause};
pub use matched::{Match, matched};
pub use notice::{DID_BOTH, Did, did, replied, seen};
pub use say::deliver;
pub(super) use settle::{Done, finish, postpone};
pub(super) use turns::Turns;
pub use turns::claim;

use serde::Serialize;

use crate::error::Error;
use crate::id::{CompanyId, ContactId};
use crate::time::Time;

/// When a delivery is due that waits for its person: the last moment that JavaScript can count to.
pub const NEVER: Time = Time(9_007_199_254_740_991);

/// When a delivery that failed was given up, of columns with this before them; of what failed before that was written down, when it
/// was begun.
macro_rules! given_up {
    ($of:literal) => {
        concat!(
            "(case when ",
            $of,
            "due_at < 9007199254740991 then ",
            $of,
            "due_at else ",
            $of,
            "matched_at end)"
        )
    };
}
pub(super) use given_up;
/// How long who took some may be silent before another takes them, in milliseconds.
const LEASE: i64 = 60_000;
/// Until when a delivery was taken that a program had which died: a moment that is over for everybody, and not 0, so that it goes alone.
const DIED: Time = Time(1);
/// How often a delivery is tried.
pub(super) const TRIES: i64 = 8;

/// Which delivery of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, sqlx::FromRow)]
pub struct Key {
    /// To whom.
    #[sqlx(rename = "contact_id")]
    pub contact: ContactId,
    /// For which company of theirs; 0 for once a person.
    #[sqlx(rename = "company_id")]
    pub company: CompanyId,
    /// How often it went to them before, for what a person can set off again.
    pub run: i64,
}

impl Key {
    /// What tells it from the others of its message, the same at each try: the person's number, and more where there is more.
    pub fn suffix(&self) -> String {
        match (self.company.0, self.run) {
            (0, 0) => self.contact.to_string(),
            (company, 0) => format!("{}.{company}", self.contact),
            (company, run) => format!("{}.{company}.{run}", self.contact),
        }
    }
}

/// A delivery that somebody works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Held {
    /// Which.
    #[sqlx(flatten)]
    pub key: Key,
    /// How often it was tried before.
    pub attempts: i64,
    /// The minute in which it has a place; 0 for none.
    pub paced_at: i64,
}

/// Keys, as statements take them: `[[contact, company, run], …]`.
pub(super) fn listed(keys: impl IntoIterator<Item = Key>) -> Result<String, Error> {
    let rows: Vec<_> = keys.into_iter().map(|k| (k.contact, k.company, k.run)).collect();
    serde_json::to_string(&rows).map_err(|_| Error::Internal)
}

/// The people of deliveries, each once.
pub(super) fn people(rows: &[Held]) -> Vec<ContactId> {
    let mut all: Vec<_> = rows.iter().map(|row| row.key.contact).collect();
    all.sort_unstable();
    all.dedup();
    all
}
