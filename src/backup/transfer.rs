//! Moving everything from one database to another, of the same engine or the other one.

use futures::StreamExt as _;

use super::database::{Source, Target};
use super::restore::{BUSY, differs};
use super::rows;
use super::table::{Row, Tally, written};
use crate::server::db::{Hold, schema};

/// Copies every table into an empty database, in one transaction, reads it again and compares. Neither database may be
/// in use: what would be written to the first one meanwhile would be missing in the other.
///
/// # Errors
/// A sentence that says what is wrong; then nothing was changed.
pub async fn transfer(
    from: &str,
    to: &str,
    told: &mut dyn FnMut(&Tally),
) -> Result<Vec<Tally>, String> {
    if from == to {
        return Err("--to: this is the database itself; name another one".into());
    }
    let alone = async |url: &str| {
        let hold = Hold::alone(url).await.map_err(|e| schema::Unusable::from(e).to_string());
        hold?.ok_or_else(|| BUSY.to_owned())
    };
    let _from = alone(from).await?;
    let mut source = Source::open(from).await?;
    let _to = alone(to).await.map_err(|e| format!("--to: {e}"))?;
    let mut target = Target::open(to, source.schema).await.map_err(|e| format!("--to: {e}"))?;
    if source.tables != target.tables {
        return Err("the two databases do not have the same tables; nothing was changed".into());
    }
    let mut tallies = Vec::new();
    for table in &source.tables {
        let (mut tally, mut some) = (Tally::new(table), Vec::<Row>::new());
        let mut found = rows::read(&mut source.conn, table);
        while let Some(row) = found.next().await {
            let row = row?;
            tally.add(&written(&row));
            some.push(row);
            if some.len() == rows::most(table) {
                rows::insert(&mut target.conn, table, std::mem::take(&mut some)).await?;
            }
        }
        rows::insert(&mut target.conn, table, some).await?;
        let arrived = rows::tally(&mut target.conn, table).await?;
        if arrived != tally {
            return Err(differs(&arrived, &tally));
        }
        told(&tally);
        tallies.push(tally);
    }
    target.finish().await?;
    Ok(tallies)
}
