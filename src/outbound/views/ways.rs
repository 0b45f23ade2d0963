//! How a message gets there.

use leptos::prelude::*;

use crate::outbound::Channel;
use crate::ui::typed_before;

/// By the Messenger, or by e-mail where that is set up.
#[component]
pub fn Ways(channel: RwSignal<Channel>, mail: bool) -> impl IntoView {
    let one = move |which: Channel| {
        let off = which == Channel::Email && !mail;
        let field = typed_before::<leptos::html::Input>(move |field| {
            if field.checked() && channel.get_untracked() != which {
                channel.set(which);
            }
        });
        view! {
            <label class="check">
                <input
                    type="radio"
                    name="channel"
                    value=which.word()
                    checked=channel.get_untracked() == which
                    disabled=off
                    node_ref=field
                    on:change=move |_| channel.set(which)
                />
                <span>{which.said()}</span>
            </label>
        }
    };
    let how = (!mail).then(|| {
        view! {
            <p class="hint">
                "E-mail is not set up: start the server with " <code>"RAPPORT_SMTP_URL"</code> " (your mail server) and "
                <code>"RAPPORT_MAIL_FROM"</code> " (the sender)."
            </p>
        }
    });
    view! {
        <fieldset class="field message-whom">
            <legend>"How it gets there"</legend>
            {Channel::ALL.iter().copied().map(one).collect_view()}
            {how}
        </fieldset>
    }
    .into_any()
}
