//! On the server: a page is made once and nothing in it changes, so that rows are written one after the other. Leptos' own
//! list keeps an owner and a memo for each, which took a fifth of the time that the server has for a profile.

use leptos::prelude::*;

/// Each of the rows, one after the other. The markup is that of the browser's.
#[component]
pub fn Each<T, K, V>(
    /// The rows, in their order.
    #[prop(into)]
    rows: Signal<Vec<T>>,
    /// What tells a row from the others in the browser.
    key: fn(&T) -> K,
    /// Makes what shows a row.
    children: impl Fn(Signal<T>) -> V + Clone + Send + 'static,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    K: 'static,
    V: IntoView + 'static,
{
    let _ = key;
    let row = move |row| children(Signal::stored(row)).into_any();
    move || rows.get().into_iter().map(row.clone()).collect_view()
}
