//! Who else has seen the notes of a thread.

use leptos::prelude::*;

use crate::answers::{Answer, ask};
use crate::id::{ConversationId, PartId};
use crate::live::{Topic, follow};
use crate::notes::Looks;
use crate::notes::api::NoteLooksIn;

/// Asks who has seen the notes at the end of a conversation, or around a part, and again when somebody has.
pub(super) fn looks_in(id: ConversationId, around: RwSignal<Option<PartId>>) -> Answer<Looks> {
    // It is often said to be what it is.
    let around = Memo::new(move |_| around.get());
    let seen = RwSignal::new(0_u32);
    let looks = ask(move || {
        seen.track();
        NoteLooksIn { conversation: id, around: around.get() }
    });
    follow(Topic::LooksIn(id), seen, move || Some(looks.get()?.ok()?.seq));
    looks
}
