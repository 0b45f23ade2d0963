//! On the server: each question is asked once for a page, and the answers go with it.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use leptos::prelude::*;
use leptos::reactive::computed::ArcAsyncDerived;
use leptos::reactive::owner::WeakOwner;
use leptos::server_fn::ServerFn;
use leptos::tachys::reactive_graph::OwnedView;
use serde::Serialize;

use super::answer::{Held, hold};
use super::{Answer, Question, words};
use crate::error::Error;

/// An answer on its way.
type Coming = Pin<Box<dyn Future<Output = Held> + Send>>;

type Answering = ArcAsyncDerived<Held>;

/// What was asked for one page.
#[derive(Clone)]
pub struct Answers {
    /// The page's own owner, which has the request and stands until the page is sent.
    owner: Option<WeakOwner>,
    asked: Arc<Mutex<HashMap<String, Answering>>>,
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

    /// Asks once; nothing changes while a page is rendered.
    pub fn ask<Q: Question>(self, question: impl Fn() -> Q) -> Answer<<Q as ServerFn>::Output> {
        let question = question();
        Answer::of(self.once(words(&question), question, hold))
    }

    /// As [`ask`](Self::ask), where there may be nothing to ask.
    pub fn ask_if<Q: Question>(
        self,
        question: impl Fn() -> Option<Q>,
    ) -> Answer<Option<<Q as ServerFn>::Output>> {
        match question() {
            Some(question) => {
                let key = format!("{}?", words(&question));
                Answer::of(self.once(key, question, |answer| hold(answer.map(Some))))
            }
            None => {
                Answer::of(AsyncDerived::new(async || hold(Ok(None::<<Q as ServerFn>::Output>))))
            }
        }
    }

    /// What answers is the page's, not the component's: a component may be made several times for one page, and what
    /// waits for the answer of one that is gone would wait for ever.
    fn once<Q: Question>(
        &self,
        key: String,
        question: Q,
        hold: fn(Result<<Q as ServerFn>::Output, Error>) -> Held,
    ) -> AsyncDerived<Held> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = asked.get(&key) {
            return before.clone().into();
        }
        let (given, name) = (self.given.clone(), words(&question));
        let run = move || -> Coming {
            let (given, name) = (given.clone(), name.clone());
            let run = question.clone().run_body();
            Box::pin(async move {
                let answer = run.await;
                given.put(&name, &answer);
                hold(answer)
            })
        };
        let answering = self.begin_with(Box::new(run));
        asked.insert(key, answering.clone());
        answering.into()
    }

    /// One function for answers of every kind, which the program has once.
    fn begin_with(&self, run: Box<dyn Fn() -> Coming + Send + Sync>) -> Answering {
        let begin = || Answering::new(run);
        match self.owner.as_ref().and_then(WeakOwner::upgrade) {
            Some(owner) => owner.with(begin),
            None => begin(),
        }
    }

    /// Waits for everything that was asked so far.
    async fn settled(&self) {
        let waiting: Vec<_> = {
            let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            asked.values().map(ArcAsyncDerived::ready).collect()
        };
        for answer in waiting {
            answer.await;
        }
    }

    /// Makes the value, and gives it to the page.
    pub fn shared<T: Serialize>(&self, name: &str, make: impl FnOnce() -> T) -> T {
        let value = make();
        self.given.put(name, &value);
        value
    }
}

/// Read anew each time.
pub fn kept<T: PartialEq + Send + Sync + 'static>(
    read: impl Fn() -> T + Send + Sync + 'static,
) -> Signal<T> {
    Signal::derive(read)
}

/// What is shown of answers. Leptos' own `Transition` makes its children twice to hear what they wait for, and a third
/// time to show them; here what a page asks is known, so that they are made once, when all that was asked before them
/// is answered. The markup is the same, for the browser has Leptos' own.
#[component]
pub fn Transition<V>(
    /// Shown in a browser until the first answers are there.
    #[prop(optional, into)]
    fallback: ViewFnOnce,
    children: TypedChildren<V>,
) -> impl IntoView
where
    V: IntoView + Send + 'static,
{
    drop(fallback);
    let answers = expect_context::<Answers>();
    let owner = Owner::new();
    // What stands in it waits for its own answers after this one was written, so that it lasts as long as the page.
    if let Some(page) = answers.owner.as_ref().and_then(WeakOwner::upgrade) {
        let lasting = owner.clone();
        page.with(|| on_cleanup(move || drop(lasting)));
    }
    Suspend::new(async move {
        answers.settled().await;
        let view = owner.with(|| children.into_inner()());
        OwnedView::new_with_owner(view, owner)
    })
}
