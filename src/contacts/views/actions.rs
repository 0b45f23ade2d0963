//! What can be done with a person as a whole.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::edit::details;
use crate::contacts::Profile;
use crate::contacts::api::{EraseContact, SetDetails, Stand};
use crate::teammates::views::OwnerField;
use crate::ui::flash::{failure_of, use_failure, use_typed};
use crate::ui::refused;

/// A menu: edit, export, archive, block, delete.
#[component]
pub fn Actions(profile: Memo<Profile>, changed: Callback<()>) -> impl IntoView {
    let id = profile.with_untracked(|p| p.contact.id);
    let stand = ServerAction::<Stand>::new();
    Effect::new(move |_| {
        if let Some(Ok(())) = stand.value().get() {
            changed.run(());
        }
    });
    let archived = Memo::new(move |_| profile.with(|p| p.contact.archived_at.0 > 0));
    let blocked = Memo::new(move |_| profile.with(|p| p.contact.blocked_at.0 > 0));
    let title = Memo::new(move |_| profile.with(|p| p.contact.title()));
    let button = move |action: &'static str, word: &'static str| {
        view! {
            <li>
                <ActionForm action=stand>
                    <input type="hidden" name="contact" value=id.to_string() />
                    <button type="submit" name="action" value=action>
                        {word}
                    </button>
                </ActionForm>
            </li>
        }
    };
    let failed =
        use_failure("/do/set_details").is_some() || use_failure("/do/erase_contact").is_some();
    view! {
        <details class="menu" open=failed>
            <summary class="button" aria-label="More actions">
                "More"
            </summary>
            <ul>
                <li>
                    <a href=format!("/contacts/{id}/export.json") download="" rel="external">
                        "Export as JSON"
                    </a>
                </li>
                {move || if archived.get() { button("unarchive", "Bring back from the archive") } else { button("archive", "Archive") }}
                {move || if blocked.get() { button("unblock", "Unblock") } else { button("block", "Block") }}
                <li>
                    <Edit profile=profile.get_untracked() changed />
                </li>
                <li>
                    <Delete contact=id title />
                </li>
            </ul>
        </details>
    }
    .into_any()
}

#[component]
fn Edit(profile: Profile, changed: Callback<()>) -> impl IntoView {
    let set = ServerAction::<SetDetails>::new();
    let failed = use_failure("/do/set_details").is_some();
    let failure = failure_of(set);
    Effect::new(move |_| {
        if let Some(Ok(())) = set.value().get() {
            changed.run(());
        }
    });
    let contact = profile.contact;
    let fields = details(|field, of| {
        let value = use_typed("/do/set_details", field).or_else(|| of(&contact));
        Signal::stored(value.unwrap_or_default())
    });
    view! {
        <details class="menu-part" open=failed>
            <summary>"Edit"</summary>
            <ActionForm action=set attr:class="form">
                <input type="hidden" name="contact" value=contact.id.to_string() />
                {fields}
                <OwnerField team=profile.owners now=contact.owner_id />
                {move || failure().map(refused)}
                <button class="button primary small" type="submit">
                    "Save"
                </button>
            </ActionForm>
        </details>
    }
    .into_any()
}

#[component]
fn Delete(contact: crate::id::ContactId, title: Memo<String>) -> impl IntoView {
    let erase = ServerAction::<EraseContact>::new();
    let failed = use_failure("/do/erase_contact").is_some();
    let failure = failure_of(erase);
    view! {
        <details class="menu-part danger" open=failed>
            <summary>"Delete for good"</summary>
            <ActionForm action=erase attr:class="form">
                <input type="hidden" name="contact" value=contact.to_string() />
                <p class="notice error">
                    <strong>"This cannot be undone."</strong>
                    " It deletes the person with all data, notes and conversations."
                </p>
                <p>"To go on, type the name: " <bdi><strong>{title}</strong></bdi></p>
                <input
                    class="input"
                    name="confirm"
                    aria-label="Name of the person"
                    autocomplete="off"
                    required
                    value=use_typed("/do/erase_contact", "confirm")
                />
                {move || failure().map(refused)}
                <button class="button danger primary small" type="submit" disabled=move || erase.pending().get()>
                    "Delete for good"
                </button>
            </ActionForm>
        </details>
    }
    .into_any()
}
