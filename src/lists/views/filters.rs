//! Fields that filter a list: a plain form that asks for an address; with JavaScript it asks by itself.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::lists::{Asked, Filters, Sorts};

/// How long to wait for the next letter, in milliseconds.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(200);

/// Goes to the list as a changed filter has it.
pub struct Visit<F: Filters> {
    asked: Memo<Asked<F>>,
    waiting: StoredValue<Option<TimeoutHandle>>,
    navigate: Callback<String>,
}

impl<F: Filters> Clone for Visit<F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F: Filters> Copy for Visit<F> {}

/// A way to other filters of a list.
pub fn use_visit<F: Filters>(asked: Memo<Asked<F>>) -> Visit<F> {
    let navigate = use_navigate();
    let go = move |address: String| {
        let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
        navigate(&address, options);
    };
    Visit { asked, waiting: StoredValue::new(None), navigate: Callback::new(go) }
}

impl<F: Filters> Visit<F> {
    /// At once, as when something is chosen.
    pub fn now(self, change: impl FnOnce(&mut F)) {
        let next = self.asked.get_untracked().with(change).address();
        self.navigate.run(next);
    }

    /// Once no further letter came, as when something is typed.
    pub fn later(self, change: impl FnOnce(&mut F) + 'static) {
        if let Some(Some(before)) = self.waiting.try_update_value(Option::take) {
            before.clear();
        }
        let begun = set_timeout_with_handle(move || self.now(change), PAUSE);
        self.waiting.set_value(begun.ok());
    }
}

/// One choice of a field.
#[component]
pub fn Choice(
    /// What the address says for it; empty for any.
    value: String,
    /// What people read.
    label: String,
    /// Whether it is the one.
    chosen: bool,
) -> impl IntoView {
    view! {
        <option value=value selected=chosen>
            {label}
        </option>
    }
    .into_any()
}

/// What a form keeps of a list's address though it has no field for it.
#[component]
pub fn Unshown<F: Filters>(
    asked: Memo<Asked<F>>,
    /// The words of the filter that stay as they are.
    keep: &'static [&'static str],
) -> impl IntoView {
    let sort = asked.read_untracked().sort.word();
    let reversed = asked.read_untracked().reversed;
    let kept = move || {
        let pairs = asked.read().filter.pairs().into_iter();
        let kept = pairs.filter(|(name, value)| keep.contains(name) && !value.is_empty());
        kept.map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect_view()
    };
    view! {
        {kept}
        <input type="hidden" name="sort" value=sort />
        {reversed.then(|| view! { <input type="hidden" name="reversed" value="1" /> })}
    }
    .into_any()
}
