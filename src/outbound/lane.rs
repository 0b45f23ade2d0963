//! Two ways out that never wait for each other: a mail server takes its time, and who is in the Messenger is not to feel it.

use std::sync::Arc;

use tokio::sync::Notify;

/// A way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Conversations in the Messenger.
    Messenger,
    /// E-mail.
    Mail,
}

/// What wakes those who send, each way by itself: a bell wakes one listener.
#[derive(Debug, Default)]
pub struct Bells {
    messenger: Arc<Notify>,
    mail: Arc<Notify>,
}

impl Bells {
    /// Says that a message has somebody to go to.
    pub fn ring(&self) {
        self.messenger.notify_one();
        self.mail.notify_one();
    }

    /// The bell of one way.
    pub(super) fn of(&self, lane: Lane) -> Arc<Notify> {
        match lane {
            Lane::Messenger => self.messenger.clone(),
            Lane::Mail => self.mail.clone(),
        }
    }
}
