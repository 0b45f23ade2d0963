//! Finding people in the inbox as one types.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::shared::Inbox;
use crate::ui::use_later;

/// What is typed to find people, until the address says it, and what takes it: the list follows once no further letter came.
pub(super) fn use_finding(inbox: Inbox) -> (RwSignal<Option<String>>, Callback<String>) {
    let (filter, later, navigate) = (inbox.filter, use_later(), use_navigate());
    let typed = RwSignal::new(None::<String>);
    let asked = StoredValue::new(filter.with_untracked(|f| f.find.clone()));
    // Another list was gone to: the field says what that one looks for.
    Effect::new(move |_| {
        let find = filter.with(|f| f.find.clone());
        if find != asked.get_value() {
            asked.set_value(find);
            typed.set(None);
        }
    });
    let look = Callback::new(move |text: String| {
        let before = filter.get_untracked();
        let (next, navigate) = (before.finding(&text), navigate.clone());
        typed.set(Some(text));
        later.run(move || {
            // Who has gone to another list meanwhile stays there.
            if filter.get_untracked().finding("") != before.finding("") {
                return;
            }
            asked.set_value(next.find.clone());
            let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
            navigate(&next.address(inbox.current.get_untracked()), options);
        });
    });
    (typed, look)
}
