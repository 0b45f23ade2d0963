//! What was typed together and is not in the note's text yet, as turns: who wrote, and the text that it came to. It is found
//! from the rows of updates, so that it is the same whichever process somebody is connected to, and after one was killed.

use super::document::Document;
use super::documents::{self, Row, Standing};
use super::writers::Writers;
use crate::error::Error;
use crate::id::{NoteId, TeammateId, WorkspaceId};
use crate::server::db::Conn;
use crate::time::Time;

/// How long somebody types nothing until they have stopped, in milliseconds.
pub(super) const QUIET: i64 = 1_500;
/// How many turns are told apart at once; where more were taken all of it is one, so that nobody makes rows without end.
const MOST: usize = 20;

/// What somebody wrote without another's writing in between or, where several wrote at once, what these did.
pub(super) struct Turn {
    /// Who wrote.
    pub writers: Writers,
    /// When the last of it came; the epoch where that is not known.
    pub at: Time,
    /// The text then.
    pub text: String,
}

/// The turns that a note's text lacks.
pub(super) struct Unwritten {
    /// In their order.
    pub turns: Vec<Turn>,
    /// How far the document had come, and its text.
    standing: Option<Standing>,
}

impl Unwritten {
    /// Whether the text lacks nothing.
    pub fn is_empty(&self) -> bool {
        self.standing.is_none_or(|s| s.last == s.projected)
    }

    /// Whether it is all of it still, as the document stands now.
    pub fn is_all(&self, now: Standing) -> bool {
        self.standing == Some(now)
    }
}

/// Finds out what a note's text lacks. `known` is the document's text as of an update, where the caller has it: it is enough
/// where one alone wrote.
pub(super) async fn read(
    c: &mut Conn,
    workspace: WorkspaceId,
    note: NoteId,
    known: Option<(&str, i64)>,
) -> Result<Unwritten, Error> {
    loop {
        let standing = documents::standing(c, workspace, note).await?;
        let Some(Standing { last, projected }) = standing.filter(|s| s.last > s.projected) else {
            return Ok(Unwritten { turns: Vec::new(), standing });
        };
        let found = documents::whole(c, workspace, note, projected).await?;
        let (folded, mut rows) = found.map_or((0, Vec::new()), |(_, folded, rows)| (folded, rows));
        rows.retain(|row| row.n <= last);
        let ends = ends(&rows);
        let text = match (known, ends.len()) {
            (Some((text, n)), ..=1) if n == last => Some(vec![text.to_owned()]),
            _ => texts(c, (workspace, note), folded.max(projected), &rows, &ends).await?,
        };
        // Somebody else wrote it into the note meanwhile.
        let Some(texts) = text else { continue };
        return Ok(Unwritten { turns: turns(&rows, &ends, texts), standing });
    }
}

/// The text at the end of each turn; `None` where the rows of some are folded by now.
async fn texts(
    c: &mut Conn,
    (workspace, note): (WorkspaceId, NoteId),
    start: i64,
    rows: &[Row],
    ends: &[usize],
) -> Result<Option<Vec<String>>, Error> {
    let found = documents::whole(c, workspace, note, -1).await?;
    let Some((state, folded, before)) = found.filter(|(_, folded, _)| *folded <= start) else {
        return Ok(None);
    };
    let state = state.unwrap_or_default();
    let before = before.iter().filter(|row| row.n > folded && row.n <= start);
    let before = std::iter::once(state.as_slice()).chain(before.map(|row| row.data.as_slice()));
    let refused = |refused| documents::unreadable(note, refused);
    let document = Document::of_updates(before).map_err(refused)?;
    let (mut texts, mut done) = (Vec::new(), 0);
    for end in ends {
        let part = rows[done..*end].iter().map(|row| row.data.as_slice());
        document.take(part).map_err(refused)?;
        texts.push(document.text());
        done = *end;
    }
    // An older version folded rows before the note had their text.
    if ends.is_empty() {
        texts.push(document.text());
    }
    Ok(Some(texts))
}

