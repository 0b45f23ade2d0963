//! What a text can be given by a click: weight, links, lists, emoji, files, saved replies.

use leptos::prelude::*;

use super::desk::Desk;
use crate::ui::{EmojiPicker, Icon, upload};

/// A row of small buttons; each has its word for readers.
#[component]
pub fn Toolbar(desk: Desk) -> impl IntoView {
    let emoji = RwSignal::new(false);
    let mark =
        move |sign: &'static str, word: &'static str, before: &'static str, after: &'static str| {
            view! {
                <button
                    class="tool"
                    type="button"
                    aria-label=word
                    title=word
                    data-sign=word
                    on:click=move |_| desk.wrap(before, after)
                >
                    {sign}
                </button>
            }
        };
    let replies = move || match desk.is_note() {
        true => "Saved replies, and what the note leads to: type #",
        false => "Saved replies: type #",
    };
    // A note has those of every note.
    let marks = move || {
        view! {
            {mark("B", "Bold", "**", "**")}
            {mark("I", "Italic", "_", "_")}
            {mark("</>", "Code", "`", "`")}
            {mark("•", "List", "\n- ", "")}
            <button class="tool" type="button" aria-label="Link" title="Link" on:click=move |_| desk.wrap("[", "](https://)")>
                <Icon name="link" />
            </button>
        }
    };
    view! {
        <div class="composer-tools" role="group" aria-label="Format">
            {move || (!desk.is_note()).then(marks)}
            <button
                class="tool"
                type="button"
                aria-label="Emoji"
                title="Emoji"
                aria-expanded=move || emoji.get().to_string()
                on:click=move |_| emoji.update(|open| *open = !*open)
            >
                <Icon name="smile" />
            </button>
            <button class="tool" type="button" aria-label="Saved replies" title=replies on:click=move |_| desk.insert("#")>
                "#"
            </button>
            <label class="tool tool-file" title="Attach files, at most 25 MB each; no programs">
                <Icon name="clip" />
                <span class="visually-hidden">"Attach files"</span>
                <input
                    type="file"
                    name="file"
                    multiple
                    on:change=move |event| desk.upload(upload::chosen(&event))
                />
            </label>
            <Show when=move || emoji.get()>
                <EmojiPicker
                    choose=Callback::new(move |sign: String| {
                        emoji.set(false);
                        desk.insert(&sign);
                    })
                    close=Callback::new(move |()| {
                        emoji.set(false);
                        desk.turn(desk.kind.get_untracked(), true);
                    })
                />
            </Show>
        </div>
    }
    .into_any()
}
