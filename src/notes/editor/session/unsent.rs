//! What waits for the server, kept in the browser as well.

use crate::id::{NoteId, TeammateId};
use crate::notes::editor::kept;
use crate::notes::editor::waiting::Waiting;

/// Updates on their way, which a reload does not lose.
pub struct Unsent {
    note: NoteId,
    me: TeammateId,
    client: u64,
    waiting: Waiting,
    changed: bool,
}

impl Unsent {
    /// Nothing yet.
    pub fn new(note: NoteId, me: TeammateId, client: u64) -> Self {
        Self { note, me, client, waiting: Waiting::default(), changed: false }
    }

    /// Something was typed.
    pub fn add(&mut self, update: Vec<u8>) {
        self.waiting.add(update, js_sys::Date::now());
        self.changed = true;
    }

    /// The connection is gone: whatever is on its way may not arrive.
    pub fn lost(&mut self) {
        self.waiting.lost();
    }

    /// One message carries all there is.
    pub fn all_sent(&mut self) {
        self.waiting.all_sent();
    }

    /// The next update to send, if the server is ready for it.
    pub fn next_update(&mut self) -> Option<Vec<u8>> {
        self.waiting.next_update()
    }

    /// The server keeps so many messages of this connection.
    pub fn kept(&mut self, count: u64) {
        self.changed |= self.waiting.kept(count);
    }

    /// Whether the server has everything.
    pub const fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether something waits longer than it should.
    pub fn is_late(&self) -> bool {
        self.waiting.is_late(js_sys::Date::now())
    }

    /// Whether there is something else since it was last stored.
    pub const fn changed(&self) -> bool {
        self.changed
    }

    /// Keeps it across a reload.
    pub fn store(&mut self) {
        self.changed = false;
        let merged = yrs::merge_updates_v1(self.waiting.updates());
        // Each of them was made by the document itself.
        let merged = merged.ok().filter(|_| !self.waiting.is_empty());
        kept::keep(self.note, self.me, self.client, merged.as_deref());
    }
}
