//! What can be done with those people of a company who are selected.

use std::collections::HashSet;

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::attributes::Subject;
use crate::companies::Roll;
use crate::companies::api::TagMembers;
use crate::id::CompanyId;
use crate::lists::views::{Chosen, TagFields, unused};
use crate::ui::flash::failure_of;
use crate::ui::{escape, refused};

/// The form that the boxes belong to, by its id.
pub(super) const FORM: &str = "members";

/// Where a message to these people is written.
fn message_address(company: CompanyId, people: &HashSet<i64>, all: bool, find: &str) -> String {
    if all {
        return format!("/companies/{company}/message?all=1&find={}", escape(find));
    }
    let mut people: Vec<_> = people.iter().copied().collect();
    people.sort_unstable();
    let people: Vec<_> = people.into_iter().map(|id| id.to_string()).collect();
    format!("/companies/{company}/message?people={}", people.join(","))
}

/// Tagging them and writing to them; all who are found, or those whose boxes are ticked.
#[component]
pub fn PeopleBar(
    company: CompanyId,
    roll: Memo<Roll>,
    total: Memo<i64>,
    selected: RwSignal<HashSet<i64>>,
) -> impl IntoView {
    let tag = ServerAction::<TagMembers>::new();
    let navigate = StoredValue::new(use_navigate());
    let all = RwSignal::new(false);
    let failure = failure_of(tag);
    Effect::new(move |_| {
        if let Some(Ok(())) = tag.value().get() {
            selected.set(HashSet::new());
            all.set(false);
        }
    });
    view! {
        <ActionForm action=tag attr:class="selection-bar" attr:id=FORM attr:hidden=unused(total, selected, all)>
            <input type="hidden" name="company" value=company.to_string() />
            <input type="hidden" name="find" value=move || roll.get().find />
            <Chosen of=Subject::Contact total selected all />
            <TagFields of=Subject::Contact path="/do/tag_members" />
            <button
                class="button small primary"
                type="submit"
                formaction=format!("/companies/{company}/message")
                formmethod="get"
                formnovalidate
                on:click=move |ev| {
                    ev.prevent_default();
                    let address = message_address(company, &selected.read_untracked(), all.get_untracked(), &roll.get_untracked().find);
                    navigate.with_value(|navigate| navigate(&address, NavigateOptions::default()));
                }
            >
                "Message"
            </button>
        </ActionForm>
        {move || failure().map(refused)}
    }
    .into_any()
}
