//! What notes are found by: the words of their texts.

use std::collections::BTreeSet;

use super::texts;
use crate::error::Error;
use crate::id::{NoteId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Conn, Write};
use crate::ui::markdown;

/// The most words of one note.
const MOST: usize = 2_000;
/// The most characters of a word that are kept.
const LONGEST: usize = 40;
/// How many characters of a script without spaces are kept together.
const TOGETHER: usize = 4;

/// Whether a character is of a script that writes without spaces: then any of them may begin a word.
const fn is_joined(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// The runs of letters and digits of a text, each with the place of its first byte.
pub(super) fn runs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty());
    // Each is a part of the text.
    parts.map(|run| (run.as_ptr().addr() - text.as_ptr().addr(), run))
}

/// Whether a word, folded, begins within a run, and at which of its characters.
pub(super) fn begins_at(run: &str, word: &str) -> Option<usize> {
    let folds = |from: usize| run.chars().skip(from).flat_map(char::to_lowercase);
    let begins = |from: usize| {
        let mut there = folds(from);
        word.chars().all(|c| there.next() == Some(c))
    };
    let joined = |(at, c): (usize, char)| (at == 0 || is_joined(c)).then_some(at);
    run.chars().enumerate().filter_map(joined).find(|at| begins(*at))
}

/// The words that a text is found by, folded.
pub(super) fn of(text: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for (_, run) in runs(text) {
        let run: Vec<char> = run.chars().flat_map(char::to_lowercase).collect();
        let starts = run.iter().enumerate().filter(|(at, c)| *at == 0 || is_joined(**c));
        for (at, c) in starts {
            if words.len() == MOST {
                return words;
            }
            let most = if is_joined(*c) { TOGETHER } else { LONGEST };
            words.insert(run[at..].iter().take(most).collect());
        }
    }
    words
}

/// What is looked for, as words: folded, as long as they are kept.
pub(super) fn asked(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (_, run) in runs(text) {
        let folded: Vec<char> = run.chars().flat_map(char::to_lowercase).collect();
        let joined = folded.first().is_some_and(|c| is_joined(*c));
        let most = if joined { TOGETHER } else { LONGEST };
        let word: String = folded.into_iter().take(most).collect();
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

async fn known(
    c: &mut Conn,
    workspace: WorkspaceId,
    note: NoteId,
) -> Result<BTreeSet<String>, Error> {
    let sql = "select word from note_words where workspace_id = $1 and note_id = $2";
    let rows: Vec<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql).bind(workspace).bind(note).fetch_all(x)
    })?;
    Ok(rows.into_iter().map(|(word,)| word).collect())
}

/// Has a note found by the words of this text, and by no others.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn keep(w: &mut Write<'_>, note: NoteId, body: &str) -> Result<(), Error> {
    let words = of(&markdown::all_words(body));
    let before = known(&mut w.conn, w.workspace, note).await?;
    let list = |words: Vec<&String>| {
        let rows: Vec<_> = words.into_iter().map(|word| [word]).collect();
        serde_json::to_string(&rows).map_err(|_| Error::Internal)
    };
    let (over, new) =
        (list(before.difference(&words).collect())?, list(words.difference(&before).collect())?);
    for (rows, sql) in [
        (
            over,
            "delete from note_words where workspace_id = $1 and note_id = $2 and word in (select value ->> 0 from json_each($3))",
        ),
        (
            new,
            "insert into note_words (workspace_id, word, note_id) select $1, value ->> 0, $2 from json_each($3) where true \
               on conflict (workspace_id, word, note_id) do nothing",
        ),
    ] {
        if rows == "[]" {
            continue;
        }
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(sql).bind(w.workspace).bind(note).bind(&rows).execute(c)
        })?;
    }
    Ok(())
}

/// Has a note found no more.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn forget(w: &mut Write<'_>, note: NoteId) -> Result<(), Error> {
    let sql = "delete from note_words where workspace_id = $1 and note_id = $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(note).execute(c))?;
    Ok(())
}

/// Writes down the words of the notes after a number, at most `limit`; answers how many there were and the last one's number,
/// if there may be more.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn write_words(
    w: &mut Write<'_>,
    after: i64,
    limit: i64,
) -> Result<(i64, Option<i64>), Error> {
    let mut found = Vec::new();
    for sql in [
        "select id from notes where workspace_id = $1 and id > $2 order by id limit $3",
        "select id from parts where workspace_id = $1 and id > $2 and kind = 'note' order by id limit $3",
    ] {
        let rows: Vec<(NoteId,)> = run!(w.conn, |c| {
            sqlx::query_as::<_, (NoteId,)>(sql)
                .bind(w.workspace)
                .bind(after)
                .bind(limit)
                .fetch_all(c)
        })?;
        found.extend(rows.into_iter().map(|(id,)| id));
    }
    found.sort_unstable();
    found.truncate(usize::try_from(limit).unwrap_or_default());
    for id in &found {
        // Held, so that what somebody writes meanwhile is not taken for what it was.
        let text = match texts::held(w, *id).await {
            Err(Error::NotFound) => continue,
            text => text?,
        };
        if text.deleted_at.0 == 0 {
            keep(w, *id, &text.body).await?;
        }
    }
    let next = found.last().filter(|_| found.len() as i64 == limit).map(|id| id.0);
    Ok((found.len() as i64, next))
}

#[cfg(test)]
mod tests {
    use super::{asked, begins_at, of};

    #[test]
    fn words_are_folded_and_any_character_begins_one_where_there_are_no_spaces() {
        let words: Vec<_> = of("They renew in MAY; ask Zoë (again, again).").into_iter().collect();
        assert_eq!(words, ["again", "ask", "in", "may", "renew", "they", "zoë"]);
        let words = of("我们明天续约 OK");
        for word in ["我们明天", "明天续约", "续约", "约", "ok"] {
            assert!(words.contains(word), "{word}: {words:?}");
        }
        assert_eq!(of(&"x".repeat(100)).into_iter().next().map(|w| w.len()), Some(40));
        assert!(of("- !").is_empty());
        let many: String = (0..5_000).map(|n| format!("w{n} ")).collect();
        assert_eq!(of(&many).len(), 2_000);
    }

    #[test]
    fn what_is_asked_for_is_found_where_it_begins() {
        assert_eq!(asked(" Renew, MAY may "), ["renew", "may"]);
        assert_eq!(asked("明天续约吗"), ["明天续约"]);
        assert_eq!(begins_at("Renewal", "renew"), Some(0));
        assert_eq!(begins_at("Renewal", "new"), None);
        assert_eq!(begins_at("我们明天续约", "续约"), Some(4));
        assert_eq!(begins_at("İx", "i\u{307}x"), Some(0), "one letter may fold to two");
    }
}
