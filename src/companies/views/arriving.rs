//! What is still on its way into a company's stream.

use leptos::prelude::*;

use crate::companies::Profile;

/// Says whose earlier history is still coming in, while it does.
#[component]
pub fn ArrivingNote(profile: Memo<Profile>) -> impl IntoView {
    let words = Memo::new(move |_| profile.with(|p| p.arriving.words()));
    // It stands there empty too, or nobody who listens would hear of it.
    view! {
        <div role="status">
            {move || words.get().map(|words| view! { <p class="notice arriving">{words} "."</p> })}
        </div>
    }
    .into_any()
}
