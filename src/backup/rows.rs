//! Rows out of a database and into it. Names of tables and columns come from the database's own catalog, where only
//! migrations write; every value is bound.

use futures::stream::{BoxStream, StreamExt as _};
use sqlx::{AssertSqlSafe, Row as _};

use super::table::{Row, Table, Tally, Type, Value, written};
use crate::run;
use crate::server::db::{Changed, Conn, Raw};

/// Parameters that one statement may have on either engine (SQLite takes 32,766).
const PARAMETERS: usize = 30_000;
/// Rows that one statement writes at most.
const ROWS: usize = 500;

/// Every table with its columns, by name; the migrations' own table is left out.
///
/// # Errors
/// A sentence that names what a backup could not hold.
pub async fn tables(c: &mut Conn) -> Result<Vec<Table>, String> {
    let sql = match c.raw() {
        Raw::Sqlite(_) => {
            "select t.name, c.name, case when t.type = 'table' then lower(c.type) else t.type end from pragma_table_list t \
             join pragma_table_info(t.name) c where t.schema = 'main' and t.type in ('table', 'virtual') \
             and t.name not like 'sqlite!_%' escape '!' and t.name <> '_sqlx_migrations' order by t.name, c.name"
        }
        Raw::Postgres(_) => {
            "select c.table_name::text, c.column_name::text, c.data_type::text from information_schema.columns c \
             join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name \
             where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER' \
             and c.table_name <> '_sqlx_migrations' order by c.table_name collate \"C\", c.column_name collate \"C\""
        }
    };
    type Line = (String, String, String);
    let lines: Vec<Line> =
        run!(c, |x| sqlx::query_as::<_, Line>(sql).fetch_all(x)).map_err(|e| e.to_string())?;
    let mut tables: Vec<Table> = Vec::new();
    for (table, column, word) in lines {
        let plain = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let kind = Type::from_word(&word).filter(|_| plain(&table) && plain(&column));
        let kind =
            kind.ok_or_else(|| format!("{table}.{column}: a backup cannot hold this ({word})"))?;
        match tables.last_mut().filter(|last| last.name == table) {
            Some(last) => last.columns.push((column, kind)),
            None => tables.push(Table { name: table, columns: vec![(column, kind)] }),
        }
    }
    Ok(tables)
}

fn columns(table: &Table) -> String {
    let names: Vec<_> = table.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    names.join(", ")
}

/// Every row of a table as it comes, in no order; a few are in memory at a time.
pub fn read<'c>(c: &'c mut Conn, table: &'c Table) -> BoxStream<'c, Result<Row, String>> {
    let sql = format!("select {} from \"{}\"", columns(table), table.name);
    macro_rules! decoded {
        ($c:expr, $row:ty) => {{
            let found = sqlx::query(AssertSqlSafe(sql)).fetch($c);
            let row = |row: Result<$row, sqlx::Error>| {
                let row = row.map_err(|e| format!("{}: {e}", table.name))?;
                let value = |(i, (name, kind)): (usize, &(String, Type))| {
                    let value = match kind {
                        Type::Integer => row.try_get(i).map(Value::Integer),
                        Type::Float => row.try_get(i).map(Value::Float),
                        Type::Text => row.try_get(i).map(Value::Text),
                        Type::Bytes => row.try_get(i).map(Value::Bytes),
                    };
                    value.map_err(|e| format!("{}.{name}: {e}", table.name))
                };
                table.columns.iter().enumerate().map(value).collect()
            };
            found.map(row).boxed()
        }};
    }
    match c.raw() {
        Raw::Sqlite(c) => decoded!(c, sqlx::sqlite::SqliteRow),
        Raw::Postgres(c) => decoded!(c, sqlx::postgres::PgRow),
    }
}

/// Counts a table and sums it up.
///
/// # Errors
/// A sentence that names the table.
pub async fn tally(c: &mut Conn, table: &Table) -> Result<Tally, String> {
    let mut tally = Tally::new(table);
    let mut rows = read(c, table);
    while let Some(row) = rows.next().await {
        tally.add(&written(&row?));
    }
    Ok(tally)
}

/// Whether a table has a row.
pub async fn any(c: &mut Conn, table: &Table) -> Result<bool, String> {
    let sql = format!("select cast(1 as bigint) from \"{}\" limit 1", table.name);
    let found: Result<Option<(i64,)>, _> =
        run!(c, |x| sqlx::query_as::<_, (i64,)>(AssertSqlSafe(sql)).fetch_optional(x));
    found.map(|f| f.is_some()).map_err(|e| e.to_string())
}

/// Takes every row out of a table.
pub async fn clear(c: &mut Conn, table: &Table) -> Result<(), String> {
    let sql = format!("delete from \"{}\"", table.name);
    let done: Result<Changed, _> = run!(c, |x| sqlx::query(AssertSqlSafe(sql)).execute(x));
    done.map(|_| ()).map_err(|e| format!("{}: {e}", table.name))
}

/// Writes rows into a table, many in one statement.
///
/// # Errors
/// A sentence that names the table.
pub async fn insert(c: &mut Conn, table: &Table, rows: Vec<Row>) -> Result<(), String> {
    let most = most(table);
    let mut rows = rows.into_iter();
    loop {
        let some: Vec<Row> = rows.by_ref().take(most).collect();
        if some.is_empty() {
            return Ok(());
        }
        insert_some(c, table, some).await.map_err(|e| format!("{}: {e}", table.name))?;
    }
}

/// How many rows of a table one statement can write.
pub fn most(table: &Table) -> usize {
    (PARAMETERS / table.columns.len().max(1)).clamp(1, ROWS)
}

async fn insert_some(
    c: &mut Conn,
    table: &Table,
    rows: Vec<Row>,
) -> Result<(), crate::error::Error> {
    let mut sql = format!("insert into \"{}\" ({}) values ", table.name, columns(table));
    let width = table.columns.len();
    for at in 0..rows.len() {
        sql.push_str(if at == 0 { "(" } else { ", (" });
        let parameters: Vec<_> = (1..=width).map(|n| format!("${}", at * width + n)).collect();
        sql.push_str(&parameters.join(", "));
        sql.push(')');
    }
    // Statements of one shape are prepared once; the last of a table has a shape of its own.
    let keep = rows.len() == most(table);
    let values = rows.into_iter().flatten();
    let _: Changed = run!(c, |x| {
        let begin = sqlx::query(AssertSqlSafe(sql)).persistent(keep);
        values
            .fold(begin, |query, value| match value {
                Value::Integer(n) => query.bind(n),
                Value::Float(f) => query.bind(f),
                Value::Text(t) => query.bind(t),
                Value::Bytes(b) => query.bind(b),
            })
            .execute(x)
    })?;
    Ok(())
}
