//! What stays on a page while the answer that it shows changes.

use leptos::prelude::*;

use super::{Answer, Transition, kept, now};
use crate::error::Error;

/// Shows a good answer, or says what is wrong. Whether there is one changes seldom, and what it says often: `good` is called
/// for the first, gets every later one by its memo, and stays, so that nothing that is typed or opened in it is lost.
pub fn standing<T: Clone + PartialEq + Send + Sync + 'static>(
    answer: Answer<T>,
    good: impl Fn(Memo<T>) -> AnyView + Send + Sync + 'static,
    bad: impl Fn(Error) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    view! {
        <Transition fallback=|| view! { <div class="skeleton"></div> }>
            {
                let failed = kept(move || answer.get().map(Result::err));
                let latest = Memo::new(move |_| answer.get().and_then(Result::ok));
                move || match failed.get() {
                    None => None,
                    Some(Some(error)) => Some(bad(error)),
                    Some(None) => {
                        now(&answer)
                            .map(|first| {
                                let newest = Memo::new(move |_| latest.get().unwrap_or_else(|| first.clone()));
                                good(newest)
                            })
                    }
                }
            }
        </Transition>
    }
    .into_any()
}
