//! A view that was just deleted, with the way back.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use super::shared::Inbox;
use super::toast::SHOWN;
use crate::conversations::api::{DeleteView, SaveView};
use crate::conversations::{Group, View};
use crate::ui::flash::use_typed;
use crate::ui::focus;

/// What it takes to keep it again.
#[derive(Debug, Clone)]
struct Gone {
    name: String,
    query: String,
    shared: bool,
}

impl Gone {
    fn of(view: View) -> Self {
        let query = view.filter.query();
        Self { name: view.name, query, shared: view.group == Group::Shared }
    }

    /// What a page without a script comes with.
    fn before() -> Option<Self> {
        let typed = |field| use_typed(DeleteView::PATH, field);
        let (name, query) = (typed("name")?, typed("query").unwrap_or_default());
        Some(Self { name, query, shared: typed("shared").is_some() })
    }
}

/// Says which view was deleted and keeps it again, for some seconds; without JavaScript until the next page.
#[component]
pub fn GoneView(delete: ServerAction<DeleteView>) -> impl IntoView {
    let inbox = expect_context::<Inbox>();
    let again = ServerAction::<SaveView>::new();
    let gone = RwSignal::new(Gone::before());
    let number = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let Some(Ok(view)) = delete.value().get() else { return };
        gone.set(Some(Gone::of(view)));
        number.update_value(|n| *n += 1);
        let mine = number.get_value();
        let hide = move || {
            if number.try_get_value() == Some(mine) {
                focus::land(".views-kept a, #keep-view > summary");
                gone.try_set(None);
            }
        };
        set_timeout(hide, SHOWN);
    });
    Effect::new(move |_| {
        if let Some(Ok(())) = again.value().get() {
            gone.set(None);
            inbox.own.update(|n| *n += 1);
        }
    });
    let shown = move || {
        gone.get().map(|Gone { name, query, shared }| {
            view! {
                <ActionForm action=again attr:class="notice">
                    <bdi>{name.clone()}</bdi>
                    " was deleted. "
                    <input type="hidden" name="query" value=query />
                    <input type="hidden" name="name" value=name />
                    {shared.then(|| view! { <input type="hidden" name="shared" value="1" /> })}
                    <button class="link-button" type="submit" on:click=|_| focus::land(".views-kept a")>
                        "Undo"
                    </button>
                </ActionForm>
            }
        })
    };
    view! {
        <div class="views-gone" role="status">
            {shown}
        </div>
    }
    .into_any()
}
