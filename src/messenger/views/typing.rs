//! Who is writing in a conversation, and telling that one is.

use leptos::ev::input;
use leptos::prelude::*;

use crate::id::ConversationId;
use crate::live::Live;
use crate::teammates::Viewer;
use crate::ui::focus;

/// How seldom the others are told, in milliseconds.
const EVERY: f64 = 2_000.0;

/// A line that says who is writing, with its place kept; the page's own composers tell the others, also when they
/// are emptied by hand.
#[component]
pub fn Typing(conversation: ConversationId) -> impl IntoView {
    let me = use_context::<Option<Viewer>>().flatten().map(|viewer| viewer.id);
    let live = use_context::<Live>();
    if let Some(live) = live {
        tell(live, conversation);
    }
    let words = move || {
        let all = live.map(|live| live.typing.get()).unwrap_or_default();
        // That a teammate replies stands in the composer.
        let others = all.into_iter().filter(|t| {
            t.conversation == conversation && t.teammate.is_none_or(|id| t.note && Some(id) != me)
        });
        let names: Vec<_> =
            others.map(|t| t.name.unwrap_or_else(|| "The customer".into())).collect();
        match names.as_slice() {
            [] => String::new(),
            [one] => format!("{one} is writing"),
            many => format!("{} are writing", many.join(" and ")),
        }
    };
    view! {
        <p class="thread-typing" role="status">
            {words}
        </p>
    }
    .into_any()
}

/// Listens to the composers of the page, wherever they are.
fn tell(live: Live, conversation: ConversationId) {
    let last = StoredValue::new((f64::NEG_INFINITY, false));
    let handle = window_event_listener(input, move |event| {
        let Some((note, empty)) = focus::composing() else { return };
        let now = event.time_stamp();
        let (at, was_note) = last.get_value();
        if empty {
            last.set_value((f64::NEG_INFINITY, note));
            live.typing_in(conversation, note, true);
        } else if now - at >= EVERY || was_note != note {
            last.set_value((now, note));
            live.typing_in(conversation, note, false);
        }
    });
    on_cleanup(move || handle.remove());
}
