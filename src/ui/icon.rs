//! Line icons, drawn on a grid of 20; how they are drawn stands in the style sheet, since a page has dozens of them.

use leptos::prelude::*;

/// An icon by name; it is decoration, so a word stands beside it.
#[component]
pub fn Icon(
    /// Which one.
    name: &'static str,
) -> impl IntoView {
    let path = match name {
        "people" => {
            "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 16.5c0-3 2.5-5 5.5-5s5.5 2 5.5 5M13 4a3 3 0 0 1 0 5.5M15 12c2 .6 3 2.3 3 4.5"
        }
        "company" => "M4 17V4h8v13M12 8h4v9M2 17h16M7 7h2M7 10h2M7 13h2",
        "event" => "M11 2 4 11.5h5L8 18l8-10h-5.5z",
        "tag" => "M3 3h6.5L17 10.5 10.5 17 3 9.5zM6.5 6.5h.01",
        "note" => "M4 3h12v10l-4 4H4zM12 17v-4h4M7 7h6M7 10h4",
        "change" => "M13 3l4 4-9 9H4v-4zM11 5l4 4",
        "copy" => "M7 7h9v9H7zM4 13V4h9",
        "done" => "M4 10l4 4 8-8",
        "settings" => "M3 6h7M14 6h3M3 14h3M10 14h7M12 4v4M8 12v4",
        "file" => "M11 3H5v14h10V7zM11 3v4h4",
        "clip" => {
            "M15 9l-5.5 5.5a3 3 0 0 1-4.2-4.2L11 4.6a2 2 0 0 1 2.8 2.8l-5.6 5.6a1 1 0 0 1-1.4-1.4L11.5 7"
        }
        "smile" => {
            "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM7 8.5h.01M13 8.5h.01M7 12c.8 1 1.8 1.5 3 1.5s2.2-.5 3-1.5"
        }
        "reply" => "M8 5L3 10l5 5M3 10h8c3.5 0 6 2 6 5",
        "link" => {
            "M8.5 11.5a3 3 0 0 0 4.2 0l2.8-2.8a3 3 0 0 0-4.2-4.2l-1 1M11.5 8.5a3 3 0 0 0-4.2 0L4.5 11.3a3 3 0 0 0 4.2 4.2l1-1"
        }
        "send" => "M17 3L3 9l5 2.5M17 3l-5 14-4-5.5M17 3l-9 8.5",
        "message" => "M3 4h14v10H9l-4 3v-3H3z",
        "created" => "M10 4v12M4 10h12",
        "out" => "M8 3H4v14h4M13 6l4 4-4 4M17 10H8",
        _ => "M10 10h.01",
    };
    view! {
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
            <path d=path />
        </svg>
    }
}
