//! What is suggested while someone writes: `@` names teammates in notes, `#` inserts saved replies, `:` finds emoji.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::desk::Desk;
use crate::answers::now;
use crate::conversations::views::state::ThreadState;
use crate::replies::Reply;
use crate::replies::api::filled_replies;
use crate::ui::find_emoji;
use crate::ui::{Choice, Choices, fitting};

/// The suggestions.
#[derive(Clone, Copy)]
pub struct Suggest {
    state: ThreadState,
    /// What is suggested now.
    pub choices: Choices,
    replies: RwSignal<Option<Vec<Reply>>>,
}

impl Suggest {
    /// Nothing suggested yet.
    pub fn new(state: ThreadState) -> Self {
        let choices = Choices::new("compose-suggestions");
        Self { state, choices, replies: RwSignal::new(None) }
    }

    /// Looks at the word before the cursor.
    pub fn look(self, desk: Desk) {
        let Some(field) = desk.field.get_untracked() else { return };
        let note = desk.kind.get_untracked() == crate::conversations::PartKind::Note;
        let marks: &[char] = if note { &['@', '#', ':'] } else { &['#', ':'] };
        let Some((mark, word)) = self.choices.word(&field, marks) else {
            // Only a note names anybody.
            let names = || if note { self.names() } else { Vec::new() };
            return self.choices.offer_names(&field, names);
        };
        let folded = word.to_lowercase();
        match mark {
            '@' => self.choices.offer(fitting(self.names(), &folded)),
            '#' => self.replies(desk, &folded),
            _ if folded.chars().count() >= 2 => self.emoji(desk, folded),
            _ => self.choices.close(),
        }
    }

    fn names(self) -> Vec<String> {
        let thread = now(&self.state.thread);
        let all = thread.map(|t| t.teammates).unwrap_or_default();
        all.into_iter().map(|(_, name)| name).collect()
    }

    fn replies(self, desk: Desk, word: &str) {
        if let Some(replies) = self.replies.get_untracked() {
            let fits = |r: &Reply| format!("{} {}", r.name, r.body).to_lowercase().contains(word);
            let choice = |r: Reply| Choice { label: r.name, detail: r.words, text: r.body };
            return self.choices.offer(replies.into_iter().filter(fits).map(choice));
        }
        spawn_local(async move {
            if let Ok(found) = filled_replies(self.state.id).await {
                self.replies.try_set(Some(found));
                self.look(desk);
            }
        });
    }

    fn emoji(self, desk: Desk, word: String) {
        let typed = self.choices.typed();
        spawn_local(async move {
            let Ok(found) = find_emoji(word).await else { return };
            // What was typed meanwhile is looked at by itself.
            if self.choices.typed() == typed && desk.field.try_get_untracked().is_some() {
                let choice = |(sign, name): (String, String)| Choice {
                    label: format!("{sign} {name}"),
                    detail: String::new(),
                    text: sign,
                };
                self.choices.offer(found.into_iter().map(choice));
            }
        });
    }
}
