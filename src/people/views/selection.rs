//! What is selected, and what can be done with it.

use std::collections::HashSet;

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::people::Asked;
use crate::people::api::TagPeople;
use crate::ui::flash::{failure_of, use_typed};

/// The form that the table's boxes belong to, by its id.
pub const FORM: &str = "selection";

/// Says what is selected, offers all that match, and tags them.
#[component]
pub fn SelectionBar(
    /// How many match in all.
    total: Memo<i64>,
    /// What the list asks for.
    asked: Memo<Asked>,
    /// Who is selected on this page.
    selected: RwSignal<HashSet<i64>>,
) -> impl IntoView {
    let tag = ServerAction::<TagPeople>::new();
    let all = RwSignal::new(false);
    let failure = failure_of(tag);
    Effect::new(move |_| {
        if let Some(Ok(())) = tag.value().get() {
            selected.set(HashSet::new());
            all.set(false);
        }
    });
    let said = move || {
        let count = if all.get() { total.get() } else { selected.read().len() as i64 };
        match count {
            0 => "Nobody selected".to_owned(),
            1 => "1 person selected".to_owned(),
            n => format!("{n} people selected"),
        }
    };
    let message = move || {
        let mut ids: Vec<_> = selected.read().iter().copied().collect();
        ids.sort_unstable();
        let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        format!("/outbound/new?people={}", ids.join(","))
    };
    // Without JavaScript it is always there; with it, once someone is selected.
    let started = RwSignal::new(false);
    Effect::new(move |_| started.set(true));
    let hidden = move || started.get() && selected.read().is_empty() && !all.get();
    let every = move || match total.get() {
        1 => "The only one".to_owned(),
        n => format!("All {n} matching"),
    };
    view! {
        <ActionForm action=tag attr:class="selection-bar" attr:id=FORM attr:hidden=hidden>
            <input type="hidden" name="address" value=move || asked.get().address() />
            <span class="selection-text" role="status">
                {said}
            </span>
            <label class="check">
                <input
                    type="checkbox"
                    name="all"
                    value="1"
                    prop:checked=move || all.get()
                    on:change:target=move |ev| all.set(ev.target().checked())
                />
                <span>{every}</span>
            </label>
            <a class="button small" href=message hidden=move || all.get() || selected.read().is_empty()>
                "Message"
            </a>
            <input
                class="input"
                name="name"
                aria-label="Tag for the selected people"
                placeholder="Tag"
                maxlength="100"
                autocomplete="off"
                required
                value=use_typed("/do/tag_people", "name")
            />
            <button class="button small" type="submit" name="change" value="add">
                "Add tag"
            </button>
            <button class="button small" type="submit" name="change" value="remove">
                "Remove tag"
            </button>
        </ActionForm>
        {move || failure().map(|e| view! { <p class="notice error" role="alert">{e.sentence()}</p> })}
    }
    .into_any()
}
