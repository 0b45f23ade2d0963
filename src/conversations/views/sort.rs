//! The order of the list.

use leptos::prelude::*;

use super::shared::Inbox;
use crate::conversations::{Filter, Order};
use crate::ui::Menu;

/// Orders as links.
#[component]
pub fn SortMenu(inbox: Inbox) -> impl IntoView {
    let filter = inbox.filter;
    let label = Signal::derive(move || filter.read().order.said().to_owned());
    let link = move |order: Order| {
        let href = move || Filter { order, ..filter.get() }.address(None);
        view! {
            <li>
                <a href=href aria-current=move || (filter.read().order == order).then_some("true")>
                    {order.said()}
                </a>
            </li>
        }
    };
    view! {
        <Menu id="sort".to_owned() label title="Order">
            <ul>{Order::ALL.iter().copied().map(link).collect_view()}</ul>
        </Menu>
    }
    .into_any()
}
