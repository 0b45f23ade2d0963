//! What people are found by: beginnings of the words of their name, e-mail address and ids.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::id::ContactId;
use crate::run;
use crate::server::db::{Changed, Write};

/// The most words of one person.
const MOST: usize = 24;
/// The most characters of a word that are kept.
const LONGEST: usize = 60;

/// What somebody's words are made of.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub id: ContactId,
    pub external_id: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

/// The words in texts: each whole text, and its parts between what are neither letters nor digits; folded.
pub(super) fn words_of<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for text in texts {
        let text = text.trim().to_lowercase();
        let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty());
        for word in std::iter::once(text.as_str()).chain(parts) {
            if words.len() < MOST && !word.is_empty() {
                words.insert(word.chars().take(LONGEST).collect());
            }
        }
    }
    words
}

/// Adds words of a person who is new.
pub(super) async fn add(
    w: &mut Write<'_>,
    contact: ContactId,
    texts: &[&str],
) -> Result<(), Error> {
    let words = words_of(texts.iter().copied());
    insert(w, words.into_iter().map(|word| (word, contact)).collect()).await
}

/// Adds words to people.
pub(super) async fn insert(w: &mut Write<'_>, rows: Vec<(String, ContactId)>) -> Result<(), Error> {
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let sql = "insert into contact_words (workspace_id, word, contact_id) \
               select $1, value ->> 0, cast(value ->> 1 as bigint) from json_each($2) where true \
               on conflict (workspace_id, word, contact_id) do nothing";
    let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(&rows).execute(c))?;
    Ok(())
}

/// Writes the words of a person anew; of one who was merged away nothing stays.
pub(super) async fn rewrite(w: &mut Write<'_>, contact: ContactId) -> Result<(), Error> {
    let gone = "delete from contact_words where workspace_id = $1 and contact_id = $2";
    let _: Changed =
        run!(w.conn, |c| sqlx::query(gone).bind(w.workspace).bind(contact).execute(c))?;
    let sql = "select id, external_id, name, email, phone from contacts where workspace_id = $1 and id = $2 and merged_into = 0";
    let row: Option<Row> = run!(w.conn, |c| {
        sqlx::query_as::<_, Row>(sql).bind(w.workspace).bind(contact).fetch_optional(c)
    })?;
    insert(w, row.iter().flat_map(of).collect()).await
}

/// Somebody's words.
pub(super) fn of(row: &Row) -> Vec<(String, ContactId)> {
    let texts = [&row.external_id, &row.name, &row.email].into_iter().flatten();
    let mut words = words_of(texts.map(String::as_str));
    if let Some(phone) = &row.phone {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        words.extend((digits.len() >= 4).then_some(digits));
    }
    words.into_iter().map(|word| (word, row.id)).collect()
}

/// Writes the words of the people after a number, at most `limit`; answers how many there were and the last one's
/// number, if there may be more.
pub async fn write_words(
    w: &mut Write<'_>,
    after: i64,
    limit: i64,
) -> Result<(i64, Option<i64>), Error> {
    let sql = "select id, external_id, name, email, phone from contacts where workspace_id = $1 and id > $2 and merged_into = 0 \
               order by id limit $3";
    let rows: Vec<Row> = run!(w.conn, |c| {
        sqlx::query_as::<_, Row>(sql).bind(w.workspace).bind(after).bind(limit).fetch_all(c)
    })?;
    insert(w, rows.iter().flat_map(of).collect()).await?;
    let next = rows.last().filter(|_| rows.len() as i64 == limit).map(|r| r.id.0);
    Ok((rows.len() as i64, next))
}

#[cfg(test)]
mod tests {
    use super::words_of;

    #[test]
    fn words_are_parts_and_wholes_folded() {
        let words: Vec<_> =
            words_of(["Grace Brewster-Hopper", "grace@navy.mil"]).into_iter().collect();
        let expected = [
            "brewster",
            "grace",
            "grace brewster-hopper",
            "grace@navy.mil",
            "hopper",
            "mil",
            "navy",
        ];
        assert_eq!(words, expected);
        assert!(words_of(["李明"]).contains("李明"));
        assert!(words_of(["  "]).is_empty());
    }
}
