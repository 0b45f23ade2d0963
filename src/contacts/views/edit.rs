//! What everyone has, put right beside a conversation.

use leptos::form::ActionForm;
use leptos::html::Details;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use crate::contacts::api::SetDetails;
use crate::contacts::{Contact, Profile};
use crate::ui::flash::{failure_of, use_failure, use_typed};
use crate::ui::{focus, refused};

/// A form of name, e-mail address and telephone number, folded until somebody asks for it.
#[component]
pub fn EditDetails(profile: Memo<Profile>, changed: Callback<()>) -> impl IntoView {
    let set = ServerAction::<SetDetails>::new();
    let (failure, failed) = (failure_of(set), use_failure(SetDetails::PATH).is_some());
    let (around, round) = (NodeRef::<Details>::new(), RwSignal::new(0));
    Effect::new(move |_| {
        if let Some(Ok(())) = set.value().get() {
            round.update(|n| *n += 1);
            if let Some(around) = around.get_untracked() {
                around.set_open(false);
            }
            focus::focus(".details-edit > summary");
            changed.run(());
        }
    });
    view! {
        <details class="fact-add details-edit" open=failed node_ref=around>
            <summary>"Edit name, e-mail, phone"</summary>
            {move || view! { <Fields profile set first=round.get() == 0 /> }}
            {move || failure().map(refused)}
        </details>
    }
    .into_any()
}

/// The fields of name, e-mail address and telephone number, each with its value: by the field's name, and what a contact has of it.
pub(super) fn details(
    value: impl Fn(&'static str, fn(&Contact) -> Option<String>) -> Signal<String>,
) -> AnyView {
    view! {
        <label class="field">
            "Name"
            <input class="input" name="name" maxlength="1000" autocomplete="off" dir="auto" value=value("name", |c| c.name.clone()) />
        </label>
        <label class="field">
            "E-mail address"
            <input class="input" name="email" maxlength="1000" autocomplete="off" value=value("email", |c| c.email.clone()) />
        </label>
        <label class="field">
            "Phone"
            <input class="input" type="tel" name="phone" maxlength="1000" autocomplete="off" value=value("phone", |c| c.phone.clone()) />
        </label>
    }
    .into_any()
}

/// The fields, which are made anew after each change: one that nobody has typed in follows what others change.
#[component]
fn Fields(
    profile: Memo<Profile>,
    set: ServerAction<SetDetails>,
    /// Whether nothing was saved on this page yet: then they have what was typed before it was made.
    first: bool,
) -> impl IntoView {
    let contact = profile.with_untracked(|p| p.contact.id);
    // Who looks after them is another question, and stays as it is.
    let owner = move || profile.with(|p| p.contact.owner_id.to_string());
    let value = move |field: &'static str, of: fn(&Contact) -> Option<String>| {
        let typed = first.then(|| use_typed(SetDetails::PATH, field)).flatten();
        let now = move || typed.clone().or_else(|| profile.with(|p| of(&p.contact)));
        Signal::derive(move || now().unwrap_or_default())
    };
    view! {
        <ActionForm action=set attr:class="form">
            <input type="hidden" name="contact" value=contact.to_string() />
            <input type="hidden" name="owner" value=owner />
            {details(value)}
            <div class="form-actions">
                <button class="button small" type="submit">
                    "Save"
                </button>
            </div>
        </ActionForm>
    }
    .into_any()
}
