//! What came to a question, of whichever kind.

use std::any::Any;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use leptos::prelude::*;

use crate::error::Error;

/// An answer without its kind. What waits for answers, keeps them and tells of new ones is large, and would be compiled
/// once for each kind of them; so it is compiled once for all, and what reads one says which kind it is.
pub(super) type Held = Result<Arc<dyn Any + Send + Sync>, Error>;

/// The newest answer to a question; nothing while the first is on its way. Read it within a `Transition` or an effect.
pub struct Answer<T> {
    held: AsyncDerived<Held>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Answer<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Answer<T> {}

/// Puts an answer away without its kind.
pub(super) fn hold<T: Send + Sync + 'static>(answer: Result<T, Error>) -> Held {
    answer.map(|good| Arc::new(good) as Arc<dyn Any + Send + Sync>)
}

fn typed<T: Clone + 'static>(held: Held) -> Result<T, Error> {
    // Whoever asks puts in what the question's own function gives, and `Answer` has the same kind.
    held.and_then(|good| good.downcast_ref().cloned().ok_or(Error::Internal))
}

impl<T: Clone + Send + Sync + 'static> Answer<T> {
    /// Of what `held` will have, which must be of this kind.
    pub(super) fn of(held: AsyncDerived<Held>) -> Self {
        Self { held, kind: PhantomData }
    }

    /// What it is, and follows it.
    pub fn get(&self) -> Option<Result<T, Error>> {
        self.held.get().map(typed)
    }

    /// What it is now; see [`now`](super::now) for reading it where pages are made.
    pub fn get_untracked(&self) -> Option<Result<T, Error>> {
        self.held.get_untracked().map(typed)
    }

    /// Reads a good one where it lies, and follows it; nothing while there is none.
    pub fn with_good<U>(&self, read: impl FnOnce(&T) -> U) -> Option<U> {
        let held = self.held.get()?.ok()?;
        held.downcast_ref().map(read)
    }

    /// Follows it, and reads nothing.
    pub fn track(&self) {
        self.held.track();
    }
}

/// Waits for the answer, where nothing is under way for the one that is there.
impl<T: Clone + Send + Sync + 'static> IntoFuture for Answer<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { typed(self.held.await) })
    }
}
