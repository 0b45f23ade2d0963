//! Finding notes by their words, wherever they stand: the newest first, a page at a time.

use std::collections::HashMap;

use super::texts::Home;
use super::{Found, FoundNotes, NoteId, mentions, words};
use crate::contacts::title_of;
use crate::error::Error;
use crate::id::{ContactId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Conn, Statement};
use crate::time::Time;
use crate::ui::markdown;

/// The most words that a search looks at.
const WORDS: usize = 6;
/// How many notes a page has.
const PAGE: i64 = 30;
/// From how many rows on a word is common: then its notes are read in their order until a page is full.
const COMMON: i64 = 2_000;
/// How many words may begin alike and still be read each in its order.
const FORMS: i64 = 40;
/// Of fewer letters a word is meant whole: too many begin so.
const BEGINNING: usize = 3;
/// How many characters stand before the first word that was found, and in all.
const BEFORE: usize = 60;
const SHOWN: usize = 240;

/// The notes of a workspace that have all these words, or words that begin so; those before a number, the newest first.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn search(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    find: &str,
    before: Option<NoteId>,
) -> Result<FoundNotes, Error> {
    let mut asked = words::asked(find);
    asked.truncate(WORDS);
    if asked.is_empty() {
        return Ok(FoundNotes { notes: Vec::new(), next: None });
    }
    let mut ids = matching(c, workspace, &asked, before).await?;
    let more = ids.len() as i64 > PAGE;
    ids.truncate(PAGE as usize);
    let next = ids.last().copied().filter(|_| more);
    let mut rows = read(c, workspace, &ids).await?;
    let found = |id| rows.remove(&id).and_then(|row| row.shown(dates, &asked));
    Ok(FoundNotes { notes: ids.into_iter().filter_map(found).collect(), next })
}

/// Adds that a word is this one, or begins so.
fn push_word(s: &mut Statement, word: &str) {
    if word.is_ascii() && word.len() < BEGINNING {
        s.push(" and word = ").text(word);
    } else {
        s.begins(word);
    }
}

/// Adds that a note stands before a number and has these words as well, which an index has under its number.
fn push_rest(s: &mut Statement, workspace: WorkspaceId, before: i64, others: &[&String]) {
    s.push(" and w.note_id < ").number(before);
    for word in others {
        s.push(" and exists (select 1 from note_words y where y.workspace_id = ");
        s.number(workspace.0).push(" and y.note_id = w.note_id");
        push_word(s, word);
        s.push(")");
    }
}

