//! A thread as it is shown: parts of one author together, days apart, and what is on its way at the end.

use std::collections::BTreeSet;

use crate::conversations::outbox::Entry;
use crate::conversations::{Happened, Part, PartKind};
use crate::id::PartId;
use crate::stream::Line;
use crate::time::Time;

/// For how long parts of one author stand together, in milliseconds: ten minutes.
const TOGETHER: i64 = 10 * 60 * 1000;

/// One row of a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is, and all that can change of it: a row with another key is drawn anew.
    pub key: String,
    /// What it shows.
    pub what: What,
    /// The heading of the day that begins with it.
    pub day: Option<String>,
    /// Whether it begins a run of one author's, and so says who and when.
    pub head: bool,
    /// Whether it is the newest message that the person has seen.
    pub seen: bool,
}

/// What a row shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A part that the server has.
    Part(Part),
    /// What happened besides.
    Happened(Line),
    /// What is on its way.
    Waiting(Entry),
}

/// The rows of parts in order, of what happened between them, and of what is on its way. A note in `written` is being written in
/// here: it stays as it is until it is closed, also when somebody else has deleted it.
pub fn rows(
    parts: Vec<Part>,
    happened: Vec<Happened>,
    waiting: Vec<Entry>,
    read: PartId,
    written: &BTreeSet<PartId>,
) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::with_capacity(parts.len() + waiting.len());
    // What happened before the first part stands with those that are not loaded.
    let begin = parts.first().map_or(Time(0), |p| p.at.at);
    let mut happened = happened.into_iter().filter(|h| h.line.at.at >= begin).peekable();
    let ours = |p: &&Part| p.ours && p.kind == PartKind::Message && p.id <= read;
    let seen = parts.iter().filter(ours).map(|p| p.id).next_back();
    let waiting: Vec<_> = waiting
        .into_iter()
        .filter(|e| !parts.iter().any(|p| p.client_id == e.item.client_id))
        .collect();
    let mut before: Option<&Part> = None;
    let mut day_before = String::new();
    // A day begins with whatever was first on it.
    let mut begins = |day: &String| {
        let begins = day_before != *day;
        day_before.clone_from(day);
        begins.then(|| day.clone())
    };
    for part in &parts {
        let between = rows.len();
        while let Some(Happened { day, line }) = happened.next_if(|h| h.line.at.at < part.at.at) {
            rows.push(aside(line, begins(&day)));
        }
        let day = begins(&part.day);
        let head =
            day.is_some() || rows.len() > between || before.is_none_or(|b| !together(b, part));
        let seen = seen == Some(part.id);
        // A note stays while it is written in, perhaps here; what was said to a person does not change.
        let edited = if part.kind == PartKind::Note { 0 } else { part.edited_at.0 };
        let deleted = part.deleted && !written.contains(&part.id);
        let state = (edited, deleted, part.files.len());
        let key = format!("{}/{state:?}/{head}/{seen}/{}", part.client_id, day.is_some());
        rows.push(Row { key, what: What::Part(part.clone()), day, head, seen });
        before = Some(part);
    }
    rows.extend(happened.map(|Happened { day, line }| aside(line, begins(&day))));
    rows.extend(waiting.into_iter().map(|entry| Row {
        key: format!("{}/{:?}", entry.item.client_id, entry.failed),
        what: What::Waiting(entry),
        day: None,
        head: false,
        seen: false,
    }));
    rows
}

fn aside(line: Line, day: Option<String>) -> Row {
    let key = format!("seq-{}/{}", line.seq, day.is_some());
    Row { key, what: What::Happened(line), day, head: false, seen: false }
}

