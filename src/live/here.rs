//! Having a conversation before one's eyes: what the others see as being here.

use std::time::Duration;

use leptos::ev::visibilitychange;
use leptos::prelude::*;

use super::{FromBrowser, Live};
use crate::id::ConversationId;
use crate::ui::focus;

/// How often it is said again.
const RENEW: Duration = Duration::from_secs(20);
/// How long a tab may be out of sight before it counts as gone.
const HIDDEN: Duration = Duration::from_secs(20);

/// Says, for as long as the component stands and its tab is in sight, that this conversation is open here.
pub fn look_at(conversation: ConversationId) {
    let Some(live) = use_context::<Live>() else { return };
    let hides = StoredValue::new(0_u32);
    Effect::new(move |_| {
        live.shown.set_value(Some(conversation));
        live.say_here();
        if let Ok(beat) = set_interval_with_handle(move || live.say_here(), RENEW) {
            on_cleanup(move || beat.clear());
        }
    });
    let change = window_event_listener(visibilitychange, move |_| {
        let mine = hides.try_update_value(|n| {
            *n += 1;
            *n
        });
        if focus::is_seen() {
            return live.say_here();
        }
        let still = move || hides.try_get_value() == mine && live.shows(conversation);
        set_timeout(
            move || _ = still().then(|| live.say(FromBrowser::Here { conversation: None })),
            HIDDEN,
        );
    });
    on_cleanup(move || {
        change.remove();
        // Another conversation may stand there already.
        if live.shows(conversation) {
            live.shown.try_set_value(None);
            live.say(FromBrowser::Here { conversation: None });
        }
    });
}

impl Live {
    fn shows(self, conversation: ConversationId) -> bool {
        self.shown.try_get_value().flatten() == Some(conversation)
    }

    /// Says what is open here, if anything is and somebody can see it.
    pub(super) fn say_here(self) {
        let conversation = self.shown.try_get_value().flatten();
        if conversation.is_some() && focus::is_seen() {
            self.say(FromBrowser::Here { conversation });
        }
    }
}
