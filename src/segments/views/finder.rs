//! Adding a condition by typing what it is about.

use leptos::prelude::*;
use leptos::web_sys::HtmlInputElement;

use super::state::Build;
use crate::attributes::Subject;
use crate::segments::findable::{findable, matching, meant};

/// A field that offers all that a group can ask, and adds a condition about what is chosen or entered. Without JavaScript
/// the buttons beside it do that.
#[component]
pub fn Finder(
    /// The place of the group.
    path: String,
    /// What its conditions are asked of.
    of: Subject,
) -> impl IntoView {
    let build = expect_context::<Build>();
    let all = build.choices.with_value(|choices| findable(of, choices, build.id));
    let all = StoredValue::new(all);
    let typed = RwSignal::new(String::new());
    let list = format!("rule-finds-{path}");
    let offered = move || {
        let said = typed.with(|typed| {
            all.with_value(|all| -> Vec<String> {
                matching(all, typed).into_iter().map(|one| one.said.clone()).collect()
            })
        });
        said.into_iter().map(|said| view! { <option value=said></option> }).collect_view()
    };
    let path = StoredValue::new(path);
    let add = move |field: &HtmlInputElement| {
        let row = all.with_value(|all| meant(all, &field.value()).map(|one| one.row.clone()));
        if let Some(row) = row {
            // The next one is found from the start.
            field.set_value("");
            typed.set(String::new());
            build.add(&path.get_value(), row);
        }
    };
    // What is picked from the list stands there whole at once; what is typed grows letter by letter.
    let picked = move |text: &str| {
        let before = typed.with_untracked(|typed| typed.chars().count());
        let whole = all.with_value(|all| all.iter().any(|one| one.said == text));
        whole && text.chars().count() > before + 1
    };
    view! {
        <input
            class="input rule-find"
            type="text"
            aria-label="Find what to ask"
            placeholder="Find what to ask"
            autocomplete="off"
            dir="auto"
            list=list.clone()
            hidden=move || !build.started.get()
            on:input:target=move |ev| {
                let text = ev.target().value();
                if picked(&text) {
                    add(&ev.target());
                } else {
                    typed.set(text);
                }
            }
            on:keydown:target=move |ev| {
                if ev.key() == "Enter" {
                    // The form is not what is entered.
                    ev.prevent_default();
                    add(&ev.target());
                }
            }
        />
        <datalist id=list>{offered}</datalist>
    }
    .into_any()
}
