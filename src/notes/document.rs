//! A note's text as a document that several people change at once (Yjs, by `yrs`): what the server does with one.

use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use yrs::updates::decoder::Decode as _;
use yrs::{
    Doc, GetString as _, OffsetKind, Options, ReadTxn as _, StateVector, Text as _, TextRef,
    Transact as _, TransactionMut, Update,
};

use super::merge::Edit;
use super::{ROOT, Refusal};

/// The most that a document may have: UTF-16 units. Twice what one save may have, so that two who write at once do not
/// lose what both may write.
pub const LONGEST: u32 = 200_000;

/// A document in memory.
pub struct Document {
    doc: Doc,
    body: TextRef,
    /// How many signs it holds that nobody can see. One from before they were refused may keep them, and get no more.
    unseen: AtomicUsize,
}

/// How many signs of a text nobody can see; ends of lines and tabs are none. With a CR a browser's field, which has LF alone,
/// would count its places otherwise than the document.
fn unseen(text: &str) -> usize {
    text.chars().filter(|c| c.is_control() && !matches!(c, '\n' | '\t')).count()
}

/// What an update of somebody else came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Applied {
    /// It is in the document now: what changed, as an update that holds nothing else.
    Changed(Vec<u8>),
    /// The document had it already.
    Known,
    /// It builds on what the document does not have. The document is not to be used any more.
    Missing,
}

impl Document {
    /// A document without text.
    pub fn new() -> Self {
        let doc =
            Doc::with_options(Options { offset_kind: OffsetKind::Utf16, ..Options::default() });
        let body = doc.get_or_insert_text(ROOT);
        Self { doc, body, unseen: AtomicUsize::new(0) }
    }

    /// A document with this text.
    pub fn of_text(text: &str) -> Self {
        let document = Self::new();
        document.body.insert(&mut document.doc.transact_mut(), 0, text);
        document.count();
        document
    }

    /// A document from its state and the updates after it, in any order.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`] for bytes that are no updates.
    pub fn of_updates<'a>(updates: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, Refusal> {
        let document = Self::new();
        document.take(updates)?;
        document.count();
        Ok(document)
    }

    /// Takes updates that were kept, as they were.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`] for bytes that are no updates.
    pub fn take<'a>(&self, updates: impl IntoIterator<Item = &'a [u8]>) -> Result<(), Refusal> {
        let mut txn = self.doc.transact_mut();
        for bytes in updates {
            let update = Update::decode_v1(bytes).map_err(|_| Refusal::Unreadable)?;
            txn.apply_update(update).map_err(|_| Refusal::Unreadable)?;
        }
        Ok(())
    }

    fn count(&self) {
        self.unseen.store(unseen(&self.text()), Ordering::Relaxed);
    }

    /// The text.
    pub fn text(&self) -> String {
        self.body.get_string(&self.doc.transact())
    }

    /// Everything, as one update.
    pub fn state(&self) -> Vec<u8> {
        self.doc.transact().encode_state_as_update_v1(&StateVector::default())
    }

    /// What it knows of whom.
    pub fn vector(&self) -> StateVector {
        self.doc.transact().state_vector()
    }

    /// What somebody lacks who knows so much.
    pub fn since(&self, known: &StateVector) -> Vec<u8> {
        self.doc.transact().encode_diff_v1(known)
    }

    /// Makes changes in order, each counting in the text that the one before it left; answers them as one update.
    pub fn edit(&self, changes: &[Edit]) -> Vec<u8> {
        let mut txn = self.doc.transact_mut();
        for change in changes {
            if change.remove > 0 {
                self.body.remove_range(&mut txn, change.at, change.remove);
            }
            if !change.insert.is_empty() {
                self.body.insert(&mut txn, change.at, &change.insert);
            }
        }
        txn.encode_update_v1()
    }

    /// Takes an update of somebody else, who may send anything. After an error, and after [`Applied::Missing`], the
    /// document is not to be used any more: what was refused may be in it.
    ///
    /// # Errors
    /// [`Refusal`], for what is no update of a note's text or would make it too long.
    pub fn apply(&self, bytes: &[u8]) -> Result<Applied, Refusal> {
        // The library asserts some of what it reads. Nothing that a browser sends may end more than its own update.
        let update = catch_unwind(|| Update::decode_v1(bytes));
        let update = update.map_err(|_| Refusal::Unreadable)?.map_err(|_| Refusal::Unreadable)?;
        let whole = AssertUnwindSafe(|| {
            // A transaction that failed is leaked: it would commit while it is dropped.
            let mut txn = ManuallyDrop::new(self.doc.transact_mut());
            txn.apply_update(update).map_err(|_| Refusal::Unreadable)?;
            let changed = txn.has_changes().then(|| txn.encode_update_v1());
            let missing = txn.has_missing_updates() || has_hole(&txn);
            drop(ManuallyDrop::into_inner(txn));
            Ok((changed, missing))
        });
        let (changed, missing) = catch_unwind(whole).map_err(|_| Refusal::Unreadable)??;
        if missing {
            return Ok(Applied::Missing);
        }
        let Some(changed) = changed else { return Ok(Applied::Known) };
        self.check()?;
        Ok(Applied::Changed(changed))
    }

    /// Whether it holds text alone, which can be kept.
    fn check(&self) -> Result<(), Refusal> {
        let txn = self.doc.transact();
        let (text, length) = (self.body.get_string(&txn), self.body.len(&txn));
        if length > LONGEST {
            return Err(Refusal::TooLong);
        }
        // What else a document can hold counts as one each in a text, or stands beside it.
        let only_text = text.encode_utf16().count() == length as usize
            && txn.root_refs().all(|(name, _)| name == ROOT);
        let unseen = unseen(&text);
        if !only_text || text.contains('\0') || unseen > self.unseen.load(Ordering::Relaxed) {
            return Err(Refusal::Unreadable);
        }
        self.unseen.store(unseen, Ordering::Relaxed);
        Ok(())
    }
}

/// Whether something that came leaves out what its sender typed before it. The library takes such a thing in, and marks the
/// hole, but leaves all behind the hole out of what it says has changed: kept like that it would be lost.
fn has_hole(txn: &TransactionMut<'_>) -> bool {
    let whole = txn.state_vector();
    txn.after_state().iter().any(|(client, clock)| *clock > whole.get(client))
}

impl Default for Document {
    fn default() -> Self {
        Self::new()
    }
}
