//! What is suggested while someone writes: `@` names teammates in notes, `#` inserts saved replies, `:` finds emoji.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::KeyboardEvent;

use super::desk::Desk;
use crate::answers::now;
use crate::conversations::views::state::ThreadState;
use crate::replies::Reply;
use crate::replies::api::filled_replies;
use crate::ui::editor;
use crate::ui::find_emoji;

/// How many are shown.
const MOST: usize = 8;

/// One suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    label: String,
    detail: String,
    text: String,
}

/// The suggestions, and which of them is meant.
#[derive(Clone, Copy)]
pub struct Suggest {
    state: ThreadState,
    choices: RwSignal<Vec<Choice>>,
    at: RwSignal<usize>,
    /// How much of what was typed a choice replaces, as JavaScript counts it.
    typed: StoredValue<usize>,
    replies: RwSignal<Option<Vec<Reply>>>,
}

impl Suggest {
    /// Nothing suggested yet.
    pub fn new(state: ThreadState) -> Self {
        Self {
            state,
            choices: RwSignal::new(Vec::new()),
            at: RwSignal::new(0),
            typed: StoredValue::new(0),
            replies: RwSignal::new(None),
        }
    }

    /// Looks at the word before the cursor.
    pub fn look(self, desk: Desk) {
        let Some(field) = desk.field.get_untracked() else { return };
        let before = editor::before_caret(&field);
        let note = desk.kind.get_untracked() == crate::conversations::PartKind::Note;
        let marks: &[char] = if note { &['@', '#', ':'] } else { &['#', ':'] };
        let Some((mark, word)) = editor::marked_word(&before, marks) else {
            return self.close();
        };
        let typed = mark.len_utf16() + word.encode_utf16().count();
        self.typed.set_value(typed);
        let folded = word.to_lowercase();
        match mark {
            '@' => self.offer(self.names(&folded)),
            '#' => self.replies(desk, &folded),
            _ if folded.chars().count() >= 2 => self.emoji(desk, folded, typed),
            _ => self.close(),
        }
    }

    fn names(self, word: &str) -> Vec<Choice> {
        let thread = now(&self.state.thread);
        let all = thread.map(|t| t.teammates).unwrap_or_default();
        let fits = |name: &str| {
            let name = name.to_lowercase();
            name.starts_with(word) || name.split_whitespace().any(|part| part.starts_with(word))
        };
        all.into_iter()
            .filter(|(_, name)| fits(name))
            .map(|(_, name)| Choice {
                text: format!("@{name} "),
                label: name,
                detail: String::new(),
            })
            .take(MOST)
            .collect()
    }

    fn replies(self, desk: Desk, word: &str) {
        if let Some(replies) = self.replies.get_untracked() {
            let fits = |r: &Reply| format!("{} {}", r.name, r.body).to_lowercase().contains(word);
            let choice = |r: Reply| Choice { label: r.name, detail: r.body.clone(), text: r.body };
            return self.offer(replies.into_iter().filter(fits).map(choice).take(MOST).collect());
        }
        spawn_local(async move {
            if let Ok(found) = filled_replies(self.state.id).await {
                self.replies.try_set(Some(found));
                self.look(desk);
            }
        });
    }

    fn emoji(self, desk: Desk, word: String, typed: usize) {
        spawn_local(async move {
            let Ok(found) = find_emoji(word).await else { return };
            // What was typed meanwhile is looked at by itself.
            if self.typed.try_get_value() == Some(typed) && desk.field.try_get_untracked().is_some()
            {
                let choice = |(sign, name): (String, String)| Choice {
                    label: format!("{sign} {name}"),
                    detail: String::new(),
                    text: sign,
                };
                self.offer(found.into_iter().map(choice).take(MOST).collect());
            }
        });
    }

    fn offer(self, choices: Vec<Choice>) {
        self.at.set(0);
        self.choices.set(choices);
    }

    /// Suggests nothing.
    pub fn close(self) {
        if self.choices.try_with_untracked(|c| !c.is_empty()).unwrap_or(false) {
            self.choices.set(Vec::new());
        }
    }

    /// The element that is meant, for readers.
    pub fn active(self) -> Option<String> {
        let at = self.at.get();
        self.choices.with(|c| (at < c.len()).then(|| format!("suggestion-{at}")))
    }

    /// Answers a key while something is suggested; false where it means what it always does.
    pub fn key(self, desk: Desk, key: &KeyboardEvent) -> bool {
        let count = self.choices.with_untracked(Vec::len);
        if count == 0 || key.ctrl_key() || key.meta_key() {
            return false;
        }
        match key.key().as_str() {
            "ArrowDown" => self.at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => self.at.update(|at| *at = (*at + count - 1) % count),
            "Enter" | "Tab" => self.take(desk, self.at.get_untracked()),
            "Escape" => self.close(),
            _ => return false,
        }
        true
    }

    fn take(self, desk: Desk, at: usize) {
        let choice = self.choices.with_untracked(|c| c.get(at).cloned());
        if let (Some(choice), Some(field)) = (choice, desk.field.get_untracked()) {
            self.close();
            editor::replace_before(&field, self.typed.get_value(), &choice.text);
            self.close();
        }
    }
}

/// The list above the field.
#[component]
pub fn Suggestions(desk: Desk) -> impl IntoView {
    let suggest = desk.suggest;
    let list = move || {
        let choices = suggest.choices.get();
        let rows = choices.into_iter().enumerate().map(|(n, choice)| {
            view! {
                <li
                    id=format!("suggestion-{n}")
                    role="option"
                    aria-selected=move || (suggest.at.get() == n).to_string()
                    on:mousedown=move |press| {
                        press.prevent_default();
                        suggest.take(desk, n);
                    }
                >
                    <strong dir="auto">{choice.label}</strong>
                    <span class="quiet" dir="auto">
                        {choice.detail}
                    </span>
                </li>
            }
        });
        rows.collect_view()
    };
    view! {
        <ul
            class="suggestions"
            id="compose-suggestions"
            role="listbox"
            aria-label="Suggestions"
            hidden=move || suggest.choices.with(Vec::is_empty)
        >
            {list}
        </ul>
    }
    .into_any()
}
