//! Giving a segment another name or rule, so that of two who do so at once neither is lost in silence.

use serde_json::json;

use super::predicate::Predicate;
use super::store::{checked, find, named};
use crate::attributes::Subject;
use crate::audit::Action;
use crate::error::Error;
use crate::id::SegmentId;
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Entry, Write};

/// Gives a segment another name, another rule, or both. `began` is the version that was changed; without one, what others
/// did meanwhile does not matter.
///
/// # Errors
/// As [`create`](super::create); [`Error::NotFound`] for the segment; [`Error::Forbidden`] for the rule of one that is there
/// from the start; [`Error::Conflict`] where somebody else changed it meanwhile, unless to the same.
pub async fn update(
    w: &mut Write<'_>,
    id: SegmentId,
    began: Option<i64>,
    name: Option<&str>,
    predicate: Option<&Predicate>,
) -> Result<(), Error> {
    // Of two at once the second sees what the first wrote.
    w.judging().await?;
    let row = find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    let says = name.is_some() || predicate.is_some();
    let name = name.map_or(row.name.as_str(), str::trim);
    let rule = predicate.map_or_else(|| row.rule.clone(), Predicate::text);
    let same = name == row.name && rule == row.rule;
    // Who sends the same twice, because the first answer was lost, has what they want.
    if began.is_some_and(|began| began != row.version) && !(same && says) {
        let message = "Not saved: somebody else changed this segment meanwhile";
        return Err(Error::Conflict(message.into()));
    }
    if same {
        return Ok(());
    }
    let subject = Subject::from_word(&row.subject).ok_or(Error::Internal)?;
    if name != row.name {
        named(w, subject, name, Some(id)).await?;
    }
    if let Some(predicate) = predicate.filter(|_| rule != row.rule) {
        if !row.builtin.is_empty() {
            let message = "This segment is there from the start: duplicate it to change its rule";
            return Err(Error::Forbidden(message.into()));
        }
        checked(w, subject, Some(id), predicate).await?;
    }
    let sql = "update segments set name = $3, name_key = $4, rule = $5, updated_at = $6, updated_by = $7, version = version + 1 \
               where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(name)
            .bind(name.to_lowercase())
            .bind(&rule)
            .bind(w.now)
            .bind(w.actor)
            .execute(c)
    })?;
    w.rules_changed();
    w.touch(Topic::Segments);
    let data =
        json!({ "segment": id, "name": name, "was": row.name, "rule_changed": rule != row.rule });
    w.log(Entry::of_workspace(Action::SegmentChanged, w.now, data));
    Ok(())
}
