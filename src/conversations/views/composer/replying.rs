//! Whom a reply would cross.

use leptos::prelude::*;

use super::desk::Desk;
use crate::live::Live;

/// What becomes of what is written; while a colleague replies too, that instead. Sending stays possible.
#[component]
pub fn Hint(desk: Desk) -> impl IntoView {
    let live = use_context::<Live>();
    let others = Memo::new(move |_| {
        let all = live.map(|live| live.typing.get()).unwrap_or_default();
        let replies = all.into_iter().filter(|t| {
            t.replies() && t.conversation == desk.state.id && t.teammate != Some(desk.state.me)
        });
        replies.filter_map(|t| t.name).collect::<Vec<_>>()
    });
    let words = move || match others.read().as_slice() {
        [] if desk.is_note() => "Only your team sees this".to_owned(),
        [] => "Reaches them in the Messenger".to_owned(),
        [one] => format!("{one} is replying"),
        many => format!("{} are replying", many.join(" and ")),
    };
    view! {
        <span
            class="composer-hint"
            data-warns=move || (!others.read().is_empty()).to_string()
            role="status"
        >
            {words}
        </span>
    }
    .into_any()
}
