//! Text that the page's head shows.

use leptos::prelude::*;

/// Reads a title for as long as its page stands, and what it was at first from then on: the head of a page is written
/// last, when what was made to find out what the page waits for may be gone.
pub fn lasting(title: Memo<String>) -> impl Fn() -> String + Send + Sync + 'static {
    let first = title.get_untracked();
    move || title.try_get().unwrap_or_else(|| first.clone())
}
