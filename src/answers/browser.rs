//! In a browser: while the page is taken over, an answer is what the page brought; later it is asked for.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

/// Leptos' own.
pub use leptos::prelude::Transition;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::de::DeserializeOwned;

use super::answer::{Held, hold};
use super::{Answer, Question, words};
use crate::error::Error;
use crate::live::Live;

/// An answer on its way.
type Coming = Pin<Box<dyn Future<Output = Held> + Send>>;
/// What begins to ask: the question's words, where there is a question, and the answer.
type Asking = Box<dyn Fn() -> (Option<String>, Coming) + Send + Sync>;

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
        Answer::of(follow(Box::new(move || self.begin_with(question(), hold))))
    }

    /// As [`ask`](Self::ask), where there may be nothing to ask.
    pub fn ask_if<Q: Question>(
        self,
        question: impl Fn() -> Option<Q> + Send + Sync + 'static,
    ) -> Answer<Option<<Q as ServerFn>::Output>> {
        Answer::of(follow(Box::new(move || match question() {
            Some(question) => self.begin_with(question, |answer| hold(answer.map(Some))),
            None => {
                let nothing = hold(Ok(None::<<Q as ServerFn>::Output>));
                (None, Box::pin(std::future::ready(nothing)))
            }
        })))
    }

    /// A question's words and its answer: at once where the page brought it.
    fn begin_with<Q: Question>(
        &self,
        question: Q,
        hold: fn(Result<<Q as ServerFn>::Output, Error>) -> Held,
    ) -> (Option<String>, Coming) {
        let words = words(&question);
        let coming: Coming = match self.brought(&words) {
            Some(answer) => Box::pin(std::future::ready(hold(answer))),
            None => Box::pin(async move { hold(question.run_on_client().await) }),
        };
        (Some(words), coming)
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

/// Asks at once, and anew whenever a signal changes that `ask` reads. Nothing of it depends on the kind of the answer, so that
/// the browser's part has it once.
fn follow(ask: Asking) -> AsyncDerived<Held> {
    let last = Last::default();
    let live = use_context::<Live>();
    AsyncDerived::new(move || {
        until_back(live);
        let (words, coming) = ask();
        let last = last.clone();
        async move { last.or(words, coming.await) }
    })
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
#[derive(Clone, Default)]
struct Last(Arc<Mutex<Option<(String, Held)>>>);

impl Last {
    fn or(&self, words: Option<String>, answer: Held) -> Held {
        // Where nothing was asked there is nothing to keep.
        let Some(words) = words else { return answer };
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match (answer, &*last) {
            (Err(error), Some((same, good))) if error.passes() && *same == words => good.clone(),
            (Ok(answer), _) => {
                *last = Some((words, Ok(answer.clone())));
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
