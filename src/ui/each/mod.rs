//! Rows that stay on the page while what they say changes.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "ssr")]
mod server;

use std::hash::Hash;

#[cfg(feature = "hydrate")]
use browser as page;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use server as page;

/// Each of the rows, told apart by a key. Its children are made once, with a signal of what the row is now; of a row that is
/// about to go it says what it was last.
///
/// A row gives its children a context by a `Provider` only: on the server, rows have no owner of their own.
#[component]
pub fn Each<T, K, V>(
    /// The rows, in their order.
    #[prop(into)]
    rows: Signal<Vec<T>>,
    /// What tells a row from the others.
    key: fn(&T) -> K,
    /// Makes what shows a row.
    children: impl Fn(Signal<T>) -> V + Clone + Send + 'static,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    K: Eq + Hash + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    page::each(rows, key, move |row| children(row).into_any())
}
