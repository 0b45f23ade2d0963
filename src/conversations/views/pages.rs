//! What the browser holds of a list: pages between cursors, some of them read again, some let go.

use std::collections::HashSet;

use crate::conversations::{Line, Lines};
use crate::id::ConversationId;

/// How many rows before the end the next page is asked for.
const AHEAD: usize = 100;
/// How many pages on either side of what is shown keep their rows.
const KEPT: usize = 20;

/// A page of the list: what lies between two cursors.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Page {
    after: Option<String>,
    until: Option<String>,
    /// Nothing where the rows were let go; `len` says how many there were.
    lines: Option<Vec<Line>>,
    len: usize,
    stale: bool,
}

/// A list as far as it was scrolled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pages {
    pages: Vec<Page>,
}

/// A page to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Which.
    pub page: usize,
    /// The cursor that it begins after.
    pub after: Option<String>,
    /// The cursor that it ends with, where it is known.
    pub until: Option<String>,
}

/// A row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowKey {
    /// A conversation.
    Line(ConversationId),
    /// One that is on its way, by its place.
    Gap(usize),
}

impl Pages {
    /// A list that begins with a page.
    pub fn begin(first: Lines, after: Option<String>) -> Self {
        let mut pages = Self { pages: vec![Page::empty(after, None)] };
        pages.put(0, first);
        pages
    }

    /// How many rows there are, as far as the list is known.
    pub fn len(&self) -> usize {
        self.pages.iter().map(|p| p.len).sum()
    }

    /// The rows from one place to another.
    pub fn rows(&self, from: usize, to: usize) -> Vec<RowKey> {
        let (mut rows, mut at) = (Vec::new(), 0);
        for page in &self.pages {
            for n in from.max(at)..to.min(at + page.len) {
                let line = page.lines.as_ref().and_then(|lines| lines.get(n - at));
                rows.push(line.map_or(RowKey::Gap(n), |line| RowKey::Line(line.id)));
            }
            at += page.len;
        }
        rows
    }

    /// A conversation, if its row is held.
    pub fn line(&self, id: ConversationId) -> Option<&Line> {
        self.lines().find(|line| line.id == id)
    }

    /// The place of a conversation, if its row is held.
    pub fn place(&self, id: ConversationId) -> Option<usize> {
        let mut at = 0;
        for page in &self.pages {
            let found = page.lines.iter().flatten().position(|line| line.id == id);
            if let Some(found) = found {
                return Some(at + found);
            }
            at += page.len;
        }
        None
    }

    /// The conversation at a place, if its row is held.
    pub fn at(&self, place: usize) -> Option<ConversationId> {
        match self.rows(place, place + 1).first() {
            Some(RowKey::Line(id)) => Some(*id),
            _ => None,
        }
    }

    /// The first page that rows from one place to another need, and that is not there or not true any more.
    pub fn wanted(&self, from: usize, to: usize) -> Option<Wanted> {
        let mut at = 0;
        for (n, page) in self.pages.iter().enumerate() {
            let seen = at < to && at + page.len > from || n == 0 && page.stale;
            if seen && (page.stale || page.lines.is_none()) {
                return Some(Wanted {
                    page: n,
                    after: page.after.clone(),
                    until: page.until.clone(),
                });
            }
            at += page.len;
        }
        let end = self.pages.last()?.until.clone()?;
        (to + AHEAD > at).then_some(Wanted {
            page: self.pages.len(),
            after: Some(end),
            until: None,
        })
    }

    /// Says that everything may have changed.
    pub fn expire(&mut self) {
        for page in &mut self.pages {
            page.stale = true;
        }
    }

    /// Puts a page that was asked for. Answers the conversations that came, or look different now.
    pub fn put(&mut self, n: usize, lines: Lines) -> Vec<ConversationId> {
        if n > self.pages.len() {
            return Vec::new();
        }
        if n == self.pages.len() {
            let after = self.pages.last().and_then(|p| p.until.clone());
            self.pages.push(Page::empty(after, None));
        }
        let changed = lines.lines.iter().filter(|new| {
            // What is new at the end was only scrolled to.
            self.line(new.id).map_or(n + 1 < self.pages.len() || n == 0, |old| old.differs(new))
        });
        let changed: Vec<_> = changed.map(|line| line.id).collect();
        // A conversation that moved is in one place only.
        let here: HashSet<_> = lines.lines.iter().map(|line| line.id).collect();
        for (other, page) in self.pages.iter_mut().enumerate() {
            if let Some(held) = page.lines.as_mut().filter(|_| other != n) {
                held.retain(|line| !here.contains(&line.id));
                page.len = held.len();
            }
        }
        let Some(page) = self.pages.get_mut(n) else { return changed };
        // More arrived than a page takes: what follows is asked for anew.
        let cut = page.until.is_some() && page.until != lines.next;
        page.until = lines.next;
        page.len = lines.lines.len();
        page.lines = Some(lines.lines);
        page.stale = false;
        if cut {
            self.pages.truncate(n + 1);
        }
        changed
    }

