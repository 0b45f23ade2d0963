//! What is suggested while someone writes: `@` names teammates in notes, `#` inserts saved replies and in notes finds whom and what
//! they can lead to, `:` finds emoji.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::desk::Desk;
use crate::answers::now;
use crate::conversations::views::state::ThreadState;
use crate::notes::api::note_links;
use crate::notes::views::link;
use crate::replies::Reply;
use crate::replies::api::filled_replies;
use crate::ui::find_emoji;
use crate::ui::{Choice, Choices, fitting};

/// How many of them a note can lead to, at most: the others are saved replies.
const LINKS: usize = 5;

/// The saved replies that have a word.
fn fits(replies: Vec<Reply>, word: &str) -> impl Iterator<Item = Choice> {
    let has = move |r: &Reply| format!("{} {}", r.name, r.body).to_lowercase().contains(word);
    let choice = |r: Reply| Choice { label: r.name, detail: r.words, text: r.body };
    replies.into_iter().filter(has).map(choice)
}

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
            '#' if note => self.links(desk, word),
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

    /// What a note can lead to comes before what can be put into it. What was typed meanwhile is looked at by itself.
    fn links(self, desk: Desk, word: String) {
        // A second mark makes a heading of it.
        if word.starts_with('#') {
            return self.choices.close();
        }
        spawn_local(async move {
            let found = note_links(word.clone()).await.unwrap_or_default();
            if self.replies.try_get_untracked() == Some(None)
                && let Ok(replies) = filled_replies(self.state.id).await
            {
                self.replies.try_set(Some(replies));
            }
            let replies = self.replies.try_get_untracked().flatten().unwrap_or_default();
            let Some(field) = desk.field.try_get_untracked().flatten() else { return };
            if self.choices.word(&field, &['#']).is_some_and(|(_, now)| now == word) {
                let links = found.into_iter().take(LINKS).map(link);
                self.choices.offer(links.chain(fits(replies, &word.to_lowercase())));
            }
        });
    }

    fn replies(self, desk: Desk, word: &str) {
        if let Some(replies) = self.replies.get_untracked() {
            return self.choices.offer(fits(replies, word));
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
