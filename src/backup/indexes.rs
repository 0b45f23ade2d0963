//! The indexes of a SQLite file that is filled.

use sqlx::{AssertSqlSafe, SqliteConnection};

/// Laid aside while rows arrive and made again once all are there: each row would look for its place in every one of them, in pages
/// that are long out of memory (60,000 people with what belongs to them: five minutes, most of it that).
#[derive(Default)]
pub struct Indexes {
    /// What makes each.
    made: Vec<String>,
    /// What the planner knows: of which table and index, and the numbers.
    known: Vec<(String, Option<String>, Option<String>)>,
}

impl Indexes {
    /// Takes them out of an empty database, and keeps what the migrations told the planner of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lay_aside(c: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        let sql = "select name, sql from sqlite_master where type = 'index' and sql is not null order by rowid";
        let found: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&mut *c).await?;
        let sql = "select count(*) from sqlite_master where name = 'sqlite_stat1'";
        let (told,): (i64,) = sqlx::query_as(sql).fetch_one(&mut *c).await?;
        let mut known = Vec::new();
        if told > 0 {
            let sql = "select cast(tbl as text), cast(idx as text), cast(stat as text) from sqlite_stat1 order by rowid";
            known = sqlx::query_as(sql).fetch_all(&mut *c).await?;
        }
        for (name, _) in &found {
            // The name is the catalog's, where only migrations write.
            let sql = format!("drop index \"{name}\"");
            sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(&mut *c).await?;
        }
        Ok(Self { made: found.into_iter().map(|(_, sql)| sql).collect(), known })
    }

    /// Makes them over what is there now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn make_again(self, c: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        for sql in self.made {
            sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(&mut *c).await?;
        }
        if self.known.is_empty() {
            return Ok(());
        }
        // An index that goes takes its numbers along.
        sqlx::query("delete from sqlite_stat1").execute(&mut *c).await?;
        for (table, index, numbers) in self.known {
            let sql = "insert into sqlite_stat1 (tbl, idx, stat) values ($1, $2, $3)";
            sqlx::query(sql).bind(table).bind(index).bind(numbers).execute(&mut *c).await?;
        }
        Ok(())
    }
}
