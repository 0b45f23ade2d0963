//! What was just done, with a way back.

use std::time::Duration;

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::shared::Inbox;
use crate::conversations::api::Undo;
use crate::error::Error;
use crate::ui::flash::use_failure;
use crate::ui::focus;

/// How long something can be undone here.
pub(super) const SHOWN: Duration = Duration::from_secs(10);

/// The inbox's own row of the conversation that is open, which undoing brings back. The facts beside the thread list
/// it too, and its row there is no place to go on from.
const OPENED: &str = ".line[data-conversation][aria-current]";

/// Says what was done or why it was not, and undoes it. Without JavaScript it stays until the next page.
#[component]
pub fn DoneToast(inbox: Inbox) -> impl IntoView {
    let undo = ServerAction::<Undo>::new();
    let before = ["/do/act", "/do/undo"].into_iter().find_map(use_failure);
    let failed = RwSignal::new(before);
    let number = StoredValue::new(0_u32);
    // What is done meanwhile is shown for its own time.
    let hide_later = move || {
        number.update_value(|n| *n += 1);
        let mine = number.get_value();
        let hide = move || {
            if number.try_get_value() == Some(mine) {
                inbox.done.try_set(None);
                failed.try_set(None);
            }
        };
        set_timeout(hide, SHOWN);
    };
    Effect::new(move |_| {
        if inbox.done.read().is_some() {
            failed.set(None);
            hide_later();
        }
    });
    let tell = move |error: Error| {
        inbox.done.set(None);
        failed.set(Some(error));
        hide_later();
    };
    Effect::new(move |_| {
        if let Some(Err(error)) = inbox.act.value().get() {
            tell(error);
        }
    });
    Effect::new(move |_| match undo.value().get() {
        Some(Ok(())) => {
            inbox.done.set(None);
            inbox.own.update(|n| *n += 1);
        }
        Some(Err(error)) => tell(error),
        None => {}
    });
    let shown = move || {
        if let Some(error) = failed.get() {
            return view! { <div class="toast" role="alert">{error.sentence()}</div> }.into_any();
        }
        let Some(done) = inbox.done.get() else { return ().into_any() };
        let changes = serde_json::to_string(&done.undo).unwrap_or_default();
        let back = (!done.undo.is_empty()).then(|| {
            view! {
                <ActionForm action=undo>
                    <input type="hidden" name="changes" value=changes />
                    <button
                        id="undo"
                        type="submit"
                        title="Undo (Ctrl+Z)"
                        aria-keyshortcuts="Control+Z"
                        on:click=|_| focus::land(OPENED)
                    >
                        "Undo"
                    </button>
                </ActionForm>
            }
        });
        view! { <div class="toast"><span>{format!("{}.", done.said)}</span> {back}</div> }
            .into_any()
    };
    view! { <div role="status">{shown}</div> }.into_any()
}
