//! A part of a column of facts, which can be folded.

use leptos::html::Details;
use leptos::prelude::*;

/// Who keeps whether the section around is folded; without it each page begins open.
#[derive(Clone, Copy)]
pub struct Fold {
    /// Whether it is folded.
    pub folded: Signal<bool>,
    /// Is told when somebody folds or opens it.
    pub set: Callback<bool>,
}

impl Fold {
    /// Nobody keeps it, whoever keeps that of the section around: each page begins open.
    pub fn free() -> Self {
        Self { folded: Signal::stored(false), set: Callback::new(|_| ()) }
    }
}

/// A title, and what lies under it.
#[component]
pub fn Section(
    /// What stands above it.
    title: &'static str,
    /// What lies under it.
    children: Children,
) -> impl IntoView {
    let fold = use_context::<Fold>();
    let node = NodeRef::<Details>::new();
    let open = move || fold.is_none_or(|fold| !fold.folded.get());
    // A browser tells of the first opening too, which nobody did.
    let toggled = move |_| {
        let (Some(fold), Some(node)) = (fold, node.get_untracked()) else { return };
        if node.open() == fold.folded.get_untracked() {
            fold.set.run(!node.open());
        }
    };
    view! {
        <details class="facts" open=open node_ref=node on:toggle=toggled>
            <summary>{title}</summary>
            {children()}
        </details>
    }
    .into_any()
}
