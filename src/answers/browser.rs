//! In a browser: while the page is taken over, an answer is what the page brought; later it is asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Leptos' own.
pub use leptos::prelude::Transition;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::de::DeserializeOwned;

use super::{Answer, Question, words};
use crate::error::Error;
use crate::live::Live;

/// What the page brought.
#[derive(Clone)]
pub struct Answers {
    given: Arc<HashMap<String, String>>,
}

impl Answers {
    /// Reads what came with the page.
    pub fn begin() -> Self {
        let context = Owner::current_shared_context();
        let lines = context.and_then(|context| {
            let id = context.next_id();
            context.read_data(&id)
        });
        let lines = lines.unwrap_or_default();
        let pairs = lines.lines().filter_map(|line| line.split_once('\t'));
        let given = pairs.map(|(words, json)| (words.to_owned(), json.to_owned())).collect();
        Self { given: Arc::new(given) }
    }

    /// Asks, and asks again when a signal changes.
    pub fn ask<Q: Question>(
        self,
        question: impl Fn() -> Q + Send + Sync + 'static,
    ) -> Answer<<Q as ServerFn>::Output> {
        let last = Last::default();
        let live = use_context::<Live>();
        AsyncDerived::new(move || {
            until_back(live);
            let question = question();
            let words = words(&question);
            let answer = self.answer(question);
            let last = last.clone();
            async move { last.or(words, answer.await) }
        })
    }

    /// As [`ask`](Self::ask), where there may be nothing to ask.
    pub fn ask_if<Q: Question>(
        self,
        question: impl Fn() -> Option<Q> + Send + Sync + 'static,
    ) -> Answer<Option<<Q as ServerFn>::Output>> {
        let last = Last::default();
        let live = use_context::<Live>();
        AsyncDerived::new(move || {
            until_back(live);
            let asked = question().map(|question| (words(&question), self.answer(question)));
            let last = last.clone();
            async move {
                match asked {
                    Some((words, answer)) => last.or(words, answer.await).map(Some),
                    None => Ok(None),
                }
            }
        })
    }

    /// The answer: at once where the page brought it.
    fn answer<Q: Question>(
        &self,
        question: Q,
    ) -> impl Future<Output = Result<<Q as ServerFn>::Output, Error>> + Send + use<Q> {
        let brought = self.brought(&words(&question));
        async move {
            match brought {
                Some(answer) => answer,
                None => question.run_on_client().await,
            }
        }
    }

    /// The value that came with the page; made here on pages that no server sent.
    pub fn shared<T: DeserializeOwned>(&self, name: &str, make: impl FnOnce() -> T) -> T {
        self.brought(name).unwrap_or_else(make)
    }

    fn brought<T: DeserializeOwned>(&self, words: &str) -> Option<T> {
        // Later it is old.
        Owner::current_shared_context().filter(|context| context.during_hydration())?;
        // From bytes, as server functions read their answers: what reads each type is in the browser's part once.
        serde_json::from_slice(self.given.get(words)?.as_bytes()).ok()
    }
}

/// What is asked while the connection is away is asked again when it is back: nothing else says that it could be had then.
fn until_back(live: Option<Live>) {
    if let Some(live) = live
        && live.online.try_get_untracked() == Some(false)
    {
        live.online.track();
    }
}

/// The last good answer, with its question. It stands for one that could not be had: a page that is open does not
/// fall to pieces, with all that is typed in it, because the network is away for a moment. That it is away is said
/// elsewhere, and when it is back all that changed is asked for again.
struct Last<T>(Arc<Mutex<Option<(String, T)>>>);

impl<T> Default for Last<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Clone for Last<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Clone> Last<T> {
    fn or(&self, words: String, answer: Result<T, Error>) -> Result<T, Error> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match (answer, &*last) {
            (Err(error), Some((same, good))) if error.passes() && *same == words => {
                Ok(good.clone())
            }
            (Ok(answer), _) => {
                *last = Some((words, answer.clone()));
                Ok(answer)
            }
            (Err(error), _) => Err(error),
        }
    }
}

/// A memo.
pub fn kept<T: PartialEq + Send + Sync + 'static>(
    read: impl Fn() -> T + Send + Sync + 'static,
) -> Signal<T> {
    Memo::new(move |_| read()).into()
}
