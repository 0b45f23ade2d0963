//! Keeping the list that is shown as a view.

use leptos::form::ActionForm;
use leptos::html::Details;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos::web_sys::KeyboardEvent;

use super::shared::Inbox;
use crate::answers::{Transition, ask};
use crate::conversations::api::{InboxSentence, SaveView};
use crate::ui::flash::{failure_of, use_failure, use_typed};
use crate::ui::{focus, refused};

/// A button among the views that opens a form: what is kept in a sentence, its name, and for whom. Where the list is a view already
/// there is nothing to keep.
#[component]
pub fn KeepView(inbox: Inbox) -> impl IntoView {
    let filter = inbox.filter;
    let save = ServerAction::<SaveView>::new();
    let sentence = ask(move || InboxSentence { query: filter.get().query() });
    let failure = failure_of(save);
    let (name, shared) =
        (use_typed(SaveView::PATH, "name"), use_typed(SaveView::PATH, "shared").is_some());
    let open = use_failure(SaveView::PATH).is_some();
    let (details, field) = (NodeRef::<Details>::new(), NodeRef::new());
    Effect::new(move |_| {
        if let Some(Ok(())) = save.value().get() {
            inbox.own.update(|n| *n += 1);
            if let Some(details) = details.get_untracked() {
                details.set_open(false);
            }
            if let Some(field) = field.get_untracked() {
                leptos::web_sys::HtmlInputElement::set_value(&field, "");
            }
            focus::land(".views-kept a[aria-current]");
        }
    });
    let toggled = move |_| {
        if details.get_untracked().is_some_and(|details| details.open()) {
            focus::focus("#view-name");
        }
    };
    let keys = move |key: KeyboardEvent| {
        if let Some(details) = details.get_untracked().filter(|_| key.key() == "Escape") {
            details.set_open(false);
            focus::focus("#keep-view > summary");
            key.stop_propagation();
        }
    };
    view! {
        <Transition>
            <details
                id="keep-view"
                class="views-keep"
                node_ref=details
                open=open
                hidden=move || inbox.is_kept()
                on:toggle=toggled
                on:keydown=keys
            >
                <summary>"Keep this view"</summary>
                <ActionForm action=save attr:class="form">
                    <input type="hidden" name="query" value=move || filter.get().query() />
                    <p class="quiet">{move || sentence.get().and_then(Result::ok)}</p>
                    {move || failure().map(refused)}
                    <input
                        id="view-name"
                        class="input"
                        name="name"
                        node_ref=field
                        value=name
                        dir="auto"
                        aria-label="Name of the view"
                        placeholder="Name"
                        maxlength="100"
                        autocomplete="off"
                        required
                    />
                    <label class="check">
                        <input type="checkbox" name="shared" value="1" checked=shared />
                        <span>"For the whole team"</span>
                    </label>
                    <button class="button small" type="submit">
                        "Keep view"
                    </button>
                </ActionForm>
            </details>
        </Transition>
    }
    .into_any()
}
