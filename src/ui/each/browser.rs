//! In the browser: a row keeps its place, its focus and what was opened in it, and hears what it says now.

use std::hash::Hash;

use leptos::prelude::*;

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
    let one = move |first: T| {
        let this = key(&first);
        let row = Memo::new(move |last: Option<&T>| {
            let now = rows.with(|rows| rows.iter().find(|row| key(row) == this).cloned());
            now.unwrap_or_else(|| last.unwrap_or(&first).clone())
        });
        children(row.into()).into_any()
    };
    view! { <For each=move || rows.get() key=key children=one /> }
}
