//! What is selected, and what can be done with it.

use std::collections::HashSet;

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::known_tags::KNOWN_TAGS;
use crate::attributes::Subject;
use crate::lists::api::TagSelected;
use crate::ui::flash::{failure_of, use_typed};
use crate::ui::{focus, refused, thousands};

/// Says what is selected, offers all that match, and tags them. What else can be done stands inside it.
#[component]
pub fn SelectionBar(
    /// What the list is of.
    of: Subject,
    /// The form that the boxes belong to, by its id.
    form: &'static str,
    /// How many match in all.
    total: Memo<i64>,
    /// The address of the list.
    #[prop(into)]
    address: Signal<String>,
    /// What is selected on this page.
    selected: RwSignal<HashSet<i64>>,
    /// Whether all that match are meant.
    all: RwSignal<bool>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let tag = ServerAction::<TagSelected>::new();
    let failure = failure_of(tag);
    Effect::new(move |_| {
        if let Some(Ok(job)) = tag.value().get() {
            // The bar goes; what becomes of it is said in the job's line, which may be far above.
            focus::land(format!("#job-{job} button"));
            selected.set(HashSet::new());
            all.set(false);
        }
    });
    view! {
        <ActionForm action=tag attr:class="selection-bar" attr:id=form attr:hidden=unused(total, selected, all)>
            <input type="hidden" name="of" value=of.word() />
            <input type="hidden" name="address" value=address />
            <Chosen of total selected all />
            {children.map(|children| children())}
            <TagFields of path="/do/tag_selected" />
        </ActionForm>
        {move || failure().map(refused)}
    }
    .into_any()
}

/// Whether the bar is not needed: without JavaScript it always is; with it, once something is selected.
pub fn unused(
    total: Memo<i64>,
    selected: RwSignal<HashSet<i64>>,
    all: RwSignal<bool>,
) -> impl Fn() -> bool + Copy {
    let started = RwSignal::new(false);
    Effect::new(move |_| started.set(true));
    move || total.get() == 0 || (started.get() && selected.read().is_empty() && !all.get())
}

/// How many are selected, and the box for all that match.
#[component]
pub fn Chosen(
    of: Subject,
    total: Memo<i64>,
    selected: RwSignal<HashSet<i64>>,
    all: RwSignal<bool>,
) -> impl IntoView {
    let (one, many) = match of {
        Subject::Contact => ("person", "people"),
        Subject::Company => ("company", "companies"),
    };
    let said = move || match if all.get() { total.get() } else { selected.read().len() as i64 } {
        // Where no script counts the ticks, it stands there all the time.
        0 => format!("Tick {many}, or all"),
        1 => format!("1 {one} selected"),
        n => format!("{} {many} selected", thousands(n)),
    };
    let every = move || match total.get() {
        1 => "The only one".to_owned(),
        n => format!("All {} matching", thousands(n)),
    };
    view! {
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
    }
    .into_any()
}

/// The name of a tag, and the buttons that give it and take it off.
#[component]
pub fn TagFields(
    of: Subject,
    /// Where the form goes, for what was typed when it was refused.
    path: &'static str,
) -> impl IntoView {
    let label = match of {
        Subject::Contact => "Tag for the selected people",
        Subject::Company => "Tag for the selected companies",
    };
    view! {
        <input
            class="input"
            name="name"
            aria-label=label
            placeholder="Tag"
            list=KNOWN_TAGS
            maxlength="100"
            autocomplete="off"
            required
            value=use_typed(path, "name")
        />
        <button class="button small" type="submit" name="change" value="add">
            "Add tag"
        </button>
        <button class="button small" type="submit" name="change" value="remove">
            "Remove tag"
        </button>
    }
    .into_any()
}
