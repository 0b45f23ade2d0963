//! What companies are found by: beginnings of the words of their name, id and website.

use crate::contacts::words_of;
use crate::error::Error;
use crate::id::CompanyId;
use crate::run;
use crate::server::db::{Changed, Write};

/// Writes the words of a company anew; of one that was merged away nothing stays.
pub(super) async fn rewrite(w: &mut Write<'_>, company: CompanyId) -> Result<(), Error> {
    let gone = "delete from company_words where workspace_id = $1 and company_id = $2";
    let _: Changed =
        run!(w.conn, |c| sqlx::query(gone).bind(w.workspace).bind(company).execute(c))?;
    let sql = "select company_id, coalesce(name, ''), coalesce(website, '') from companies \
               where workspace_id = $1 and id = $2 and merged_into = 0";
    let row: Option<(String, String, String)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String, String, String)>(sql)
            .bind(w.workspace)
            .bind(company)
            .fetch_optional(c)
    })?;
    let Some((id, name, website)) = row else { return Ok(()) };
    let rows: Vec<_> =
        words_of([&*id, &*name, &*website]).into_iter().map(|w| (w, company)).collect();
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let add = "insert into company_words (workspace_id, word, company_id) \
               select $1, value ->> 0, cast(value ->> 1 as bigint) from json_each($2) where true \
               on conflict (workspace_id, word, company_id) do nothing";
    let _: Changed = run!(w.conn, |c| sqlx::query(add).bind(w.workspace).bind(&rows).execute(c))?;
    Ok(())
}
