//! The order of the list.

use leptos::prelude::*;

use super::shared::Inbox;
use crate::conversations::{Filter, Order};
use crate::ui::Menu;

/// Orders as links.
#[component]
pub fn SortMenu(inbox: Inbox) -> impl IntoView {
    let filter = inbox.filter;
    let label = Signal::derive(move || {
        let order = filter.read().order;
        Order::ALL.into_iter().find(|(o, _)| *o == order).map_or("", |(_, word)| word).to_owned()
    });
    let link = move |(order, word): (Order, &'static str)| {
        let href = move || Filter { order, ..filter.get() }.address(None);
        view! {
            <li>
                <a href=href aria-current=move || (filter.read().order == order).then_some("true")>
                    {word}
                </a>
            </li>
        }
    };
    view! {
        <Menu id="sort".to_owned() label title="Order">
            <ul>{Order::ALL.map(link).into_iter().collect_view()}</ul>
        </Menu>
    }
    .into_any()
}