/// The numbers of a page of notes, and of one more if there is one. The rarest word leads.
async fn matching(
    c: &mut Conn,
    workspace: WorkspaceId,
    asked: &[String],
    before: Option<NoteId>,
) -> Result<Vec<NoteId>, Error> {
    let mut counted = Vec::with_capacity(asked.len());
    for word in asked {
        let mut s = Statement::new(
            "select count(*) from (select 1 as one from note_words where workspace_id = ",
        );
        push_word(s.number(workspace.0), word);
        s.push(" limit ").number(COMMON).push(") n");
        let (count,): (i64,) = s.fetch_one(c).await?;
        counted.push((count, word));
    }
    counted.sort_unstable();
    let (least, lead) = counted[0];
    let others: Vec<_> = counted[1..].iter().map(|(_, word)| *word).collect();
    let before = before.map_or(i64::MAX, |id| id.0);
    let forms = if least < COMMON { Vec::new() } else { forms(c, workspace, lead).await? };
    let mut s = Statement::default();
    if forms.is_empty() {
        s.push("select distinct w.note_id from note_words w where w.workspace_id = ");
        push_word(s.number(workspace.0), lead);
        push_rest(&mut s, workspace, before, &others);
    } else {
        s.push("select distinct f.note_id from (");
        for (n, form) in forms.iter().enumerate() {
            s.push(if n > 0 { " union all select * from (" } else { "select * from (" });
            s.push("select w.note_id from note_words w where w.workspace_id = ");
            s.number(workspace.0).push(" and w.word = ").text(form.clone());
            push_rest(&mut s, workspace, before, &others);
            s.push(" order by w.note_id desc limit ").number(PAGE + 1).push(") x");
        }
        s.push(") f");
    }
    s.push(if forms.is_empty() {
        " order by w.note_id desc limit "
    } else {
        " order by f.note_id desc limit "
    });
    s.number(PAGE + 1).planned_anew();
    let rows: Vec<(NoteId,)> = s.fetch_all(c).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The words that begin like a common one; none where they are too many to be read each by itself.
async fn forms(c: &mut Conn, workspace: WorkspaceId, word: &str) -> Result<Vec<String>, Error> {
    if word.is_ascii() && word.len() < BEGINNING {
        return Ok(vec![word.to_owned()]);
    }
    let sql = "with recursive forms (word) as (select min(word) from note_words where workspace_id = $1 and word >= $2 and word < $3 \
               union all select (select min(n.word) from note_words n where n.workspace_id = $1 and n.word > forms.word and n.word < $3) \
               from forms where forms.word is not null) select word from forms where word is not null limit $4";
    let rows: Vec<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql)
            .bind(workspace)
            .bind(word)
            .bind(format!("{word}\u{10ffff}"))
            .bind(FORMS + 1)
            .fetch_all(x)
    })?;
    let few = rows.len() as i64 <= FORMS;
    Ok(if few { rows.into_iter().map(|(word,)| word).collect() } else { Vec::new() })
}

/// A note that was found, as the database has it.
#[derive(sqlx::FromRow)]
struct Row {
    id: NoteId,
    owner_kind: String,
    owner_id: i64,
    contact: ContactId,
    name: Option<String>,
    email: Option<String>,
    external_id: Option<String>,
    author: Option<String>,
    body: String,
    created_at: Time,
}

const NOTES: &str = "select n.id, n.owner_kind, n.owner_id, case when n.owner_kind = 'contact' then n.owner_id else 0 end as contact, \
     coalesce(p.name, k.name) as name, p.email, coalesce(p.external_id, k.company_id) as external_id, a.name as author, n.body, n.created_at \
     from json_each($2) j cross join notes n \
     left join contacts p on n.owner_kind = 'contact' and p.workspace_id = n.workspace_id and p.id = n.owner_id \
     left join companies k on n.owner_kind = 'company' and k.workspace_id = n.workspace_id and k.id = n.owner_id \
     left join teammates a on a.workspace_id = n.workspace_id and a.id = n.author_id \
     where n.workspace_id = $1 and n.id = cast(j.value ->> 0 as bigint) and n.deleted_at = 0";
const PARTS: &str = "select n.id, 'conversation' as owner_kind, n.conversation_id as owner_id, v.contact_id as contact, p.name, p.email, \
     p.external_id, a.name as author, n.body, n.created_at from json_each($2) j cross join parts n \
     join conversations v on v.workspace_id = n.workspace_id and v.id = n.conversation_id \
     join contacts p on p.workspace_id = v.workspace_id and p.id = v.contact_id \
     left join teammates a on a.workspace_id = n.workspace_id and a.id = n.author_id \
     where n.workspace_id = $1 and n.id = cast(j.value ->> 0 as bigint) and n.kind = 'note' and n.deleted_at = 0";

