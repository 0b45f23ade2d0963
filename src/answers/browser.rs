//! In a browser: while the page is taken over, an answer is what the page brought; later it is asked for.

use std::collections::HashMap;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::de::DeserializeOwned;

use super::{Answer, Question, words};
use crate::error::Error;

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
        AsyncDerived::new(move || self.answer(question()))
    }

    /// As [`ask`](Self::ask), where there may be nothing to ask.
    pub fn ask_if<Q: Question>(
        self,
        question: impl Fn() -> Option<Q> + Send + Sync + 'static,
    ) -> Answer<Option<<Q as ServerFn>::Output>> {
        AsyncDerived::new(move || {
            let answer = question().map(|question| self.answer(question));
            async move {
                match answer {
                    Some(answer) => answer.await.map(Some),
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
        serde_json::from_str(self.given.get(words)?).ok()
    }
}

/// A memo.
pub fn kept<T: PartialEq + Send + Sync + 'static>(
    read: impl Fn() -> T + Send + Sync + 'static,
) -> Signal<T> {
    Memo::new(move |_| read()).into()
}