fn together(a: &Part, b: &Part) -> bool {
    a.ours == b.ours
        && a.kind == b.kind
        && a.teammate == b.teammate
        && a.author == b.author
        && b.at.at.0 - a.at.at.0 < TOGETHER
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::rows;
    use crate::conversations::outbox::{Entry, Item};
    use crate::conversations::{Happened, Part, PartKind};
    use crate::id::{ConversationId, PartId, TeammateId};
    use crate::stream::{Kind, Line};
    use crate::time::{Stamp, Time};

    fn part(id: i64, minute: i64, ours: bool) -> Part {
        let at = Time(minute * 60_000);
        let text = String::new;
        Part {
            id: PartId(id),
            client_id: format!("c{id}"),
            kind: PartKind::Message,
            ours,
            teammate: TeammateId(i64::from(ours)),
            author: if ours { "Ada".into() } else { "Grace".into() },
            body: text(),
            html: text(),
            at: Stamp { at, exact: text(), clock: text(), iso: text(), ago: text() },
            day: if minute < 1_440 { "Monday".into() } else { "Tuesday".into() },
            edited_at: Time(0),
            edited_by: Vec::new(),
            version: 1,
            deleted: false,
            returns: false,
            files: Vec::new(),
        }
    }

    #[test]
    fn parts_of_one_author_stand_together_within_a_day() {
        let parts = vec![
            part(1, 0, true),
            part(2, 5, true),
            part(3, 6, false),
            part(4, 30, false),
            part(5, 1_440, false),
        ];
        let rows = rows(parts, Vec::new(), Vec::new(), PartId(2), &BTreeSet::new());
        assert_eq!(
            rows.iter().map(|r| r.head).collect::<Vec<_>>(),
            [true, false, true, true, true]
        );
        assert_eq!(
            rows.iter().filter_map(|r| r.day.as_deref()).collect::<Vec<_>>(),
            ["Monday", "Tuesday"]
        );
        assert_eq!(
            rows.iter().map(|r| r.seen).collect::<Vec<_>>(),
            [false, true, false, false, false]
        );
    }

    #[test]
    fn a_day_begins_with_whatever_was_first_on_it() {
        let happened = |seq: i64, minute: i64| {
            let Part { day, at, .. } = part(seq, minute, true);
            let line = Line {
                seq,
                kind: Kind::ConversationClosed,
                actor: None,
                person: None,
                name: String::new(),
                html: String::new(),
                deleted: None,
                href: None,
                at,
                detail: Vec::new(),
            };
            Happened { day, line }
        };
        let parts = vec![part(1, 0, true), part(2, 1_500, false)];
        let asides = vec![happened(7, 10), happened(8, 1_450), happened(9, 1_460)];
        let rows = rows(parts, asides, Vec::new(), PartId(0), &BTreeSet::new());
        let days: Vec<_> = rows.iter().map(|r| r.day.as_deref()).collect();
        assert_eq!(days, [Some("Monday"), None, Some("Tuesday"), None, None]);
    }

    #[test]
    fn a_note_stays_while_it_is_written_in() {
        let note = |version: i64| Part {
            kind: PartKind::Note,
            version,
            edited_at: Time(version),
            body: version.to_string(),
            ..part(1, 0, true)
        };
        let in_it = |part: Part, written: &BTreeSet<PartId>| {
            rows(vec![part], Vec::new(), Vec::new(), PartId(0), written)[0].key.clone()
        };
        let key = |part: Part| in_it(part, &BTreeSet::new());
        assert_eq!(key(note(1)), key(note(2)));
        let deleted = Part { deleted: true, ..note(2) };
        assert_ne!(key(note(2)), key(deleted.clone()));
        assert_eq!(key(note(2)), in_it(deleted, &BTreeSet::from([PartId(1)])));
    }

    #[test]
    fn what_the_server_has_is_not_on_its_way_any_more() {
        let entry = |id: &str| Entry {
            item: Item {
                client_id: id.into(),
                teammate: TeammateId(1),
                conversation: ConversationId(1),
                kind: PartKind::Message,
                body: "x".into(),
                files: Vec::new(),
                written: 0,
            },
            failed: None,
            sent: true,
        };
        let waiting = vec![entry("c1"), entry("c2")];
        let parts = vec![part(1, 0, true)];
        let rows = rows(parts, Vec::new(), waiting, PartId(0), &BTreeSet::new());
        assert_eq!(rows.len(), 2);
        let keys: std::collections::BTreeSet<_> = rows.iter().map(|r| &r.key).collect();
        assert_eq!(keys.len(), 2);
    }
}
