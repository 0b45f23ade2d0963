//! In the browser: a row keeps its place, its focus and what was opened in it, and hears what it says now.

use std::hash::Hash;

use leptos::prelude::*;

/// The rows, each as long as its key is among them.
pub fn each<T, K>(
    rows: Signal<Vec<T>>,
    key: fn(&T) -> K,
    view: impl Fn(Signal<T>) -> AnyView + Clone + Send + 'static,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    K: Eq + Hash + Clone + Send + Sync + 'static,
{
    let one = move |first: T| {
        let this = key(&first);
        let row = Memo::new(move |last: Option<&T>| {
            let now = rows.with(|rows| rows.iter().find(|row| key(row) == this).cloned());
            now.unwrap_or_else(|| last.unwrap_or(&first).clone())
        });
        view(row.into())
    };
    view! { <For each=move || rows.get() key=key children=one /> }
}
