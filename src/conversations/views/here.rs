//! Who else has a conversation open.

use leptos::prelude::*;

use crate::id::ConversationId;
use crate::live::{Colleague, Live, look_at};
use crate::teammates::Viewer;
use crate::ui::Avatar;

/// How many are shown by their initials.
const SHOWN: usize = 4;

/// The other teammates who have the conversation open now; and says that the viewer has.
#[component]
pub fn AlsoHere(conversation: ConversationId) -> impl IntoView {
    look_at(conversation);
    let me = use_context::<Option<Viewer>>().flatten().map(|viewer| viewer.id);
    let live = use_context::<Live>();
    let others = Memo::new(move |_| {
        let all = live.and_then(|live| live.present.with(|all| all.get(&conversation).cloned()));
        let others = all.into_iter().flatten().filter(|c| Some(c.id) != me);
        others.collect::<Vec<_>>()
    });
    let more = move || {
        let names = others.read().iter().skip(SHOWN).map(|c| c.name.clone()).collect::<Vec<_>>();
        (!names.is_empty()).then(|| {
            let are = if names.len() == 1 { "is" } else { "are" };
            let title = format!("{} {are} here too", names.join(", "));
            view! {
                <li class="also-more" title=title>
                    <span aria-hidden="true">{format!("+{}", names.len())}</span>
                    <span class="visually-hidden">{title.clone()}</span>
                </li>
            }
        })
    };
    view! {
        <ul class="also-here" aria-label="Who else is here" hidden=move || others.read().is_empty()>
            <For each=move || others.get().into_iter().take(SHOWN) key=|c| (c.id, c.name.clone()) let:colleague>
                <One colleague />
            </For>
            {more}
        </ul>
    }
    .into_any()
}

#[component]
fn One(colleague: Colleague) -> impl IntoView {
    let said = format!("{} is here too", colleague.name);
    view! {
        <li title=said>
            <Avatar name=colleague.name seed=colleague.id.0 />
            <span class="visually-hidden">{said.clone()}</span>
        </li>
    }
    .into_any()
}
