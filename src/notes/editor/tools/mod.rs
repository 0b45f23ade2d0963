//! The buttons for formatting, for who has no keys for it or does not know the signs. They come with the code that a note is
//! written in with.

mod keyboard;

use futures::channel::oneshot::Receiver;
use leptos::html::{Div, Textarea};
use leptos::mount::mount_to;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::{HtmlElement, KeyboardEvent};

use super::marks::{self, Mark};
use super::{Desk, Event, Row};
use crate::ui::editor;

/// A button: what it gives, what it is called, which key does the same, and what is drawn on it, on a grid of 20.
struct Tool {
    mark: Mark,
    name: &'static str,
    key: Option<&'static str>,
    path: &'static str,
}

const fn tool(
    mark: Mark,
    name: &'static str,
    key: Option<&'static str>,
    path: &'static str,
) -> Tool {
    Tool { mark, name, key, path }
}

static ALL: [Tool; 8] = [
    tool(
        Mark::Bold,
        "Bold",
        Some("B"),
        "M6 3.5h5a3 3 0 0 1 0 6.5H6zM6 10h6a3.2 3.2 0 0 1 0 6.5H6z",
    ),
    tool(Mark::Italic, "Italic", Some("I"), "M9 4h6M5 16h6M12 4 8 16"),
    tool(Mark::Heading, "Heading", None, "M5 4v12M15 4v12M5 10h10"),
    tool(Mark::List, "List", None, "M8 5h9M8 10h9M8 15h9M3.5 5h.01M3.5 10h.01M3.5 15h.01"),
    tool(Mark::Box, "Check box", None, "M3.5 3.5h13v13h-13zM7 10l2.2 2.2L13.5 8"),
    tool(
        Mark::Link,
        "Link",
        Some("K"),
        "M8.5 11.5a3 3 0 0 0 4.2 0l2.8-2.8a3 3 0 0 0-4.2-4.2l-1 1M11.5 8.5a3 3 0 0 0-4.2 0L4.5 11.3a3 3 0 0 0 4.2 4.2l1-1",
    ),
    tool(Mark::Quote, "Quote", None, "M4 4v12M8 6h9M8 10h9M8 14h6"),
    tool(Mark::Code, "Code", Some("E"), "M7 6l-4 4 4 4M13 6l4 4-4 4"),
];

/// Fills a row of the page with the buttons, until that part of the page is gone.
pub fn fill(row: Row, gone: Receiver<()>) {
    let Row { place, desk, field } = row;
    let shown = mount_to(place, move || view! { <Toolbar desk field /> });
    spawn_local(async move {
        // Whoever would say it is gone along with the page.
        let _ = gone.await;
        drop(shown);
    });
}

/// One stop for who goes by the keyboard; arrows lead from button to button, and Escape back to the text. A press leaves the
/// cursor in the text, so that a phone keeps its keyboard.
#[component]
fn Toolbar(desk: Option<Desk>, field: NodeRef<Textarea>) -> impl IntoView {
    let (bar, at) = (NodeRef::<Div>::new(), RwSignal::new(0));
    let controls = field.get_untracked().map(|field| field.id()).filter(|id| !id.is_empty());
    keyboard::follow();
    let buttons = ALL.iter().enumerate().map(|(n, tool)| {
        let keys = tool.key.map(|key| format!("Control+{key} Meta+{key}"));
        let title = match tool.key {
            Some(key) => format!("{} (Ctrl or ⌘ with {key})", tool.name),
            None => tool.name.to_owned(),
        };
        view! {
            <button
                class="tool"
                type="button"
                aria-label=tool.name
                aria-keyshortcuts=keys
                title=title
                tabindex=move || if at.get() == n { "0" } else { "-1" }
                on:focus=move |_| at.set(n)
                on:click=move |_| press(tool.mark, desk, field)
            >
                <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
                    <path d=tool.path />
                </svg>
            </button>
        }
    });
    view! {
        <div
            node_ref=bar
            class="note-toolbar"
            role="toolbar"
            aria-label="Formatting"
            aria-controls=controls
            on:mousedown=|event| event.prevent_default()
            on:keydown=move |event| step(&event, bar, at, field)
        >
            {buttons.collect_view()}
        </div>
    }
    .into_any()
}

/// Goes along the buttons, or back to the text.
fn step(event: &KeyboardEvent, bar: NodeRef<Div>, at: RwSignal<usize>, field: NodeRef<Textarea>) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let (here, count) = (at.get_untracked(), ALL.len());
    let next = match event.key().as_str() {
        "ArrowRight" => Some((here + 1) % count),
        "ArrowLeft" => Some((here + count - 1) % count),
        "Home" => Some(0),
        "End" => Some(count - 1),
        "Escape" => None,
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    let Some(next) = next else {
        // A field that cannot take the focus leaves it where it is.
        let _ = field.get_untracked().map(|field| field.focus());
        return;
    };
    let all = bar.get_untracked().and_then(|bar| bar.query_selector_all("button").ok());
    let button = all.and_then(|all| all.get(next as u32)?.dyn_into::<HtmlElement>().ok());
    let _ = button.map(|button| button.focus());
}

/// Gives what is selected in the field what the button gives: as what was typed, in one step for who undoes it.
fn press(mark: Mark, desk: Option<Desk>, field: NodeRef<Textarea>) {
    let Some(field) = field.try_get_untracked().flatten() else { return };
    let say = |event| {
        if let Some(desk) = desk {
            desk.say(event);
        }
    };
    // Before anything else is said of the field: by the time that is heard, what comes next stands in it.
    say(Event::Pasted);
    editor::settle(&field);
    let text: Vec<u16> = field.value().encode_utf16().collect();
    let start = field.selection_start().ok().flatten().unwrap_or_default();
    let end = field.selection_end().ok().flatten().unwrap_or(start);
    let made = marks::made(mark, &text, start as usize..end as usize);
    let put = String::from_utf16_lossy(&made.put);
    // Offsets beyond the text are its end, and none of these is.
    let select = |start: usize, end: usize| {
        let _ = field.set_selection_range(start as u32, end as u32);
    };
    select(made.place.start, made.place.end);
    if !editor::fits(&field, &put) {
        return select(start as usize, end as usize);
    }
    editor::insert(&field, &put);
    select(made.selected.start, made.selected.end);
    say(Event::Moved);
}