async fn read(
    c: &mut Conn,
    workspace: WorkspaceId,
    ids: &[NoteId],
) -> Result<HashMap<NoteId, Row>, Error> {
    let mut found = HashMap::new();
    let ids: Vec<_> = ids.iter().map(|id| [id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    for sql in [NOTES, PARTS] {
        let rows: Vec<Row> =
            run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(&ids).fetch_all(x))?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

impl Row {
    fn shown(self, dates: &Dates, asked: &[String]) -> Option<Found> {
        let called = [&self.name, &self.email, &self.external_id];
        let home = Home::new(&self.owner_kind, self.owner_id).ok()?;
        let about = match home {
            Home::Owner(owner) => {
                let title = called.into_iter().flatten().find(|name| !name.is_empty());
                mentions::about(owner, title.cloned().unwrap_or_default())
            }
            Home::Conversation(_) => {
                format!("Conversation with {}", title_of(self.contact, called))
            }
        };
        let text = around(&markdown::all_words(&self.body), asked);
        Some(Found {
            id: self.id,
            address: home.address(self.id),
            about,
            author: self.author,
            at: dates.stamp(self.created_at),
            text,
        })
    }
}

/// What stands around the first word that was found; words that were are marked.
fn around(text: &str, asked: &[String]) -> Vec<(String, bool)> {
    let mut marks: Vec<(usize, usize)> = Vec::new();
    for (at, run) in words::runs(text) {
        let places = asked.iter().filter_map(|word| Some((words::begins_at(run, word)?, word)));
        let Some((skipped, word)) = places.min() else { continue };
        let from: usize = run.chars().take(skipped).map(char::len_utf8).sum();
        // A word that begins so is marked whole; where there are no spaces, what was asked for.
        let long = if skipped == 0 && run.is_ascii() {
            run.len()
        } else {
            run[from..].chars().take(word.chars().count()).map(char::len_utf8).sum()
        };
        marks.push((at + from, at + from + long));
    }
    let first = marks.first().map_or(0, |mark| mark.0);
    let start = text[..first].char_indices().rev().take(BEFORE).last().map_or(first, |(at, _)| at);
    // No word is cut in two, unless it is a very long one.
    let start = match text[start..first].find(' ') {
        Some(space) if start > 0 => start + space + 1,
        _ => start,
    };
    let end = text[start..].char_indices().nth(SHOWN).map_or(text.len(), |(at, _)| start + at);
    let end = match text[first..end].rfind(' ') {
        Some(space) if end < text.len() => first + space,
        _ => end,
    };
    let mut out = Vec::new();
    let mut put = |words: &str, found: bool| {
        if !words.is_empty() {
            out.push((words.to_owned(), found));
        }
    };
    put(if start > 0 { "… " } else { "" }, false);
    let mut at = start;
    for (from, to) in marks.into_iter().filter(|(from, to)| *from >= start && *to <= end) {
        put(&text[at..from], false);
        put(&text[from..to], true);
        at = to;
    }
    put(&text[at..end], false);
    put(if end < text.len() { " …" } else { "" }, false);
    out
}

#[cfg(test)]
mod tests {
    use super::around;

    fn shown(text: &str, asked: &[&str]) -> String {
        let asked: Vec<_> = asked.iter().map(|&word| word.to_owned()).collect();
        let mark =
            |(words, found): (String, bool)| if found { format!("[{words}]") } else { words };
        around(text, &asked).into_iter().map(mark).collect()
    }

    #[test]
    fn the_words_around_what_was_found_are_shown() {
        assert_eq!(shown("They renew in May.", &["ren", "may"]), "They [renew] in [May].");
        assert_eq!(shown("我们明天续约", &["续约"]), "我们明天[续约]");
        assert_eq!(shown("Zoë asks", &["zo"]), "[Zo]ë asks");
        let long = format!("{} the renewal {}", "word ".repeat(100), "more ".repeat(100));
        let around = shown(&long, &["renew"]);
        assert!(around.starts_with("… word ") && around.ends_with(" …"), "{around}");
        assert!(around.contains(" the [renewal] more"), "{around}");
        assert!(around.ends_with(" more …"), "{around}");
        assert_eq!(shown("nothing of it", &["else"]), "nothing of it");
        let one = "续".repeat(300);
        assert_eq!(shown(&one, &["约"]), format!("{} …", "续".repeat(240)), "a very long word");
    }
}
