//! What an e-mail is about: the type that people subscribe to.

use leptos::prelude::*;

use super::draft::{typed, wrong};
use crate::outbound::{Channel, Detail};

/// The types in use; without a script it is there for chats too, which have none.
#[component]
pub fn About(first: Detail, channel: RwSignal<Channel>) -> impl IntoView {
    let started = RwSignal::new(false);
    Effect::new(move |_| started.set(true));
    let hidden = move || started.get() && channel.get().in_app();
    let chosen = typed("about", &first.about.to_string());
    let one = |(id, name): (crate::id::SubscriptionTypeId, String)| {
        let id = id.to_string();
        view! {
            <option value=id.clone() selected=chosen == id>
                {name}
            </option>
        }
    };
    view! {
        <label class="field" data-invalid=wrong("about") hidden=hidden>
            "What the e-mail is about"
            <select class="input" name="about">
                <option value="0" selected=chosen == "0">
                    "No type: its link unsubscribes from everything"
                </option>
                {first.types.into_iter().map(one).collect_view()}
            </select>
            <span class="hint">
                "Customers unsubscribe from a type by its link. " <a href="/settings/outbound">"Types"</a> " are in the settings."
            </span>
        </label>
    }
    .into_any()
}
