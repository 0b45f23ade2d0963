//! Deleting a company: its people stay, and what they did stays with them.

use const_format::formatcp;
use serde_json::json;

use super::moving::{SMALL, drop_stream, entries};
use crate::attachments;
use crate::attributes::Subject;
use crate::audit::Action;
use crate::companies::find;
use crate::error::Error;
use crate::id::{CompanyId, ContactId};
use crate::jobs::{self, Input};
use crate::live::Topic;
use crate::owner::Owner;
use crate::run;
use crate::segments::{self, Asks, EVERYTHING};
use crate::server::db::{Changed, Entry, Write};

/// From how many people on they are not noted one by one, but looked at with everybody.
const MANY: usize = 1_000;

/// The notes about it.
const NOTES: &str =
    "(select id from notes where workspace_id = $1 and owner_kind = 'company' and owner_id = $2)";

/// What goes with the company.
const STEPS: [&str; 13] = [
    "delete from companies where workspace_id = $1 and (id = $2 or (merged_into > 0 and merged_into = $2))",
    "delete from memberships where workspace_id = $1 and company_id = $2",
    "delete from company_words where workspace_id = $1 and company_id = $2",
    "delete from company_days where workspace_id = $1 and company_id = $2",
    "delete from taggings where workspace_id = $1 and owner_kind = 'company' and owner_id = $2",
    "delete from attribute_values where workspace_id = $1 and subject = 'company' and subject_id = $2",
    formatcp!("delete from note_documents where workspace_id = $1 and note_id in {NOTES}"),
    formatcp!("delete from note_updates where workspace_id = $1 and note_id in {NOTES}"),
    formatcp!("delete from note_mentions where workspace_id = $1 and note_id in {NOTES}"),
    formatcp!("delete from note_looks where workspace_id = $1 and note_id in {NOTES}"),
    formatcp!("delete from note_words where workspace_id = $1 and note_id in {NOTES}"),
    formatcp!("delete from note_versions where workspace_id = $1 and note_id in {NOTES}"),
    "delete from notes where workspace_id = $1 and owner_kind = 'company' and owner_id = $2",
];

/// Deletes a company with its facts, data, tags and notes, and its numbers: what is sent about its `company_id` later
/// makes a new company. Its people stay, with everything in their own streams. A long stream is dropped as a job. Once
/// it has happened it cannot be undone: [`begin`](super::begin) leaves some seconds before it does.
///
/// # Errors
/// [`Error::NotFound`] for the company.
pub async fn delete(w: &mut Write<'_>, company: CompanyId) -> Result<(), Error> {
    w.alone().await?;
    let company = find(&mut w.conn, w.workspace, company).await?.ok_or(Error::NotFound)?;
    let id = company.id;
    attachments::release_notes(w, Owner::Company(id), None).await?;
    let people = "select distinct contact_id from memberships where workspace_id = $1 and company_id = $2 and left_at = 0";
    let people: Vec<(ContactId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (ContactId,)>(people).bind(w.workspace).bind(id).fetch_all(c)
    })?;
    if people.len() > MANY {
        segments::fill_again(w, Subject::Contact, &Asks::Companies.word()).await?;
    } else {
        for (person,) in people {
            w.changed(Subject::Contact, person.0, Asks::Companies.word());
        }
    }
    w.changed(Subject::Company, id.0, EVERYTHING);
    for sql in STEPS {
        let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).execute(c))?;
    }
    w.count_companies(if company.archived_at.0 == 0 { -1 } else { 0 });
    w.log(Entry::of_workspace(Action::CompanyDeleted, w.now, json!({ "company": id })));
    for topic in [Topic::Company(id), Topic::Companies, Topic::People] {
        w.touch(topic);
    }
    let total = entries(&mut w.conn, w.workspace, id, i64::MAX).await?;
    if total <= SMALL {
        drop_stream(w, id).await?;
    } else {
        jobs::start(w, &Input::DeleteCompany { company: id }, total).await?;
    }
    Ok(())
}
