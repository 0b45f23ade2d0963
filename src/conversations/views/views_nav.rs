//! The views beside the list, with their counts.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::shared::Inbox;
use crate::answers::Transition;
use crate::conversations::api::DeleteView;
use crate::conversations::{Group, View, Views};

const GROUPS: [(Group, &str); 6] = [
    (Group::Kept, "Your views"),
    (Group::Shared, "Team's views"),
    (Group::Team, "Teams"),
    (Group::Teammate, "Teammates"),
    (Group::Tag, "Tags"),
    (Group::Segment, "People's segments"),
];

/// Every view as a link; where there is little room they lie behind a button.
#[component]
pub fn ViewsNav() -> impl IntoView {
    let inbox = expect_context::<Inbox>();
    let delete = ServerAction::<DeleteView>::new();
    Effect::new(move |_| {
        if let Some(Ok(())) = delete.value().get() {
            inbox.own.update(|n| *n += 1);
        }
    });
    view! {
        <details class="views-toggle">
            <summary class="button small">"Views"</summary>
        </details>
        <nav class="views" aria-label="Views">
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || inbox.views.get().and_then(Result::ok).map(|views| view! { <Lists views delete /> })}
            </Transition>
        </nav>
    }
    .into_any()
}

#[component]
fn Lists(views: Views, delete: ServerAction<DeleteView>) -> impl IntoView {
    let of = |group: Group| -> Vec<View> {
        views.views.iter().filter(|v| v.group == group).cloned().collect()
    };
    let list = move |views: Vec<View>| {
        let item = |view| view! { <ViewItem view delete /> };
        view! { <ul>{views.into_iter().map(item).collect_view()}</ul> }
    };
    let groups = GROUPS.into_iter().filter_map(|(group, title)| {
        let views = of(group);
        (!views.is_empty()).then(|| {
            view! {
                <details class="views-group" open=group != Group::Teammate>
                    <summary>{title}</summary>
                    {list(views)}
                </details>
            }
        })
    });
    let groups = groups.collect_view();
    view! {
        {list(of(Group::Main))}
        {groups}
    }
    .into_any()
}

#[component]
fn ViewItem(view: View, delete: ServerAction<DeleteView>) -> impl IntoView {
    let inbox = expect_context::<Inbox>();
    let counted = view.counted();
    let (scope, filter, saved) = (view.filter.scope, view.filter.clone(), view.saved);
    // A view that is kept is that very list; another is its scope in any state and order.
    let here = move || {
        let shown = inbox.filter.read();
        let same = if saved.is_some() { *shown == filter } else { shown.scope == scope };
        same.then_some("page")
    };
    let gone = saved.map(|id| {
        let label = format!("Delete the view {}", view.name);
        view! {
            <ActionForm action=delete>
                <input type="hidden" name="view" value=id.to_string() />
                <button class="tag-remove" type="submit" aria-label=label>
                    "×"
                </button>
            </ActionForm>
        }
    });
    view! {
        <li class="view-item">
            <a href=view.filter.address(None) aria-current=here>
                <span class="view-name" dir="auto">
                    {view.name}
                </span>
                <span class="view-count">{counted}</span>
            </a>
            {gone}
        </li>
    }
    .into_any()
}
