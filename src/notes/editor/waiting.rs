//! What was typed in a note and the server has not said that it kept, in order, and since when.

/// After how long what was typed is said not to be saved, in milliseconds. The server says so within a moment; a connection
/// that is silent is known to be lost only much later (see [`SILENCE`](crate::live::SILENCE)).
const LATE: f64 = 8_000.0;
/// How often it is looked whether something waits too long, in milliseconds.
pub const LOOK: u32 = 2_000;

struct One {
    /// The number of the message that carries it on this connection; 0 until it is sent.
    number: u64,
    /// When it was typed, in milliseconds of the browser's clock.
    at: f64,
    update: Vec<u8>,
}

/// Updates on their way.
#[derive(Default)]
pub struct Waiting {
    all: Vec<One>,
    sent: u64,
    /// Whether the server has been told what it lacked on this connection, so that it understands what follows.
    joined: bool,
}

impl Waiting {
    /// Something was typed at this moment.
    pub fn add(&mut self, update: Vec<u8>, now: f64) {
        self.all.push(One { number: 0, at: now, update });
    }

    /// The connection is gone: whatever is on its way may not arrive.
    pub fn lost(&mut self) {
        self.joined = false;
        self.sent = 0;
        for one in &mut self.all {
            one.number = 0;
        }
    }

    /// One message carries all there is.
    pub fn all_sent(&mut self) {
        self.joined = true;
        self.sent += 1;
        for one in &mut self.all {
            one.number = self.sent;
        }
    }

    /// The next update to send, if the server is ready for it.
    pub fn next_update(&mut self) -> Option<Vec<u8>> {
        if !self.joined {
            return None;
        }
        let one = self.all.iter_mut().find(|one| one.number == 0)?;
        self.sent += 1;
        one.number = self.sent;
        Some(one.update.clone())
    }

    /// The server keeps so many messages of this connection; answers whether one of what waited is among them.
    pub fn kept(&mut self, count: u64) -> bool {
        let before = self.all.len();
        self.all.retain(|one| one.number == 0 || one.number > count);
        self.all.len() != before
    }

    /// Whether the server has everything.
    pub const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether something waits longer than it should.
    pub fn is_late(&self, now: f64) -> bool {
        self.all.first().is_some_and(|one| now - one.at >= LATE)
    }

    /// What waits, in order.
    pub fn updates(&self) -> impl Iterator<Item = &[u8]> {
        self.all.iter().map(|one| one.update.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::{LOOK, Waiting};

    #[test]
    fn what_the_server_keeps_waits_no_more() {
        let mut waiting = Waiting::default();
        waiting.add(vec![1], 0.0);
        assert_eq!(waiting.next_update(), None, "the server has not asked");
        waiting.all_sent();
        waiting.add(vec![2], 1.0);
        waiting.add(vec![3], 2.0);
        assert_eq!((waiting.next_update(), waiting.next_update()), (Some(vec![2]), Some(vec![3])));
        assert_eq!(waiting.next_update(), None);
        assert!(waiting.kept(2) && !waiting.kept(2));
        assert_eq!(waiting.updates().collect::<Vec<_>>(), [[3]]);
        // On another connection it goes once more, and what that one keeps is counted anew.
        waiting.lost();
        assert_eq!(waiting.next_update(), None);
        waiting.all_sent();
        assert!(waiting.kept(1) && waiting.is_empty());
    }

    #[test]
    fn what_nobody_confirms_is_late_after_a_while() {
        let mut waiting = Waiting::default();
        waiting.all_sent();
        assert!(!waiting.is_late(1e9), "nothing waits");
        for second in 0..20 {
            // Who types on does not put it off: the oldest counts.
            waiting.add(vec![second], f64::from(second) * 1_000.0);
            while waiting.next_update().is_some() {}
            assert_eq!(waiting.is_late(f64::from(second) * 1_000.0), second >= 8);
        }
        // A new connection is no answer yet.
        waiting.lost();
        assert!(waiting.is_late(20_000.0));
        waiting.all_sent();
        assert!(waiting.kept(1) && !waiting.is_late(20_000.0));
        // It is found out within ten seconds.
        let mut one = Waiting::default();
        one.add(vec![1], 0.0);
        let found = (1..).map(|n| f64::from(LOOK * n)).find(|now| one.is_late(*now));
        assert!(found.is_some_and(|now| now <= 10_000.0), "{found:?}");
        // Each answer in time: what was typed since is young.
        waiting.add(vec![1], 20_000.0);
        waiting.add(vec![2], 26_000.0);
        while waiting.next_update().is_some() {}
        assert!(waiting.kept(2) && !waiting.is_late(29_000.0) && waiting.is_late(34_000.0));
    }
}
