//! A list of what is suggested for the word before the cursor, in a field that somebody writes in.

use leptos::prelude::*;
use leptos::web_sys::{HtmlTextAreaElement, KeyboardEvent};

use super::editor;

/// How many are shown.
pub const MOST: usize = 8;

/// One suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What it is called.
    pub label: String,
    /// More about it.
    pub detail: String,
    /// What takes the place of the word.
    pub text: String,
}

impl Choice {
    /// A teammate, who is named with `@`.
    pub fn named(name: String) -> Self {
        Self { text: format!("@{name} "), label: name, detail: String::new() }
    }
}

/// The suggestions, and which of them is meant.
#[derive(Clone, Copy)]
pub struct Choices {
    /// What its elements are called on the page; each list has a name of its own.
    name: StoredValue<String>,
    list: RwSignal<Vec<Choice>>,
    at: RwSignal<usize>,
    /// How much of what was typed a choice replaces, as JavaScript counts it.
    typed: StoredValue<usize>,
}

impl Choices {
    /// Nothing suggested yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: StoredValue::new(name.into()),
            list: RwSignal::new(Vec::new()),
            at: RwSignal::new(0),
            typed: StoredValue::new(0),
        }
    }

    /// The word before the cursor, if it begins with one of these marks; a choice takes its place from now on.
    pub fn word(self, field: &HtmlTextAreaElement, marks: &[char]) -> Option<(char, String)> {
        let before = editor::before_caret(field);
        let (mark, word) = editor::marked_word(&before, marks)?;
        self.typed.set_value(mark.len_utf16() + word.encode_utf16().count());
        Some((mark, word.to_owned()))
    }

    /// Suggests the names that go on as what stands before the cursor does, from their second word on.
    pub fn offer_names(self, field: &HtmlTextAreaElement, names: impl FnOnce() -> Vec<String>) {
        let before = editor::before_caret(field);
        let Some(begun) = editor::begun_name(&before) else { return self.close() };
        let folded = begun.to_lowercase();
        let goes_on = |name: &String| {
            let name = name.to_lowercase();
            name != folded && name.starts_with(&folded)
        };
        let found: Vec<_> = names().into_iter().filter(goes_on).collect();
        if found.is_empty() {
            return self.close();
        }
        self.typed.set_value(1 + begun.encode_utf16().count());
        self.offer(found.into_iter().map(Choice::named));
    }

    /// How much of what was typed a choice replaces; nothing when the list is gone.
    pub fn typed(self) -> Option<usize> {
        self.typed.try_get_value()
    }

    /// Suggests these, the first ones of them.
    pub fn offer(self, choices: impl IntoIterator<Item = Choice>) {
        self.at.set(0);
        self.list.set(choices.into_iter().take(MOST).collect());
    }

    /// Suggests nothing.
    pub fn close(self) {
        if self.list.try_with_untracked(|c| !c.is_empty()).unwrap_or(false) {
            self.list.set(Vec::new());
        }
    }

    /// What the list is called on the page.
    pub fn list_id(self) -> String {
        self.name.get_value()
    }

    /// The element that is meant, for readers.
    pub fn active(self) -> Option<String> {
        let at = self.at.get();
        self.list.with(|c| (at < c.len()).then(|| self.item_id(at)))
    }

    fn item_id(self, at: usize) -> String {
        format!("{}-{at}", self.name.get_value())
    }

    /// Answers a key while something is suggested; false where it means what it always does.
    pub fn key(self, field: NodeRef<leptos::html::Textarea>, key: &KeyboardEvent) -> bool {
        let count = self.list.with_untracked(Vec::len);
        if count == 0 || key.ctrl_key() || key.meta_key() || editor::composes(key) {
            return false;
        }
        match key.key().as_str() {
            "ArrowDown" => self.at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => self.at.update(|at| *at = (*at + count - 1) % count),
            "Enter" | "Tab" => self.take(field, self.at.get_untracked()),
            "Escape" => self.close(),
            _ => return false,
        }
        true
    }

    fn take(self, field: NodeRef<leptos::html::Textarea>, at: usize) {
        let choice = self.list.with_untracked(|c| c.get(at).cloned());
        if let (Some(choice), Some(field)) = (choice, field.get_untracked()) {
            self.close();
            editor::settle(&field);
            editor::replace_before(&field, self.typed.get_value(), &choice.text);
            self.close();
        }
    }
}

/// The names that a word begins, or that have a part that it begins.
pub fn fitting(names: Vec<String>, word: &str) -> Vec<Choice> {
    let word = word.to_lowercase();
    let fits = |name: &String| {
        let name = name.to_lowercase();
        name.starts_with(&word) || name.split_whitespace().any(|part| part.starts_with(&word))
    };
    names.into_iter().filter(fits).map(Choice::named).take(MOST).collect()
}

/// The list above the field, or below one at the top of the screen (`data-below`); `data-caret` says in which half of a tall one the
/// cursor stands.
#[component]
pub fn ChoiceList(choices: Choices, field: NodeRef<leptos::html::Textarea>) -> impl IntoView {
    let list = move || {
        let rows = choices.list.get().into_iter().enumerate().map(|(n, choice)| {
            view! {
                <li
                    id=choices.item_id(n)
                    role="option"
                    aria-selected=move || (choices.at.get() == n).to_string()
                    on:mousedown=move |press| {
                        press.prevent_default();
                        choices.take(field, n);
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
            id=choices.list_id()
            role="listbox"
            aria-label="Suggestions"
            hidden=move || choices.list.with(Vec::is_empty)
            data-below=move || {
                choices.list.track();
                field.get().is_some_and(|field| editor::is_at_top(&field)).then_some("on")
            }
            data-caret=move || {
                choices.list.track();
                let is_low = field.get().and_then(|field| editor::is_low(&field));
                is_low.map(|is_low| if is_low { "low" } else { "high" })
            }
        >
            {list}
        </ul>
    }
    .into_any()
}
