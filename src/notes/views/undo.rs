//! Bringing a deleted note back.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::client::Client;
use leptos::server_fn::codec::PostUrl;
use leptos::server_fn::request::ClientReq;
use leptos::server_fn::{Http, ServerFn};
use leptos::web_sys::FormData;
use serde::de::DeserializeOwned;

use super::back::back;
use crate::error::Error;
use crate::id::NoteId;
use crate::notes::api::RestoreNote;
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::focus;

/// Says that a note was deleted, with a way back, which is open for 30 days.
#[component]
pub fn Undo(
    /// Which.
    note: NoteId,
    /// What has the focus afterwards.
    place: String,
    changed: Callback<()>,
) -> impl IntoView {
    let restore = ServerAction::<RestoreNote>::new();
    let back = back(place.clone());
    view! {
        <span class="note-undo">
            "Note deleted. "
            <BringBack restore which=("note", note.to_string()) place changed>
                <input type="hidden" name="back" value=back />
            </BringBack>
        </span>
    }
    .into_any()
}

/// The form that brings a deleted note back, and why it did not.
#[component]
pub fn BringBack<S, O>(
    restore: ServerAction<S>,
    /// The field that says which note, and what it says.
    which: (&'static str, String),
    /// What has the focus afterwards.
    place: String,
    /// Called once it is there again.
    changed: Callback<()>,
    /// What else the form says.
    children: Children,
) -> impl IntoView
where
    S: ServerFn<Error = Error, Output = (), Protocol = Http<PostUrl, O>>
        + DeserializeOwned
        + Clone
        + Send
        + Sync
        + 'static,
    S::Client: Client<Error>,
    <<S::Client as Client<Error>>::Request as ClientReq<Error>>::FormData: From<FormData>,
    O: 'static,
{
    let (name, value) = which;
    let mine = use_typed(S::PATH, name).is_some_and(|typed| typed == value);
    let before = use_failure(S::PATH).filter(|_| mine);
    let failure = move || match restore.value().get() {
        Some(answer) => answer.err(),
        None => before.clone(),
    };
    Effect::new(move |_| {
        if let Some(Ok(())) = restore.value().get() {
            changed.run(());
        }
    });
    Effect::new(move |_| {
        // Before the answer: this may be gone when it comes.
        if restore.input().get().is_some() {
            focus::land(place.as_str());
        }
    });
    view! {
        <ActionForm action=restore attr:class="inline">
            <input type="hidden" name=name value=value />
            {children()}
            <button class="link-button" type="submit">
                "Undo"
            </button>
        </ActionForm>
        {move || failure().map(|e| view! { <span class="notice error" role="alert">{e.sentence()}</span> })}
    }
    .into_any()
}
