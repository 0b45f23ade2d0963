//! The inbox by keyboard, and what tells of it.

use std::collections::BTreeSet;

use leptos::ev::{click, keydown};
use leptos::prelude::*;
use leptos::web_sys::KeyboardEvent;
use leptos_router::hooks::use_navigate;

use super::shared::Inbox;
use crate::ui::{focus, menu};

/// Every key with what it does.
const KEYS: [(&str, &str); 16] = [
    ("j", "Next conversation"),
    ("k", "Conversation before"),
    ("r", "Reply"),
    ("n", "Note for the team"),
    ("a", "Assign to a teammate or a team"),
    ("e", "Close, or open again"),
    ("z", "Snooze"),
    ("t", "Tag"),
    ("u", "Mark unread"),
    ("x", "Select; with Shift, all from the last one selected"),
    ("/", "Find a person's conversations"),
    ("Ctrl Enter", "Send what is written"),
    ("Ctrl B I E K", "Bold, italic, code, a link, while writing"),
    ("Ctrl Z", "Undo what was just done"),
    ("Esc", "Leave the field, close a menu, or select nothing"),
    ("?", "These keys"),
];

/// Listens while nobody writes. What is done is done with those selected, or with the conversation that is shown.
pub fn keys(inbox: Inbox) {
    let navigate = use_navigate();
    let handle = window_event_listener(keydown, move |key| {
        if focus::is_writing() {
            if key.key() == "Escape" && !key.is_composing() {
                focus::leave("#find");
            }
            return;
        }
        if (key.ctrl_key() || key.meta_key()) && key.key() == "z" {
            // The browser's own would put back what was last typed, and sent, into the field below.
            key.prevent_default();
            return focus::click("#undo");
        }
        if key.ctrl_key() || key.meta_key() || key.alt_key() {
            return;
        }
        let go = |by| {
            if let Some(id) = inbox.beside(by) {
                let address = inbox.filter.get_untracked().address(Some(id));
                navigate(&address, Default::default());
            }
        };
        match key.key().as_str() {
            "j" => go(1),
            "k" => go(-1),
            _ if press(inbox, &key) => {}
            _ => return,
        }
        key.prevent_default();
    });
    let outside = window_event_listener(click, |event| menu::close_others(&event));
    on_cleanup(move || {
        handle.remove();
        outside.remove();
    });
}

fn press(inbox: Inbox, key: &KeyboardEvent) -> bool {
    let many = !inbox.selected.read_untracked().is_empty();
    // The thread that stands there still is not the one that these would be meant for.
    let of_thread = !many && matches!(key.key().as_str(), "r" | "n" | "a" | "z" | "t" | "e" | "u");
    if of_thread && untrack(|| inbox.is_opening()) {
        return true;
    }
    let place = |one: &'static str, all: &'static str| if many { all } else { one };
    match key.key().as_str() {
        "r" => focus::click("#compose-reply"),
        "n" => focus::click("#compose-note"),
        "a" => return menu::open(place("#thread-assign", "#selected-assign")),
        "z" => return menu::open(place("#thread-snooze", "#selected-snooze")),
        "t" => return menu::open(place("#thread-tag", "#selected-tag")),
        "e" => focus::click(place("#thread-shelve", "#selected-shelve")),
        "u" => focus::click(place("#thread-unread", "#selected-unread")),
        "/" => focus::focus("#find"),
        "?" => focus::click("#keys-button"),
        "x" | "X" => {
            let focused = focus::data("conversation").and_then(|id| id.parse().ok());
            let Some(id) = focused.or(inbox.current.get_untracked()) else { return false };
            inbox.pick(id, key.shift_key());
        }
        // What the browser closes by itself it closes too.
        "Escape" if menu::close_all() => return false,
        "Escape" if many => inbox.selected.set(BTreeSet::new()),
        // What lies over the thread where there is little room.
        "Escape" => {
            focus::click(".inbox[data-view=\"facts\"] .column-back");
            return false;
        }
        _ => return false,
    }
    true
}

/// The list of keys, behind a button.
#[component]
pub fn KeysHelp() -> impl IntoView {
    let row = |(key, what): (&'static str, &'static str)| {
        let caps = key.split(' ').map(|cap| view! { <kbd>{cap}</kbd> }).collect_view();
        view! {
            <div class="keys-row">
                <dt>{caps}</dt>
                <dd>{what}</dd>
            </div>
        }
    };
    view! {
        <div id="keys" class="dialog keys" popover="auto" role="dialog" aria-label="Keys of the inbox">
            <h2>"Keys"</h2>
            <dl>{KEYS.map(row).into_iter().collect_view()}</dl>
            <div class="form-actions">
                <button class="button" type="button" popovertarget="keys" popovertargetaction="hide" autofocus>
                    "Close"
                </button>
            </div>
        </div>
    }
    .into_any()
}
