//! Who listens to what: hints go out here after a commit, the truth is asked for by request.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, mpsc};

use crate::id::WorkspaceId;
use crate::live::{FromServer, Topic};
use crate::server::nodes::{Nodes, Word};
use crate::time::Time;

/// How long a change without a number is remembered for pages that are still on their way, in milliseconds.
const REMEMBERED: i64 = 120_000;
/// From how many remembered changes on the old ones are forgotten.
const MANY: usize = 10_000;

type Listeners = HashMap<(WorkspaceId, Topic), Vec<Listener>>;

/// One open socket, as the hub knows it.
#[derive(Clone)]
pub struct Listener {
    /// The socket's number in this process.
    pub socket: u64,
    /// Where its hints queue.
    pub queue: mpsc::Sender<FromServer>,
    /// Rung when the queue was full: the socket closes, and the browser catches up by number.
    pub overrun: Arc<Notify>,
}

/// The topics that sockets of this process listen to.
#[derive(Default)]
pub struct Hub {
    /// The other processes on the same database.
    pub nodes: Nodes,
    next: AtomicU64,
    topics: Mutex<Listeners>,
    touched: Mutex<HashMap<(WorkspaceId, Topic), Time>>,
}

impl Hub {
    /// A number for a new socket.
    pub fn next_socket(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Adds a listener, once a topic. The caller has checked that it may read the topic.
    pub fn subscribe(&self, workspace: WorkspaceId, topic: Topic, listener: Listener) {
        let mut topics = self.lock();
        let list = topics.entry((workspace, topic)).or_default();
        if list.iter().all(|l| l.socket != listener.socket) {
            list.push(listener);
        }
    }

    /// Ends one subscription.
    pub fn unsubscribe(&self, workspace: WorkspaceId, topic: Topic, socket: u64) {
        let mut topics = self.lock();
        if let Some(list) = topics.get_mut(&(workspace, topic)) {
            list.retain(|l| l.socket != socket);
            if list.is_empty() {
                topics.remove(&(workspace, topic));
            }
        }
    }

    /// Tells everyone who listens to these topics that they changed, up to this number.
    pub fn publish(
        &self,
        workspace: WorkspaceId,
        changed: impl IntoIterator<Item = Topic>,
        seq: i64,
    ) {
        let topics = self.lock();
        for topic in changed {
            for listener in topics.get(&(workspace, topic)).into_iter().flatten() {
                if listener.queue.try_send(FromServer::Changed { topic, seq }).is_err() {
                    listener.overrun.notify_one();
                }
            }
        }
    }

    /// Says something to everyone who listens to a topic, that nobody needs to catch up with.
    pub fn say(&self, workspace: WorkspaceId, topic: Topic, message: &FromServer) {
        let topics = self.lock();
        for listener in topics.get(&(workspace, topic)).into_iter().flatten() {
            // A full queue is full of hints that matter more.
            let _ = listener.queue.try_send(message.clone());
        }
    }

    /// The same to those who listen in other processes too.
    pub fn say_everywhere(&self, workspace: WorkspaceId, topic: Topic, message: &FromServer) {
        self.say(workspace, topic, message);
        self.nodes.say(|| Word::Said(workspace, topic, message.clone()));
    }

    /// What anyone listens to here, in a workspace.
    pub(crate) fn followed(&self, workspace: WorkspaceId) -> BTreeSet<Topic> {
        let topics = self.lock();
        topics.keys().filter(|(of, _)| *of == workspace).map(|(_, topic)| *topic).collect()
    }

    /// The companies that anyone looks at here, in a workspace.
    pub(crate) fn companies(&self, workspace: WorkspaceId) -> BTreeSet<Topic> {
        let topics = self.lock();
        let companies = topics
            .keys()
            .filter(|(of, topic)| *of == workspace && matches!(topic, Topic::Company(_)));
        companies.map(|(_, topic)| *topic).collect()
    }

    /// Remembers changes that have no line in the log, which a page that begins to follow could not catch up with.
    pub fn touch(&self, workspace: WorkspaceId, topics: &BTreeSet<Topic>, now: Time) {
        if topics.is_empty() {
            return;
        }
        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        if touched.len() >= MANY {
            touched.retain(|_, at| now.0 - at.0 < REMEMBERED);
        }
        touched.extend(topics.iter().map(|topic| ((workspace, *topic), now)));
    }

    /// Whether a topic changed lately without a line in the log.
    pub fn touched_lately(&self, workspace: WorkspaceId, topic: Topic, now: Time) -> bool {
        let touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        touched.get(&(workspace, topic)).is_some_and(|at| now.0 - at.0 < REMEMBERED)
    }

    fn lock(&self) -> MutexGuard<'_, Listeners> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
