//! What a page asks the server, and the answers that the server already gave in the page that it sent.
//!
//! Leptos numbers its resources in the order in which they are made. Within its `Transition` a closure runs more than
//! once on the server and once in the browser, so that a resource made there gets another number on each side, and
//! the page does not hydrate. Here an answer is kept under its question instead: where a component stands and how
//! often it ran does not matter, and what two components ask is asked once.

mod answer;
#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "ssr")]
mod server;
mod standing;

#[cfg(feature = "hydrate")]
use browser as page;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::Serialize;
use serde::de::DeserializeOwned;
#[cfg(feature = "ssr")]
use server as page;

use crate::error::Error;

pub use answer::Answer;
pub use page::Transition;
pub use standing::standing;

/// A server function with its arguments, as something that can be asked.
pub trait Question:
    ServerFn<Error = Error, Output: Clone + Serialize + DeserializeOwned + Send + Sync>
    + Serialize
    + Clone
    + Sync
    + 'static
{
}

impl<Q> Question for Q where
    Q: ServerFn<Error = Error, Output: Clone + Serialize + DeserializeOwned + Send + Sync>
        + Serialize
        + Clone
        + Sync
        + 'static
{
}

/// Begins the page's answers. To be called first of all, where the number that Leptos gives is the same on both sides.
pub fn provide_answers() {
    provide_context(page::Answers::begin());
}

/// Asks, and asks again whenever a signal changes that `question` reads.
pub fn ask<Q: Question>(
    question: impl Fn() -> Q + Send + Sync + 'static,
) -> Answer<<Q as ServerFn>::Output> {
    expect_context::<page::Answers>().ask(question)
}

/// As [`ask`], and what asks once more: for the button beside an answer that could not be had.
pub fn ask_again<Q: Question>(
    question: impl Fn() -> Q + Send + Sync + 'static,
) -> (Answer<<Q as ServerFn>::Output>, Callback<()>) {
    let tries = RwSignal::new(0_u32);
    let answer = ask(move || {
        tries.track();
        question()
    });
    (answer, Callback::new(move |()| tries.update(|n| *n += 1)))
}

/// As [`ask`], where there may be nothing to ask.
pub fn ask_if<Q: Question>(
    question: impl Fn() -> Option<Q> + Send + Sync + 'static,
) -> Answer<Option<<Q as ServerFn>::Output>> {
    expect_context::<page::Answers>().ask_if(question)
}

/// What is read from an answer, as it was until it is another one. On the server it is read anew each time: a memo there
/// may not have heard yet of an answer that has just come, and the page would say that there is none.
pub fn kept<T: PartialEq + Send + Sync + 'static>(
    read: impl Fn() -> T + Send + Sync + 'static,
) -> Signal<T> {
    page::kept(read)
}

/// What the answer is now, without following it. Within a `Transition` the plain `get_untracked` follows all the same:
/// it waits for an answer under way, and whoever waits is told of the next (`AsyncDerivedReadyFuture::poll` of
/// reactive_graph 0.2).
pub fn now<T: Clone + Send + Sync + 'static>(answer: &Answer<T>) -> Option<T> {
    untrack(|| answer.get_untracked()).and_then(Result::ok)
}

/// A value that the server makes and the browser takes from the page, under a name that the page has once.
pub fn shared<T: Serialize + DeserializeOwned>(name: &str, make: impl FnOnce() -> T) -> T {
    expect_context::<page::Answers>().shared(name, make)
}

/// The words under which an answer is kept: the function's address and its arguments.
fn words<Q: Question>(question: &Q) -> String {
    let arguments = serde_json::to_string(question).unwrap_or_default();
    format!("{} {arguments}", Q::PATH)
}
