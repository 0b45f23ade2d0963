//! Where a message stands, in a word.

use leptos::prelude::*;

use crate::outbound::State;

/// The word, with a colour beside it.
#[component]
pub fn StateBadge(state: State) -> impl IntoView {
    view! {
        <span class="message-state" data-state=state.word()>
            {state.said()}
        </span>
    }
    .into_any()
}
