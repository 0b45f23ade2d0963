//! What is selected, and what can be done with all of it.

use std::collections::BTreeSet;

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::Actions;
use super::shared::Inbox;

/// The form that the list's boxes belong to, by its id.
pub const FORM: &str = "selected";

/// Says how many are selected and changes them together. Without JavaScript it is always there.
#[component]
pub fn SelectionBar(inbox: Inbox) -> impl IntoView {
    let started = RwSignal::new(false);
    Effect::new(move |_| started.set(true));
    let selected = inbox.selected;
    let hidden = move || started.get() && selected.read().is_empty();
    let said = move || match selected.read().len() {
        0 => "Tick conversations to change them together".to_owned(),
        1 => "1 selected".to_owned(),
        n => format!("{n} selected"),
    };
    let ids = move || {
        let all = selected.read();
        all.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    };
    view! {
        <div class="selected-bar" hidden=hidden>
            <span class="selected-text" role="status">
                {said}
            </span>
            <button class="link-button selected-none" type="button" on:click=move |_| selected.set(BTreeSet::new()) hidden=move || selected.read().is_empty()>
                "None"
            </button>
            <ActionForm action=inbox.act attr:class="action-form" attr:id=FORM>
                <input type="hidden" name="ids" prop:value=ids value="" />
                <Actions prefix=FORM line=None />
            </ActionForm>
        </div>
    }
    .into_any()
}
