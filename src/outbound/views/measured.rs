//! Whether opens and clicks of an e-mail are measured.

use leptos::prelude::*;

use super::draft::typed;
use crate::outbound::{Channel, Detail};

/// A switch for who wants to know nothing; without a script it is there for chats too, which have none.
#[component]
pub fn Measured(first: Detail, channel: RwSignal<Channel>) -> impl IntoView {
    let started = RwSignal::new(false);
    Effect::new(move |_| started.set(true));
    let hidden = move || started.get() && channel.get().in_app();
    // What is no e-mail is not measured either: it was never switched off there.
    let by_mail = first.brief.channel == Channel::Email;
    let saved = if first.brief.id.0 > 0 && by_mail && !first.brief.measured { "on" } else { "" };
    let off = typed("unmeasured", saved) == "on";
    view! {
        <div class="field" hidden=hidden>
            <label class="check">
                <input type="checkbox" name="unmeasured" value="on" checked=off />
                <span>"Do not measure who opens the e-mail and follows its links"</span>
            </label>
            <span class="hint">
                "Otherwise it has a picture that nobody sees, and its links lead through this server."
            </span>
        </div>
    }
    .into_any()
}
