//! On the server: each question is answered once for a page, and the answers go with it.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::reactive::owner::WeakOwner;
use leptos::server_fn::ServerFn;
use serde::Serialize;

use super::{Question, words};
use crate::error::Error;

type Answering<T> = Shared<BoxFuture<'static, Result<T, Error>>>;

/// What was asked for one page.
#[derive(Clone)]
pub struct Answers {
    /// The page's own owner, which has the request; a component's may be gone before the answer is there.
    owner: Option<WeakOwner>,
    asked: Arc<Mutex<HashMap<String, Box<dyn Any + Send>>>>,
    given: Given,
}

/// A line for each answer: its question, a tab, and the answer as JSON, which has neither tabs nor line ends.
#[derive(Clone, Default)]
struct Given(Arc<Mutex<HashMap<String, String>>>);

impl Given {
    fn put(&self, words: &str, answer: &impl Serialize) {
        if let Ok(json) = serde_json::to_string(answer) {
            let mut given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            given.insert(words.to_owned(), json);
        }
    }

    fn lines(&self) -> String {
        let given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        given.iter().map(|(words, json)| format!("{words}\t{json}\n")).collect()
    }
}

impl Answers {
    /// Begins with nothing. What is there when the whole page was rendered goes with it.
    pub fn begin() -> Self {
        let given = Given::default();
        if let Some(context) = Owner::current_shared_context() {
            let lines = given.clone();
            // Read when the page is complete: pages are rendered whole.
            context.write_async(context.next_id(), Box::pin(async move { lines.lines() }));
        }
        let owner = Owner::current().map(|owner| owner.downgrade());
        Self { owner, asked: Arc::default(), given }
    }

    /// The answer, which may be under way already.
    pub fn answer<Q: Question>(&self, question: Q) -> Answering<<Q as ServerFn>::Output> {
        let words = words(&question);
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let before = asked.get(&words).and_then(|a| a.downcast_ref::<Answering<Q::Output>>());
        if let Some(before) = before {
            return before.clone();
        }
        let given = self.given.clone();
        let name = words.clone();
        let run = move || ScopedFuture::new_untracked(question.run_body());
        let run = match self.owner.as_ref().and_then(WeakOwner::upgrade) {
            Some(owner) => owner.with(run),
            None => run(),
        };
        // Runs by itself: who asked may be gone, and an answer that nobody waits for would keep its connection to the
        // database, for which the rest of the page then waits in vain.
        let (task, answer) = run.inspect(move |answer| given.put(&name, answer)).remote_handle();
        tokio::spawn(task);
        let answering = answer.boxed().shared();
        asked.insert(words, Box::new(answering.clone()));
        answering
    }

    /// Makes the value, and gives it to the page.
    pub fn shared<T: Serialize>(&self, name: &str, make: impl FnOnce() -> T) -> T {
        let value = make();
        self.given.put(name, &value);
        value
    }
}
