//! Noting, in the transaction that changes somebody, that segments are to look at them.

use std::collections::{BTreeMap, BTreeSet};

use super::rule::Asks;
use super::store;
use super::watch::EVERYTHING;
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::TagId;
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::stream::Kind;

/// What an entry of the log says that changed, for rules that ask for it. What changes without an entry is noted where it
/// changes.
pub fn changes_of(entry: &Entry) -> Vec<(Subject, i64, String)> {
    let Entry { kind, contact, company, ref_id, .. } = entry;
    let person = |word: &str| (Subject::Contact, contact.0, word.to_owned());
    let firm = |word: &str| (Subject::Company, company.0, word.to_owned());
    let changed = match kind {
        Kind::ContactCreated
        | Kind::ContactMerged
        | Kind::ContactArchived
        | Kind::ContactUnarchived => vec![person(EVERYTHING)],
        Kind::AttributesChanged => vec![person("p.*"), person("p@*")],
        Kind::ContactBlocked | Kind::ContactUnblocked => vec![person("p.updated_at")],
        Kind::SessionStarted | Kind::MessageSent | Kind::EmailSent | Kind::MessageReceived => {
            vec![person("p.*")]
        }
        Kind::TagAdded | Kind::TagRemoved => {
            let word = |of| Asks::Tag(of, TagId(*ref_id)).word();
            vec![person(&word(Subject::Contact)), firm(&word(Subject::Company))]
        }
        Kind::CompanyCreated | Kind::CompanyMerged => vec![firm(EVERYTHING)],
        Kind::CompanyChanged => vec![firm("c.*"), firm("c@*")],
        Kind::CompanyHealthChanged => vec![firm("c.health")],
        Kind::CompanyJoined | Kind::CompanyLeft => {
            vec![person(&Asks::Companies.word()), firm("c.user_count"), firm("c.updated_at")]
        }
        _ => Vec::new(),
    };
    changed.into_iter().filter(|(_, id, _)| *id > 0).collect()
}

/// Has the segments that ask for something filled again, step by step, where too many changed to be noted one by one.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn fill_again(w: &mut Write<'_>, subject: Subject, word: &str) -> Result<(), Error> {
    let version = store::version(&mut w.conn, w.workspace).await?;
    let rules = w.app.segments.rules(&mut w.conn, w.workspace, version).await?;
    let words = BTreeSet::from([word.to_owned()]);
    let asked = rules.concerned(subject, &words);
    let through = rules.through_company(&words).filter(|_| subject == Subject::Company);
    let ids: BTreeSet<_> = asked.chain(through).map(|s| s.id).collect();
    for id in ids {
        let sql = "update segments set judged = 'again', filling = '' where workspace_id = $1 and id = $2";
        let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).execute(c))?;
        w.rules_changed();
    }
    Ok(())
}

/// Writes down those changes that concern a segment; answers whether there are any.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn note(
    w: &mut Write<'_>,
    version: i64,
    changed: BTreeMap<(Subject, i64), BTreeSet<String>>,
) -> Result<bool, Error> {
    if changed.is_empty() {
        return Ok(false);
    }
    let rules = w.app.segments.rules(&mut w.conn, w.workspace, version).await?;
    let mut rows = Vec::new();
    for ((subject, id), words) in changed {
        if rules.concern(subject, &words) {
            let words = serde_json::to_string(&words).map_err(|_| Error::Internal)?;
            rows.push((w.app.db.next_id()?, subject.word(), id, words));
        }
    }
    if rows.is_empty() {
        return Ok(false);
    }
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let sql = "insert into segment_checks (workspace_id, id, subject, subject_id, words) \
               select $1, cast(value ->> 0 as bigint), value ->> 1, cast(value ->> 2 as bigint), value ->> 3 from json_each($2)";
    let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(&rows).execute(c))?;
    Ok(true)
}
