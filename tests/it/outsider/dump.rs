//! Everything that a workspace has, to be compared before and after.

use std::collections::BTreeMap;

use rapport::id::WorkspaceId;
use rapport::server::db::Raw;

use crate::support::TestApp;

/// The rows of each table that belong to the workspace.
pub async fn dump(app: &TestApp, workspace: WorkspaceId) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    let mut c = app.state.db.read().await.unwrap();
    match c.raw() {
        Raw::Sqlite(c) => {
            let tables: Vec<String> =
                sqlx::query_scalar("select name from sqlite_master where type = 'table'")
                    .fetch_all(&mut *c)
                    .await
                    .unwrap();
            for table in tables {
                let sql =
                    sqlx::AssertSqlSafe(format!("select name from pragma_table_info('{table}')"));
                let columns: Vec<String> =
                    sqlx::query_scalar(sql).fetch_all(&mut *c).await.unwrap();
                let Some(filter) = filter(&table, &columns, workspace) else { continue };
                let texts = columns.iter().map(|c| format!("coalesce(cast(\"{c}\" as text), '-')"));
                let row = texts.collect::<Vec<_>>().join(" || ' ' || ");
                let sql = sqlx::AssertSqlSafe(format!("select {row} from \"{table}\" {filter}"));
                let rows = sqlx::query_scalar(sql).fetch_all(&mut *c).await.unwrap();
                all.insert(table, rows);
            }
        }
        Raw::Postgres(c) => {
            let sql = "select table_name::text, array_agg(column_name::text) from information_schema.columns \
                       where table_schema = 'public' group by table_name";
            let tables: Vec<(String, Vec<String>)> =
                sqlx::query_as(sql).fetch_all(&mut *c).await.unwrap();
            for (table, columns) in tables {
                let Some(filter) = filter(&table, &columns, workspace) else { continue };
                let sql =
                    sqlx::AssertSqlSafe(format!("select t::text from \"{table}\" t {filter}"));
                let rows = sqlx::query_scalar(sql).fetch_all(&mut *c).await.unwrap();
                all.insert(table, rows);
            }
        }
    }
    all.values_mut().for_each(|rows: &mut Vec<String>| rows.sort());
    all
}

fn filter(table: &str, columns: &[String], workspace: WorkspaceId) -> Option<String> {
    let column = match table {
        "workspaces" => "id",
        _ if columns.iter().any(|c| c == "workspace_id") => "workspace_id",
        _ => return None,
    };
    Some(format!("where {column} = {workspace}"))
}
