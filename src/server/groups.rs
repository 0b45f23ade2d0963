//! Writes that share one transaction and one sync: what arrives while a group is being written is the next group.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use tokio::sync::{mpsc, oneshot};

use crate::error::Error;
use crate::server::state::AppState;

/// How much may wait; what comes beyond that is told to come back.
const LONGEST: usize = 10_000;

/// Something that is written together with others of its kind.
pub trait Grouped: Sized + Send + Sync + 'static {
    /// What sets groups apart: only what has the same is written together.
    type Key: Ord + Send;
    /// What comes of it.
    type Done: Send + 'static;
    /// The most that a group has, in the unit of [`size`](Self::size).
    const MOST: usize;

    /// Whose group it belongs to.
    fn key(&self) -> Self::Key;

    /// How much it counts for.
    fn size(&self) -> usize {
        1
    }

    /// Writes a group in one transaction, all or none, and answers when it is on disk: what came of each, in order.
    fn write(
        app: &Arc<AppState>,
        group: &[Self],
    ) -> impl Future<Output = Result<Vec<Self::Done>, Error>> + Send;
}

struct Waiting<T: Grouped> {
    work: T,
    answer: oneshot::Sender<Result<T::Done, Error>>,
}

/// Takes in what is to be written, and answers when it is on disk.
pub struct Groups<T: Grouped> {
    sender: mpsc::Sender<Waiting<T>>,
}

impl<T: Grouped> Groups<T> {
    /// A queue whose task ends when the queue is dropped. Call it within a tokio runtime.
    pub fn start(app: Weak<AppState>) -> Self {
        let (sender, receiver) = mpsc::channel(LONGEST);
        tokio::spawn(drain(app, receiver));
        Self { sender }
    }

    /// Has this written, whole or not at all, and answers when it is on disk. Of one sender who waits for each answer
    /// before the next is put, the order is kept.
    ///
    /// # Errors
    /// As [`Grouped::write`]; [`Error::TooMany`] when too much waits already.
    pub async fn put(&self, work: T) -> Result<T::Done, Error> {
        let (answer, done) = oneshot::channel();
        self.sender.try_send(Waiting { work, answer }).map_err(|e| match e {
            mpsc::error::TrySendError::Full(_) => Error::TooMany,
            mpsc::error::TrySendError::Closed(_) => Error::Internal,
        })?;
        done.await.map_err(|_| Error::Internal)?
    }
}

async fn drain<T: Grouped>(app: Weak<AppState>, mut receiver: mpsc::Receiver<Waiting<T>>) {
    let mut all = Vec::new();
    while receiver.recv_many(&mut all, T::MOST).await > 0 {
        let Some(app) = app.upgrade() else { return };
        let mut by_key: BTreeMap<T::Key, Vec<Waiting<T>>> = BTreeMap::new();
        for waiting in all.drain(..) {
            by_key.entry(waiting.work.key()).or_default().push(waiting);
        }
        for mut rest in by_key.into_values() {
            while !rest.is_empty() {
                let group = first(&mut rest);
                write(&app, group).await;
            }
        }
    }
}

/// What fits into the next group.
fn first<T: Grouped>(rest: &mut Vec<Waiting<T>>) -> Vec<Waiting<T>> {
    let mut size = 0;
    let fits = rest.iter().take_while(|w| {
        size += w.work.size();
        size <= T::MOST
    });
    let n = fits.count().max(1);
    rest.drain(..n).collect()
}

async fn write<T: Grouped>(app: &Arc<AppState>, group: Vec<Waiting<T>>) {
    let alone = group.len() == 1;
    let (work, answers): (Vec<T>, Vec<_>) = group.into_iter().map(|w| (w.work, w.answer)).unzip();
    match T::write(app, &work).await {
        Ok(done) => {
            for (answer, done) in answers.into_iter().zip(done) {
                // A sender that is gone has no use for the answer.
                let _ = answer.send(Ok(done));
            }
        }
        Err(error) if alone => {
            for answer in answers {
                let _ = answer.send(Err(error.clone()));
            }
        }
        // One of them was refused: each gets its own answer.
        Err(_) => {
            for (work, answer) in work.iter().zip(answers) {
                let done = T::write(app, std::slice::from_ref(work)).await;
                let _ = answer
                    .send(done.and_then(|done| done.into_iter().next().ok_or(Error::Internal)));
            }
        }
    }
}
