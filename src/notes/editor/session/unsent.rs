//! What was typed and the server has not said that it kept, in order.

use crate::id::{NoteId, TeammateId};
use crate::notes::editor::kept;

/// Updates on their way. Each has the number of the message that carries it on this connection; 0 until it is sent.
pub struct Unsent {
    note: NoteId,
    me: TeammateId,
    client: u64,
    updates: Vec<(u64, Vec<u8>)>,
    sent: u64,
    /// Whether the server has been told what it lacked on this connection, so that it understands what follows.
    joined: bool,
    changed: bool,
}

impl Unsent {
    /// Nothing yet.
    pub const fn new(note: NoteId, me: TeammateId, client: u64) -> Self {
        Self { note, me, client, updates: Vec::new(), sent: 0, joined: false, changed: false }
    }

    /// Something was typed.
    pub fn add(&mut self, update: Vec<u8>) {
        self.updates.push((0, update));
        self.changed = true;
    }

    /// The connection is gone: whatever is on its way may not arrive.
    pub fn lost(&mut self) {
        self.joined = false;
        self.sent = 0;
        for (number, _) in &mut self.updates {
            *number = 0;
        }
    }

    /// One message carries all there is.
    pub fn all_sent(&mut self) {
        self.joined = true;
        self.sent += 1;
        for (number, _) in &mut self.updates {
            *number = self.sent;
        }
    }

    /// The next update to send, if the server is ready for it.
    pub fn next_update(&mut self) -> Option<Vec<u8>> {
        if !self.joined {
            return None;
        }
        let (number, update) = self.updates.iter_mut().find(|(number, _)| *number == 0)?;
        self.sent += 1;
        *number = self.sent;
        Some(update.clone())
    }

    /// The server keeps so many messages of this connection.
    pub fn kept(&mut self, count: u64) {
        let before = self.updates.len();
        self.updates.retain(|(number, _)| *number == 0 || *number > count);
        self.changed |= self.updates.len() != before;
    }

    /// Whether the server has everything.
    pub const fn is_empty(&self) -> bool {
        self.updates.is_empty()
    }

    /// Whether there is something else since it was last stored.
    pub const fn changed(&self) -> bool {
        self.changed
    }

    /// Keeps it across a reload.
    pub fn store(&mut self) {
        self.changed = false;
        let merged = yrs::merge_updates_v1(self.updates.iter().map(|(_, update)| update));
        // Each of them was made by the document itself.
        let merged = merged.ok().filter(|_| !self.updates.is_empty());
        kept::keep(self.note, self.me, self.client, merged.as_deref());
    }
}
