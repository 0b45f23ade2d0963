//! The order of the list, and keeping it as a view.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::shared::Inbox;
use crate::answers::{Transition, ask};
use crate::conversations::api::{InboxSentence, SaveView};
use crate::conversations::{Filter, Order};
use crate::ui::Menu;

/// Orders as links, and a form that keeps the list under a name.
#[component]
pub fn SortMenu(inbox: Inbox) -> impl IntoView {
    let filter = inbox.filter;
    let save = ServerAction::<SaveView>::new();
    Effect::new(move |_| {
        if let Some(Ok(())) = save.value().get() {
            inbox.own.update(|n| *n += 1);
            crate::ui::menu::close_all();
        }
    });
    let failure = move || save.value().get().and_then(Result::err);
    let sentence = ask(move || InboxSentence { query: filter.get().query() });
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
        <Menu id="sort".to_owned() label title="Order, and keeping this view">
            <ul>{Order::ALL.map(link).into_iter().collect_view()}</ul>
            <ActionForm action=save attr:class="menu-form">
                <input type="hidden" name="query" value=move || filter.get().query() />
                <p class="quiet">
                    <Transition>{move || sentence.get().and_then(Result::ok)}</Transition>
                </p>
                <input class="input" name="name" aria-label="Name of the view" placeholder="Keep this view as" maxlength="100" autocomplete="off" required />
                <label class="check">
                    <input type="checkbox" name="shared" value="1" />
                    <span>"For the whole team"</span>
                </label>
                {move || failure().map(|e| view! { <p class="notice error" role="alert">{e.sentence()}</p> })}
                <button class="button small" type="submit">
                    "Keep view"
                </button>
            </ActionForm>
        </Menu>
    }
    .into_any()
}
