//! On the server: a page is made once and nothing in it changes, so that rows are written one after the other. Leptos' own
//! list keeps an owner and a memo for each, which took a fifth of the time that the server has for a profile.

use leptos::prelude::*;

/// The rows, one after the other. The markup is that of the browser's.
pub fn each<T, K>(
    rows: Signal<Vec<T>>,
    _key: fn(&T) -> K,
    view: impl Fn(Signal<T>) -> AnyView + Clone + Send + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    K: 'static,
{
    let row = move |row| view(Signal::stored(row));
    move || rows.get().into_iter().map(row.clone()).collect_view()
}
