//! What waits to be said to the other processes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Word;
use crate::id::WorkspaceId;
use crate::live::Topic;

/// How many words may wait. Who cannot say more than these for long is told of anew when it can.
const MANY: usize = 10_000;
/// How many topics one word names, so that it fits into a text.
const TOPICS: usize = 100;

/// Words on their way out. Nothing is kept until somebody could hear it.
pub(super) struct Out {
    /// Tells this process from the others.
    pub node: u64,
    /// Rung when something waits.
    pub rung: Arc<Notify>,
    open: AtomicBool,
    waiting: Mutex<Waiting>,
}

/// What waits; what changed is said once, however often it did meanwhile.
#[derive(Default)]
pub(super) struct Waiting {
    logs: BTreeSet<WorkspaceId>,
    touched: BTreeMap<WorkspaceId, BTreeSet<Topic>>,
    words: VecDeque<Word>,
}

impl Default for Out {
    fn default() -> Self {
        Self {
            node: rand::random(),
            rung: Arc::default(),
            open: AtomicBool::new(false),
            waiting: Mutex::default(),
        }
    }
}

impl Out {
    /// From now on there is somebody to tell.
    pub fn open(&self) {
        self.open.store(true, Ordering::Release);
    }

    /// A transaction was committed.
    pub fn committed<'a>(
        &self,
        workspace: WorkspaceId,
        lines: bool,
        touched: impl IntoIterator<Item = &'a Topic>,
    ) {
        if !self.open.load(Ordering::Acquire) {
            return;
        }
        let mut waiting = self.lock();
        if lines {
            waiting.logs.insert(workspace);
        }
        let mut touched = touched.into_iter().peekable();
        if touched.peek().is_some() {
            waiting.touched.entry(workspace).or_default().extend(touched);
        }
        self.rung.notify_one();
    }

    /// Adds a word.
    pub fn say(&self, word: impl FnOnce() -> Word) {
        if !self.open.load(Ordering::Acquire) {
            return;
        }
        let mut waiting = self.lock();
        if waiting.words.len() < MANY {
            waiting.words.push_back(word());
        }
        self.rung.notify_one();
    }

    /// Takes what waits.
    pub fn take(&self) -> Waiting {
        std::mem::take(&mut *self.lock())
    }

    /// Keeps what could not be said, before what came meanwhile.
    pub fn put_back(&self, failed: Waiting) {
        let mut waiting = self.lock();
        waiting.logs.extend(failed.logs);
        for (workspace, topics) in failed.touched {
            waiting.touched.entry(workspace).or_default().extend(topics);
        }
        let room = MANY.saturating_sub(waiting.words.len());
        let newest = failed.words.len().saturating_sub(room);
        for word in failed.words.into_iter().skip(newest).rev() {
            waiting.words.push_front(word);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// All of it as words: the log first, so that whoever asks anew is not ahead of it.
    pub fn words(&self) -> Vec<Word> {
        let logs = self.logs.iter().map(|workspace| Word::Log(*workspace));
        let touched = self.touched.iter().flat_map(|(workspace, topics)| {
            let topics: Vec<_> = topics.iter().copied().collect();
            let word = |some: &[Topic]| Word::Touched(*workspace, some.to_vec());
            topics.chunks(TOPICS).map(word).collect::<Vec<_>>()
        });
        logs.chain(touched).chain(self.words.iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{MANY, Out};
    use crate::id::WorkspaceId;
    use crate::live::Topic;
    use crate::server::nodes::Word;

    fn gone(out: &Out, socket: u64) {
        out.say(|| Word::Gone(WorkspaceId(1), crate::id::ConversationId(1), socket));
    }

    fn sockets(out: &Out) -> Vec<u64> {
        let words = out.take().words();
        let socket = |word| if let Word::Gone(_, _, socket) = word { Some(socket) } else { None };
        words.into_iter().filter_map(socket).collect()
    }

    #[test]
    fn nothing_is_kept_for_nobody() {
        let out = Out::default();
        gone(&out, 1);
        out.committed(WorkspaceId(1), true, &[Topic::Inbox]);
        assert!(out.take().words().is_empty());
    }

    #[test]
    fn what_failed_comes_before_what_followed_and_never_grows_for_ever() {
        let out = Out::default();
        out.open();
        (0..3).for_each(|n| gone(&out, n));
        let failed = out.take();
        (3..5).for_each(|n| gone(&out, n));
        out.put_back(failed);
        assert_eq!(sockets(&out), [0, 1, 2, 3, 4]);
        (0..MANY as u64 + 5).for_each(|n| gone(&out, n));
        let failed = out.take();
        gone(&out, 77);
        out.put_back(failed);
        let kept = sockets(&out);
        assert_eq!((kept.len(), kept.last()), (MANY, Some(&77)));
    }

    #[test]
    fn what_changed_often_is_said_once() {
        let out = Out::default();
        out.open();
        for _ in 0..1_000 {
            out.committed(WorkspaceId(1), true, &[Topic::Inbox]);
        }
        assert_eq!(out.take().words().len(), 2);
    }
}