fn turns(rows: &[Row], ends: &[usize], texts: Vec<String>) -> Vec<Turn> {
    let starts = std::iter::once(&0).chain(ends);
    let turn = |((start, end), text): ((&usize, &usize), String)| {
        let rows = &rows[*start..*end];
        let writers = Writers::typed(rows.iter().map(|row| row.teammate_id));
        Turn { writers, at: rows.last().map_or(Time(0), |row| row.at), text }
    };
    if ends.is_empty() {
        let nobody = Writers::alone(TeammateId(0));
        let unknown = |text| Turn { writers: nobody.clone(), at: Time(0), text };
        return texts.into_iter().map(unknown).collect();
    }
    starts.zip(ends).zip(texts).map(turn).collect()
}

/// Whether who made the first of these rows and the last made both in one go.
fn goes_on(rows: &[Row]) -> bool {
    let paused = rows.first().zip(rows.last()).is_some_and(|(a, b)| b.at.0 - a.at.0 >= QUIET);
    // Where nobody else wrote, a pause parts nothing.
    rows.len() == 2 || !paused
}

/// Where turns end: the number of rows up to each end. Who goes on while another writes has no turn alone.
fn ends(rows: &[Row]) -> Vec<usize> {
    // Stretches of what each typed without a pause: by whom, and the first and the last row.
    let mut stretches: Vec<(TeammateId, usize, usize)> = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let own = stretches.iter_mut().rev().find(|s| s.0 == row.teammate_id);
        match own {
            Some((_, _, last)) if goes_on(&rows[*last..=place]) => *last = place,
            _ => stretches.push((row.teammate_id, place, place)),
        }
    }
    let mut ends: Vec<usize> = Vec::new();
    for (_, first, last) in stretches {
        match ends.last_mut() {
            Some(end) if first < *end => *end = (*end).max(last + 1),
            _ => ends.push(last + 1),
        }
    }
    if ends.len() > MOST { vec![rows.len()] } else { ends }
}

#[cfg(test)]
mod tests {
    use super::{MOST, ends};
    use crate::id::TeammateId;
    use crate::notes::documents::Row;
    use crate::time::Time;

    /// The turns of rows that are given by who and when, as the writers of each.
    fn cut(rows: &[(char, i64)]) -> Vec<String> {
        let row = |(n, (by, at)): (usize, &(char, i64))| Row {
            n: n as i64,
            teammate_id: TeammateId(*by as i64),
            at: Time(*at),
            data: Vec::new(),
        };
        let made: Vec<_> = rows.iter().enumerate().map(row).collect();
        let mut done = 0;
        let turn =
            |end: usize| rows[std::mem::replace(&mut done, end)..end].iter().map(|r| r.0).collect();
        ends(&made).into_iter().map(turn).collect()
    }

    #[test]
    fn who_takes_turns_has_one_each_and_who_writes_at_once_is_in_one_with_the_others() {
        assert!(cut(&[]).is_empty());
        assert_eq!(cut(&[('a', 0), ('a', 400), ('g', 500), ('g', 600)]), ["aa", "gg"]);
        assert_eq!(cut(&[('a', 0), ('g', 100), ('a', 200), ('g', 300)]), ["agag"]);
        // Grace writes a word in the middle of what Ada writes.
        assert_eq!(cut(&[('a', 0), ('g', 100), ('a', 1_499)]), ["aga"]);
        // Ada has stopped for a while before she goes on.
        assert_eq!(cut(&[('a', 0), ('g', 100), ('a', 1_500)]), ["a", "g", "a"]);
        // Two at once, then a third, then the first again.
        assert_eq!(
            cut(&[('a', 0), ('g', 1), ('a', 2), ('e', 3), ('e', 4), ('g', 1_600)]),
            ["aga", "ee", "g"]
        );
        // Each is in the midst of another's.
        assert_eq!(cut(&[('a', 0), ('g', 1), ('a', 2), ('e', 3), ('g', 4), ('e', 5)]), ["agaege"]);
    }

    #[test]
    fn nobody_makes_turns_without_end() {
        let rows = |n: u32| (0..n).map(|k| (char::from_u32(97 + k).unwrap_or('a'), i64::from(k)));
        assert_eq!(cut(&rows(MOST as u32).collect::<Vec<_>>()).len(), MOST);
        assert_eq!(cut(&rows(MOST as u32 + 1).collect::<Vec<_>>()).len(), 1);
    }
}
