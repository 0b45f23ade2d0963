//! Choosing an emoji. The names are the server's, so that the browser carries none of them.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::html::{Div, Input};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use leptos::web_sys::KeyboardEvent;

use crate::error::Error;
use crate::ui::focus;

/// Emoji whose names or short codes have some words in them, at most 64; the usual faces for no words.
///
/// # Errors
/// None of its own.
#[server(prefix = "/do", endpoint = "emoji", input = GetUrl)]
pub async fn find_emoji(words: String) -> Result<Vec<(String, String)>, Error> {
    let words: Vec<_> = words.split(['_', ' ']).map(str::to_lowercase).collect();
    let fits = |emoji: &&emojis::Emoji| {
        words.iter().all(|word| {
            emoji.name().contains(word.as_str())
                || emoji.shortcodes().any(|code| code.contains(word.as_str()))
        })
    };
    let found = emojis::iter().filter(fits).take(64);
    Ok(found.map(|e| (e.as_str().to_owned(), e.name().to_owned())).collect())
}

/// A field to search in, and what was found; arrows move among it, Enter takes the first.
#[component]
pub fn EmojiPicker(
    /// Called with what was chosen.
    choose: Callback<String>,
    /// Called when nothing was.
    close: Callback<()>,
) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let found = LocalResource::new(move || find_emoji(words.get()));
    let list = move || found.get().and_then(Result::ok).unwrap_or_default();
    let (field, panel) = (NodeRef::<Input>::new(), NodeRef::<Div>::new());
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            // A field that cannot take the focus leaves it where it is.
            let _ = field.focus();
        }
    });
    let keys = move |key: KeyboardEvent| {
        let step = match key.key().as_str() {
            "Escape" => return close.run(()),
            "Enter"
                if field.get_untracked().is_some_and(|f| f.matches(":focus").unwrap_or(false)) =>
            {
                key.prevent_default();
                if let Some((sign, _)) = list().into_iter().next() {
                    choose.run(sign);
                }
                return;
            }
            "ArrowRight" => 1,
            "ArrowLeft" => -1,
            "ArrowDown" => 8,
            "ArrowUp" => -8,
            _ => return,
        };
        if focus::step(".emoji-list button", step) {
            key.prevent_default();
        }
    };
    view! {
        <div class="emoji" node_ref=panel role="dialog" aria-label="Emoji" on:keydown=keys>
            <input
                class="input"
                type="search"
                node_ref=field
                aria-label="Search emoji"
                placeholder="Search"
                on:input:target=move |event| words.set(event.target().value())
            />
            <div class="emoji-list">
                {move || {
                    list()
                        .into_iter()
                        .map(|(sign, name)| {
                            let text = sign.clone();
                            view! {
                                <button type="button" aria-label=name.clone() title=name on:click=move |_| choose.run(text.clone())>
                                    {sign}
                                </button>
                            }
                        })
                        .collect_view()
                }}
            </div>
        </div>
    }
    .into_any()
}