    /// Lets go of rows that are far from those shown.
    pub fn forget(&mut self, from: usize) {
        let mut at = 0;
        let shown = self.pages.iter().position(|page| {
            at += page.len;
            at > from
        });
        let shown = shown.unwrap_or(0);
        for (n, page) in self.pages.iter_mut().enumerate() {
            if n.abs_diff(shown) > KEPT {
                page.lines = None;
            }
        }
    }

    fn lines(&self) -> impl Iterator<Item = &Line> {
        self.pages.iter().flat_map(|p| p.lines.iter().flatten())
    }
}

impl Page {
    const fn empty(after: Option<String>, until: Option<String>) -> Self {
        Self { after, until, lines: None, len: 0, stale: true }
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Pages, RowKey};
    use crate::conversations::{Line, Lines, State};
    use crate::id::{ContactId, ConversationId, TeamId, TeammateId};
    use crate::time::{Stamp, Time};

    fn line(id: i64) -> Line {
        let at = Stamp {
            at: Time(0),
            exact: String::new(),
            clock: String::new(),
            iso: String::new(),
            ago: String::new(),
        };
        Line {
            id: ConversationId(id),
            contact: ContactId(1),
            title: String::new(),
            picture: None,
            company: None,
            last: String::new(),
            last_is_note: false,
            last_part: 0,
            at,
            waits: None,
            state: State::Open,
            snoozed: None,
            waiting: false,
            assignee: None,
            assignee_id: TeammateId(0),
            team: None,
            team_id: TeamId(0),
            priority: false,
            unread: false,
            tags: Vec::new(),
        }
    }

    fn lines(ids: impl IntoIterator<Item = i64>, next: Option<&str>) -> Lines {
        Lines { seq: 1, lines: ids.into_iter().map(line).collect(), next: next.map(str::to_owned) }
    }

    #[test]
    fn a_list_grows_page_by_page_and_keeps_its_places() {
        let mut pages = Pages::begin(lines(0..50, Some("a")), None);
        let wanted = pages.wanted(0, 20).expect("the next page");
        assert_eq!((wanted.page, wanted.after.as_deref()), (1, Some("a")));
        pages.put(1, lines(50..80, None));
        assert_eq!(pages.len(), 80);
        assert_eq!(pages.place(ConversationId(55)), Some(55));
        assert_eq!(pages.at(79), Some(ConversationId(79)));
        assert_eq!(pages.wanted(70, 80), None, "that is all");
    }

    #[test]
    fn what_moved_to_the_top_is_there_once() {
        let mut pages = Pages::begin(lines(0..50, Some("a")), None);
        pages.put(1, lines(50..100, Some("b")));
        pages.expire();
        let wanted = pages.wanted(60, 80).expect("the top first");
        assert_eq!((wanted.page, wanted.until.as_deref()), (0, Some("a")));
        let changed = pages.put(0, lines(std::iter::once(70).chain(0..50), Some("a")));
        assert!(changed.is_empty(), "they look as they did");
        assert_eq!(pages.len(), 100);
        assert_eq!(pages.place(ConversationId(70)), Some(0));
        assert_eq!(pages.wanted(60, 80).expect("what is seen").page, 1);
        let mut other = line(3);
        other.priority = true;
        let mut again = lines(0..3, Some("a"));
        again.lines.push(other);
        assert_eq!(pages.put(0, again), [ConversationId(3)]);
    }

    #[test]
    fn a_top_that_grew_too_long_begins_anew() {
        let mut pages = Pages::begin(lines(0..50, Some("a")), None);
        pages.put(1, lines(50..100, Some("b")));
        pages.put(0, lines(1000..1200, Some("c")));
        assert_eq!(pages.len(), 200);
        assert_eq!(pages.wanted(150, 200).and_then(|w| w.after).as_deref(), Some("c"));
    }

    #[test]
    fn far_pages_let_go_of_their_rows_and_come_back() {
        let mut pages = Pages::begin(lines(0..50, Some("0")), None);
        for n in 1..60 {
            let next = n.to_string();
            pages.put(n, lines(n as i64 * 50..(n as i64 + 1) * 50, Some(&next)));
        }
        pages.forget(2_990);
        assert_eq!(pages.len(), 3_000);
        assert_eq!(pages.rows(0, 1), [RowKey::Gap(0)]);
        assert!(pages.at((60 - KEPT) * 50).is_some());
        let wanted = pages.wanted(100, 120).expect("it was let go");
        assert_eq!(
            (wanted.page, wanted.after.as_deref(), wanted.until.as_deref()),
            (2, Some("1"), Some("2"))
        );
    }
}
