//! Statements composed at run time, from constant pieces and bound values.

use std::time::Instant;

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow};

use super::slow::{SAID, composed};
use super::{Conn, Raw, failed};
use crate::error::Error;

/// A value bound to a statement.
#[derive(Debug, Clone, PartialEq)]
enum Bound {
    Number(i64),
    Float(f64),
    Text(String),
}

/// A statement with its values, for either engine.
macro_rules! prepared {
    ($statement:expr, $row:ty, $kept:expr) => {{
        let begin = sqlx::query_as::<_, $row>(AssertSqlSafe($statement.sql)).persistent($kept);
        $statement.bound.into_iter().fold(begin, |query, value| match value {
            Bound::Number(n) => query.bind(n),
            Bound::Float(f) => query.bind(f),
            Bound::Text(t) => query.bind(t),
        })
    }};
}

/// Text in which nothing has a meaning to `like … escape '\'`.
pub fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// A statement that grows piece by piece. Pieces are constants of the program; whatever comes from
/// outside goes through [`number`](Self::number), [`float`](Self::float) and [`text`](Self::text).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Statement {
    sql: String,
    bound: Vec<Bound>,
    anew: bool,
}

impl Statement {
    /// Begins with a piece.
    pub fn new(piece: &'static str) -> Self {
        Self { sql: piece.to_owned(), ..Self::default() }
    }

    /// Has PostgreSQL plan it for its values each time. A statement that is kept gets, after five times, one plan for all
    /// values (<https://www.postgresql.org/docs/current/sql-prepare.html>), which is bad where some values are rare
    /// and others are not. Planning costs a millisecond or two, of many lists put together more.
    pub fn planned_anew(&mut self) -> &mut Self {
        self.anew = true;
        self
    }

    /// Adds a piece.
    pub fn push(&mut self, piece: &'static str) -> &mut Self {
        self.sql.push_str(piece);
        self
    }

    /// Adds a whole number as a parameter.
    pub fn number(&mut self, value: i64) -> &mut Self {
        self.bind(Bound::Number(value))
    }

    /// Adds a number as a parameter.
    pub fn float(&mut self, value: f64) -> &mut Self {
        self.bind(Bound::Float(value))
    }

    /// Adds text as a parameter.
    pub fn text(&mut self, value: impl Into<String>) -> &mut Self {
        self.bind(Bound::Text(value.into()))
    }

    /// Adds that the column `word` begins with this one, as a range of an index.
    pub fn begins(&mut self, word: &str) -> &mut Self {
        // No text that begins so comes after the last character there is.
        self.push(" and word >= ").text(word).push(" and word < ").text(format!("{word}\u{10ffff}"))
    }

    fn bind(&mut self, value: Bound) -> &mut Self {
        self.bound.push(value);
        self.sql.push('$');
        self.sql.push_str(&self.bound.len().to_string());
        self
    }

    /// What stands for it in the log: its beginning, in which there is no value.
    fn said(&self) -> String {
        self.sql.chars().take(SAID).collect()
    }

    /// Runs it and answers every row.
    pub async fn fetch_all<T>(self, conn: &mut Conn) -> Result<Vec<T>, Error>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        conn.hurry().await?;
        let (began, said) = (Instant::now(), self.said());
        let found = match conn.raw() {
            Raw::Sqlite(c) => prepared!(self, T, true).fetch_all(c).await,
            Raw::Postgres(c) => prepared!(self, T, !self.anew).fetch_all(c).await,
        };
        if found.is_ok() {
            conn.whole();
        }
        let found = found.map_err(failed);
        composed(began, said, matches!(found, Err(Error::TooSlow)));
        found
    }

    /// Runs it and answers its only row.
    pub async fn fetch_one<T>(self, conn: &mut Conn) -> Result<T, Error>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        self.fetch_all(conn).await?.into_iter().next().ok_or(Error::Internal)
    }

    /// Answers all numbers that its last common table, which is called `found` and has one column `id`, finds, in no order.
    /// They come as one value, each engine's cheapest: row by row, handing a million over takes longer than finding them.
    ///
    /// # Errors
    /// As [`fetch_all`](Self::fetch_all).
    pub async fn numbers(mut self, conn: &mut Conn) -> Result<Vec<u64>, Error> {
        conn.hurry().await?;
        let (began, said) = (Instant::now(), self.said());
        let found = match conn.raw() {
            Raw::Sqlite(c) => {
                self.push(" select coalesce(string_agg(id, ','), '') from found");
                prepared!(self, (String,), true).fetch_one(c).await.map(|(text,)| Sent::Text(text))
            }
            Raw::Postgres(c) => {
                self.push(" select coalesce(array_agg(cast(id as bigint)), '{}') from found");
                let sent = prepared!(self, (Vec<i64>,), !self.anew).fetch_one(c).await;
                sent.map(|(all,)| Sent::Numbers(all))
            }
        };
        if found.is_ok() {
            conn.whole();
        }
        let found = found.map_err(failed);
        composed(began, said, matches!(found, Err(Error::TooSlow)));
        match found? {
            Sent::Text(text) => {
                let read = tokio::task::spawn_blocking(move || numbers_in(text.as_bytes()));
                read.await.map_err(|_| Error::Internal)
            }
            Sent::Numbers(all) => Ok(all.into_iter().map(i64::cast_unsigned).collect()),
        }
    }
}

/// Numbers as an engine hands them over.
enum Sent {
    Text(String),
    Numbers(Vec<i64>),
}

/// Reads numbers with commas between them.
fn numbers_in(text: &[u8]) -> Vec<u64> {
    if text.is_empty() {
        return Vec::new();
    }
    let digits = |word: &[u8]| word.iter().fold(0, |n, digit| n * 10 + u64::from(digit & 15));
    text.split(|byte| *byte == b',').map(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::numbers_in;

    #[test]
    fn numbers_are_read_from_text() {
        assert_eq!(numbers_in(b""), [0; 0]);
        assert_eq!(numbers_in(b"7"), [7]);
        assert_eq!(numbers_in(b"20,9007199254740992,3"), [20, 1 << 53, 3]);
    }
}
