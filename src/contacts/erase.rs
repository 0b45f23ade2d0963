//! Deleting a person for good: everything personal goes, the numbers of what happened stay.

use const_format::formatcp;
use serde_json::json;

use super::find;
use crate::attachments;
use crate::attributes::Subject;
use crate::audit::Action;
use crate::companies;
use crate::error::Error;
use crate::id::{CompanyId, ContactId};
use crate::live::Topic;
use crate::owner::Owner;
use crate::run;
use crate::segments::EVERYTHING;
use crate::server::db::{Changed, Entry, Write};

/// Their conversations.
const TALKS: &str = "(select id from conversations where workspace_id = $1 and contact_id = $2)";
/// The notes in them.
const NOTED: &str = "(select p.id from conversations v join parts p on p.workspace_id = v.workspace_id \
                     and p.conversation_id = v.id and p.kind = 'note' where v.workspace_id = $1 and v.contact_id = $2)";
/// The notes about them.
const NOTES: &str =
    "(select id from notes where workspace_id = $1 and owner_kind = 'contact' and owner_id = $2)";

/// In this order: what others are found by goes last.
const STEPS: &[&str] = &[
    "delete from contact_words where workspace_id = $1 and contact_id = $2",
    "update companies set user_count = user_count - 1, \
     main_contact_id = case when main_contact_id = $2 then 0 else main_contact_id end where workspace_id = $1 and id in \
     (select company_id from memberships where workspace_id = $1 and contact_id = $2 and left_at = 0)",
    "update activity set kind = 'erased', ref_id = 0, data = '{}' where workspace_id = $1 and seq in \
     (select seq from stream where workspace_id = $1 and owner_kind = 'contact' and owner_id = $2)",
    "delete from stream where workspace_id = $1 and owner_kind = 'company' and owner_id in \
     (select company_id from memberships where workspace_id = $1 and contact_id = $2) and seq in \
     (select seq from stream where workspace_id = $1 and owner_kind = 'contact' and owner_id = $2)",
    "delete from stream where workspace_id = $1 and owner_kind = 'contact' and owner_id = $2",
    formatcp!(
        "delete from taggings where workspace_id = $1 and owner_kind = 'conversation' and owner_id in {TALKS}"
    ),
    formatcp!(
        "delete from stream where workspace_id = $1 and owner_kind = 'conversation' and owner_id in {TALKS}"
    ),
    formatcp!("delete from drafts where workspace_id = $1 and conversation_id in {TALKS}"),
    formatcp!("delete from mentions where workspace_id = $1 and conversation_id in {TALKS}"),
    formatcp!("delete from mentions_told where workspace_id = $1 and part_id in {NOTED}"),
    formatcp!(
        "delete from conversation_reads where workspace_id = $1 and conversation_id in {TALKS}"
    ),
    "delete from webhook_deliveries where workspace_id = $1 and contact_id = $2",
    "delete from messenger_sessions where workspace_id = $1 and contact_id = $2",
    // What was written to them alone, and the ids under which it was.
    "delete from group_messages where workspace_id = $1 and id in (select m.id from deliveries d \
     join messages m on m.workspace_id = d.workspace_id and m.id = d.message_id and m.whom = 'one' \
     where d.workspace_id = $1 and d.contact_id = $2)",
    "delete from messages where workspace_id = $1 and whom = 'one' and id in \
     (select message_id from deliveries where workspace_id = $1 and contact_id = $2)",
    "delete from deliveries where workspace_id = $1 and contact_id = $2",
    "delete from subscriptions where workspace_id = $1 and contact_id = $2",
    "delete from audience_companies where workspace_id = $1 and contact_id = $2",
    formatcp!("delete from note_documents where workspace_id = $1 and note_id in {NOTED}"),
    formatcp!("delete from note_updates where workspace_id = $1 and note_id in {NOTED}"),
    formatcp!("delete from note_versions where workspace_id = $1 and note_id in {NOTED}"),
    formatcp!("delete from note_looks where workspace_id = $1 and note_id in {NOTED}"),
    formatcp!("delete from note_words where workspace_id = $1 and note_id in {NOTED}"),
    formatcp!("delete from note_words where workspace_id = $1 and note_id in {NOTES}"),
    formatcp!("delete from parts where workspace_id = $1 and conversation_id in {TALKS}"),
    "delete from conversations where workspace_id = $1 and contact_id = $2",
    formatcp!("delete from note_documents where workspace_id = $1 and note_id in {NOTES}"),
    formatcp!("delete from note_updates where workspace_id = $1 and note_id in {NOTES}"),
    formatcp!("delete from note_mentions where workspace_id = $1 and note_id in {NOTES}"),
    formatcp!("delete from note_looks where workspace_id = $1 and note_id in {NOTES}"),
    formatcp!("delete from note_versions where workspace_id = $1 and note_id in {NOTES}"),
    "delete from notes where workspace_id = $1 and owner_kind = 'contact' and owner_id = $2",
    "delete from taggings where workspace_id = $1 and owner_kind = 'contact' and owner_id = $2",
    "delete from attribute_values where workspace_id = $1 and subject = 'contact' and subject_id = $2",
    "delete from event_counts where workspace_id = $1 and contact_id = $2",
    "delete from event_days where workspace_id = $1 and contact_id = $2",
    "delete from sessions where workspace_id = $1 and contact_id = $2",
    "delete from memberships where workspace_id = $1 and contact_id = $2",
    "delete from contact_identities where workspace_id = $1 and contact_id = $2",
    "delete from contacts where workspace_id = $1 and merged_into > 0 and merged_into = $2",
    "delete from contacts where workspace_id = $1 and id = $2",
];

/// Deletes a person for good, in one transaction: the row, its identities, attributes, tags, notes, conversations,
/// sessions and counts, their files, and the payload of every entry of the log about them. The log keeps its numbers, so that
/// those who catch up miss none. Sessions stay counted for the company. It cannot be undone.
///
/// After the commit, [`Db::forget`](crate::server::db::Db::forget) makes the file forget as well.
///
/// # Errors
/// [`Error::NotFound`] for the person.
pub async fn erase(w: &mut Write<'_>, contact: ContactId) -> Result<(), Error> {
    w.alone().await?;
    let person = find(&mut w.conn, w.workspace, contact).await?.ok_or(Error::NotFound)?;
    let contact = person.id;
    w.count_people(if person.archived_at.0 == 0 { -1 } else { 0 });
    attachments::release_all(w, contact).await?;
    attachments::release_notes(w, Owner::Contact(contact), None).await?;
    let of = "select distinct company_id from memberships where workspace_id = $1 and contact_id = $2 and left_at = 0";
    let companies: Vec<(CompanyId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (CompanyId,)>(of).bind(w.workspace).bind(contact).fetch_all(c)
    })?;
    for sql in STEPS.iter().copied() {
        let _: Changed =
            run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(contact).execute(c))?;
    }
    w.changed(Subject::Contact, contact.0, EVERYTHING);
    let companies: Vec<_> = companies.into_iter().map(|(id,)| id).collect();
    for company in &companies {
        w.changed(Subject::Company, company.0, "c.user_count");
    }
    companies::look_again(w, &companies).await?;
    w.log(Entry::of_workspace(Action::ContactDeleted, w.now, json!({ "contact": contact })));
    for topic in [Topic::Contact(contact), Topic::People, Topic::Companies, Topic::Inbox] {
        w.touch(topic);
    }
    Ok(())
}
