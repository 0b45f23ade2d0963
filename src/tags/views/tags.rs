//! Someone's tags, with a form to add one and a cross to take one off.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use crate::owner::Owner;
use crate::tags::Tagging;
use crate::tags::api::{AddTag, RemoveTag};
use crate::ui::flash::{failure_here, use_typed, was_about};
use crate::ui::{TimeAgo, refused};

/// The tags of a person or a company. `changed` is told when this page changed them.
#[component]
pub fn Tags(
    /// Whose they are.
    owner: Owner,
    /// The tags.
    #[prop(into)]
    tags: Signal<Vec<Tagging>>,
    /// The workspace's tag names, to suggest.
    #[prop(into)]
    known: Signal<Vec<String>>,
    /// Called after a change made here.
    #[prop(into)]
    changed: Callback<()>,
) -> impl IntoView {
    let add = ServerAction::<AddTag>::new();
    let remove = ServerAction::<RemoveTag>::new();
    let input = NodeRef::<leptos::html::Input>::new();
    // A page may have the tags of several.
    let mine = was_about(AddTag::PATH, "owner", owner);
    let failure = failure_here(add, mine);
    let typed = mine.then(|| use_typed(AddTag::PATH, "name")).flatten();
    let list = format!("known-tags-{owner}");
    let any = Memo::new(move |_| !tags.read().is_empty());
    Effect::new(move |_| {
        if let Some(Ok(())) = add.value().get() {
            if let Some(field) = input.get_untracked() {
                field.set_value("");
            }
            changed.run(());
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(())) = remove.value().get() {
            changed.run(());
        }
    });
    view! {
        <ul class="tags" aria-label="Tags">
            <For each=move || tags.get() key=|tag| tag.id let:tag>
                <TagItem owner tag remove />
            </For>
        </ul>
        {move || any.get().then(|| view! { <Origins tags /> })}
        <ActionForm action=add attr:class="tag-form">
            <input type="hidden" name="owner" value=owner.to_string() />
            <input
                node_ref=input
                class="input"
                name="name"
                aria-label="New tag"
                placeholder="Add a tag"
                list=list.clone()
                maxlength="100"
                autocomplete="off"
                required
                value=typed
            />
            <datalist id=list>{move || known.get().into_iter().map(|name| view! { <option value=name></option> }).collect_view()}</datalist>
            <button class="button small" type="submit">
                "Add"
            </button>
        </ActionForm>
        {move || failure().map(refused)}
    }
    .into_any()
}

/// Who added each tag, and when: what a pointer that rests on one reads too.
#[component]
fn Origins(tags: Signal<Vec<Tagging>>) -> impl IntoView {
    let line = |tag: Tagging| {
        let by = tag.by.unwrap_or_else(|| "your product".into());
        view! {
            <li>
                <strong dir="auto">{tag.name}</strong>
                <span class="quiet">
                    <bdi>{by}</bdi>
                    ", "
                    <TimeAgo stamp=tag.at />
                </span>
            </li>
        }
    };
    view! {
        <details class="fact-add">
            <summary>"Who added them"</summary>
            <ul class="tag-origins">{move || tags.get().into_iter().map(line).collect_view()}</ul>
        </details>
    }
    .into_any()
}

#[component]
fn TagItem(owner: Owner, tag: Tagging, remove: ServerAction<RemoveTag>) -> impl IntoView {
    let by = tag.by.unwrap_or_else(|| "your product".into());
    let about = format!("Added by {by}, {}", tag.at.exact);
    let label = format!("Remove the tag {}", tag.name);
    view! {
        <li class="tag" title=about>
            <span class="tag-name" dir="auto">
                {tag.name}
            </span>
            <ActionForm action=remove>
                <input type="hidden" name="owner" value=owner.to_string() />
                <input type="hidden" name="tag" value=tag.id.to_string() />
                <button class="tag-remove" type="submit" aria-label=label>
                    "×"
                </button>
            </ActionForm>
        </li>
    }
    .into_any()
}
