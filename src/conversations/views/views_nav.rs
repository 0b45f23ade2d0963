//! The views beside the list, with their counts.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use super::gone_view::GoneView;
use super::keep::KeepView;
use super::shared::Inbox;
use crate::answers::Transition;
use crate::conversations::api::{DeleteView, SaveView};
use crate::conversations::{Group, View, Views};
use crate::ui::flash::{use_failure, use_typed};
use crate::ui::{focus, menu};

/// What teammates keep: beside it stands how to keep another.
const KEPT: [(Group, &str); 2] = [(Group::Kept, "Your views"), (Group::Shared, "Team's views")];
/// What there is by itself.
const OTHERS: [(Group, &str); 4] = [
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
        if let Some(Ok(_)) = delete.value().get() {
            inbox.own.update(|n| *n += 1);
        }
    });
    // What is said there is about a view.
    let open =
        use_failure(SaveView::PATH).is_some() || use_typed(DeleteView::PATH, "name").is_some();
    view! {
        <details class="views-toggle" open=open>
            <summary class="button small">"Views"</summary>
        </details>
        <nav class="views" aria-label="Views">
            <Transition fallback=|| view! { <div class="skeleton"></div> }>
                {move || {
                    let views = inbox.views.get().and_then(Result::ok);
                    views.map(|views| {
                        view! {
                            <List views=of(&views, Group::Main) delete />
                            <div class="views-kept">
                                <Groups views groups=&KEPT delete />
                            </div>
                        }
                    })
                }}
            </Transition>
            // What is being written there stays while the views change.
            <GoneView delete />
            <KeepView inbox />
            <Transition>
                {move || {
                    let views = inbox.views.get().and_then(Result::ok);
                    views.map(|views| view! { <Groups views groups=&OTHERS delete /> })
                }}
            </Transition>
        </nav>
    }
    .into_any()
}

fn of(views: &Views, group: Group) -> Vec<View> {
    views.views.iter().filter(|v| v.group == group).cloned().collect()
}

#[component]
fn List(views: Vec<View>, delete: ServerAction<DeleteView>) -> impl IntoView {
    let item = |view| view! { <ViewItem view delete /> };
    view! { <ul>{views.into_iter().map(item).collect_view()}</ul> }
}

#[component]
fn Groups(
    views: Views,
    groups: &'static [(Group, &'static str)],
    delete: ServerAction<DeleteView>,
) -> impl IntoView {
    let group = |(group, title): &(Group, &'static str)| {
        let (some, title, open) = (of(&views, *group), *title, *group != Group::Teammate);
        (!some.is_empty()).then(|| {
            view! {
                <details class="views-group" open=open>
                    <summary>{title}</summary>
                    <List views=some delete />
                </details>
            }
        })
    };
    groups.iter().filter_map(group).collect_view().into_any()
}

#[component]
fn ViewItem(view: View, delete: ServerAction<DeleteView>) -> impl IntoView {
    let inbox = expect_context::<Inbox>();
    let counted = view.counted();
    let (filter, saved) = (view.filter.clone(), view.saved);
    // A view that is kept is that very list; another is its scope in any state and order, unless that is kept.
    let here = move || {
        let same = if saved.is_some() {
            *inbox.filter.read() == filter
        } else {
            filter.is_of(&inbox.filter.read()) && !inbox.is_kept()
        };
        same.then_some("page")
    };
    let gone = saved.map(|id| {
        let label = format!("Delete the view {}", view.name);
        view! {
            <ActionForm action=delete>
                <input type="hidden" name="view" value=id.to_string() />
                <button class="tag-remove" type="submit" aria-label=label on:click=|_| focus::land(".views-gone button")>
                    "×"
                </button>
            </ActionForm>
        }
    });
    view! {
        <li class="view-item">
            // On a phone they would go on covering the list that was chosen.
            <a href=view.filter.address(None) aria-current=here on:click=|_| menu::fold(".views")>
                <span class="view-name" dir="auto" title=view.name>
                    {view.name.clone()}
                </span>
                <span class="view-count">{counted}</span>
            </a>
            {gone}
        </li>
    }
    .into_any()
}
