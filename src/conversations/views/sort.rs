//! The order of the list, and whether it is only of those that are answered first.

use leptos::prelude::*;

use super::shared::Inbox;
use crate::conversations::{Filter, Order};
use crate::ui::{Menu, menu};

/// Orders as links, and one that leaves out what has no priority, or takes it in again.
#[component]
pub fn SortMenu(inbox: Inbox) -> impl IntoView {
    let filter = inbox.filter;
    let label = Signal::derive(move || filter.read().order.said().to_owned());
    // The list that comes is not under it.
    let close = |_| {
        menu::put_away();
        menu::close_all();
    };
    let link = move |order: Order| {
        let href = move || Filter { order, ..filter.get() }.address(None);
        view! {
            <li>
                <a href=href aria-current=move || (filter.read().order == order).then_some("true") on:click=close>
                    {order.said()}
                </a>
            </li>
        }
    };
    let first = move || {
        let now = filter.get();
        Filter { priority: !now.priority, ..now }.address(None)
    };
    view! {
        <Menu id="sort".to_owned() label title="Order">
            <ul>{Order::ALL.iter().copied().map(link).collect_view()}</ul>
            <ul>
                <li>
                    <a href=first aria-current=move || filter.read().priority.then_some("true") on:click=close>
                        "Priority only"
                    </a>
                </li>
            </ul>
        </Menu>
    }
    .into_any()
}
