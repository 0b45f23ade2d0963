//! A lead turns out to be a user: everything it had becomes the user's, and its number goes on answering.

use const_format::concatcp;
use serde_json::json;

use super::sessions;
use crate::attributes::Subject;
use crate::companies;
use crate::error::Error;
use crate::id::ContactId;
use crate::live::Topic;
use crate::outbound;
use crate::run;
use crate::segments::EVERYTHING;
use crate::server::db::{Changed, Entry, Write};
use crate::stream::Kind;
use crate::time::Time;

/// What moves by a change of its owner alone.
const MOVES: [&str; 13] = [
    "update contact_identities set contact_id = $3 where workspace_id = $1 and contact_id = $2",
    "update activity set contact_id = $3 where workspace_id = $1 and seq in (select seq from stream \
     where workspace_id = $1 and owner_kind = 'contact' and owner_id = $2)",
    "update stream set owner_id = $3 where workspace_id = $1 and owner_kind = 'contact' and owner_id = $2",
    "update notes set owner_id = $3 where workspace_id = $1 and owner_kind = 'contact' and owner_id = $2",
    "update conversations set contact_id = $3 where workspace_id = $1 and contact_id = $2",
    "update webhook_deliveries set contact_id = $3 where workspace_id = $1 and contact_id = $2",
    "update messenger_sessions set contact_id = $3 where workspace_id = $1 and contact_id = $2",
    "update parts set author_id = $3 where workspace_id = $1 and author_kind = 'contact' and author_id = $2 \
     and conversation_id in (select id from conversations where workspace_id = $1 and contact_id = $3)",
    "insert into taggings (workspace_id, owner_kind, owner_id, tag_id, tagged_at, tagged_by) \
     select workspace_id, owner_kind, $3, tag_id, tagged_at, tagged_by from taggings \
     where workspace_id = $1 and owner_kind = 'contact' and owner_id = $2 \
     on conflict (workspace_id, owner_kind, owner_id, tag_id) do nothing",
    "insert into attribute_values (workspace_id, subject, subject_id, attribute_id, number, text, text_key, updated_at) \
     select workspace_id, subject, $3, attribute_id, number, text, text_key, updated_at from attribute_values \
     where workspace_id = $1 and subject = 'contact' and subject_id = $2 \
     on conflict (workspace_id, subject, subject_id, attribute_id) do nothing",
    // Of what the two said of one type of e-mail the later word holds.
    "insert into subscriptions (workspace_id, contact_id, type_id, wanted, changed_at, changed_by) \
     select workspace_id, $3, type_id, wanted, changed_at, changed_by from subscriptions where workspace_id = $1 and contact_id = $2 \
     on conflict (workspace_id, contact_id, type_id) do update set wanted = excluded.wanted, changed_at = excluded.changed_at, \
     changed_by = excluded.changed_by where excluded.changed_at > subscriptions.changed_at",
    // What was done with an e-mail that each of the two received was done by one person.
    concatcp!(
        outbound::DID_BOTH,
        " from (select * from deliveries where workspace_id = $1 and contact_id = $2) l \
     where deliveries.workspace_id = $1 and deliveries.contact_id = $3 and deliveries.message_id = l.message_id \
     and deliveries.step = l.step and deliveries.company_id = l.company_id and deliveries.run = l.run"
    ),
    // What one of the two received, both did.
    "insert into deliveries (workspace_id, message_id, step, contact_id, company_id, run, state, reason, due_at, held_until, \
     conversation_id, matched_at, sent_at, seen_at, replied_at, unsubscribed_at, opened_at, opens, machine_opened_at, machine_opens, clicked_at, clicks, \
     goal_until, goal_at, skipped_at, skips, skip) \
     select workspace_id, message_id, step, $3, company_id, run, state, reason, due_at, held_until, \
     conversation_id, matched_at, sent_at, seen_at, replied_at, unsubscribed_at, opened_at, opens, machine_opened_at, machine_opens, clicked_at, clicks, \
     goal_until, goal_at, skipped_at, skips, skip \
     from deliveries where workspace_id = $1 and contact_id = $2 \
     on conflict (workspace_id, message_id, step, contact_id, company_id, run) do update set state = excluded.state, \
     reason = excluded.reason, conversation_id = excluded.conversation_id, sent_at = excluded.sent_at, \
     seen_at = excluded.seen_at, replied_at = excluded.replied_at where excluded.state = 'sent' and deliveries.state <> 'sent'",
];

/// Counts that add up.
const SUMS: [&str; 2] = [
    "insert into event_counts (workspace_id, contact_id, event_name_id, count, first_at, last_at) \
     select workspace_id, $3, event_name_id, count, first_at, last_at from event_counts \
     where workspace_id = $1 and contact_id = $2 \
     on conflict (workspace_id, contact_id, event_name_id) do update set count = event_counts.count + excluded.count, \
     first_at = case when excluded.first_at < event_counts.first_at then excluded.first_at else event_counts.first_at end, \
     last_at = case when excluded.last_at > event_counts.last_at then excluded.last_at else event_counts.last_at end",
    "insert into event_days (workspace_id, contact_id, event_name_id, day, count) \
     select workspace_id, $3, event_name_id, day, count from event_days where workspace_id = $1 and contact_id = $2 \
     on conflict (workspace_id, contact_id, event_name_id, day) do update set count = event_days.count + excluded.count",
];

/// What the lead leaves behind once it has been taken over.
const LEFTOVERS: [&str; 6] = [
    "delete from subscriptions where workspace_id = $1 and contact_id = $2",
    "delete from deliveries where workspace_id = $1 and contact_id = $2",
    "delete from taggings where workspace_id = $1 and owner_kind = 'contact' and owner_id = $2",
    "delete from attribute_values where workspace_id = $1 and subject = 'contact' and subject_id = $2",
    "delete from event_counts where workspace_id = $1 and contact_id = $2",
    "delete from event_days where workspace_id = $1 and contact_id = $2",
];

/// What the user lacks and the lead knew; the user's own values win, but for a no to e-mail and a complaint of it, which hold
/// whoever of the two it was.
const FILL: &str = "update contacts set \
     name_key = case when contacts.name is null then l.name_key else contacts.name_key end, name = coalesce(contacts.name, l.name), \
     email_key = case when contacts.email is null then l.email_key else contacts.email_key end, email = coalesce(contacts.email, l.email), \
     phone = coalesce(contacts.phone, l.phone), avatar = coalesce(contacts.avatar, l.avatar), \
     created_at = case when l.created_at < contacts.created_at then l.created_at else contacts.created_at end, \
     first_seen_at = case when contacts.first_seen_at is null or l.first_seen_at < contacts.first_seen_at \
     then l.first_seen_at else contacts.first_seen_at end, \
     last_seen_at = case when l.last_seen_at > contacts.last_seen_at then l.last_seen_at else contacts.last_seen_at end, \
     last_contacted_at = coalesce(contacts.last_contacted_at, l.last_contacted_at), \
     last_heard_from_at = coalesce(contacts.last_heard_from_at, l.last_heard_from_at), \
     last_email_opened_at = case when l.last_email_opened_at > contacts.last_email_opened_at \
     then l.last_email_opened_at else contacts.last_email_opened_at end, \
     last_email_clicked_at = case when l.last_email_clicked_at > contacts.last_email_clicked_at \
     then l.last_email_clicked_at else contacts.last_email_clicked_at end, \
     bounced_at = case when contacts.email is null then l.bounced_at \
     when contacts.email_key = l.email_key and l.bounced_at > contacts.bounced_at then l.bounced_at else contacts.bounced_at end, \
     complained_at = case when l.complained_at > contacts.complained_at then l.complained_at else contacts.complained_at end, \
     country_code = case when contacts.location is null then l.country_code else contacts.country_code end, \
     city_key = case when contacts.location is null then l.city_key else contacts.city_key end, \
     region_key = case when contacts.location is null then l.region_key else contacts.region_key end, \
     browser = coalesce(contacts.browser, l.browser), browser_version = coalesce(contacts.browser_version, l.browser_version), \
     browser_language = coalesce(contacts.browser_language, l.browser_language), os = coalesce(contacts.os, l.os), \
     referrer = coalesce(contacts.referrer, l.referrer), utm_campaign = coalesce(contacts.utm_campaign, l.utm_campaign), \
     utm_content = coalesce(contacts.utm_content, l.utm_content), utm_medium = coalesce(contacts.utm_medium, l.utm_medium), \
     utm_source = coalesce(contacts.utm_source, l.utm_source), utm_term = coalesce(contacts.utm_term, l.utm_term), \
     last_seen_ip = coalesce(contacts.last_seen_ip, l.last_seen_ip), location = coalesce(contacts.location, l.location), \
     last_page = coalesce(contacts.last_page, l.last_page), time_zone = coalesce(contacts.time_zone, l.time_zone), \
     unsubscribed = case when l.unsubscribed > contacts.unsubscribed then l.unsubscribed else contacts.unsubscribed end, session_count = $4, updated_at = $5 \
     from (select * from contacts where workspace_id = $1 and id = $2) l \
     where contacts.workspace_id = $1 and contacts.id = $3";

/// Merges a lead into a user, in the transaction that learned of it: identities, history, counts, sessions,
/// tags, attributes, notes, conversations and companies. The lead's number answers with the user from then on.
///
/// # Errors
/// [`Error::Conflict`] unless the first is a lead that has not been merged: two users are never made one.
pub async fn merge(w: &mut Write<'_>, lead: ContactId, user: ContactId) -> Result<(), Error> {
    w.alone().await?;
    let role =
        "select role, merged_into, archived_at from contacts where workspace_id = $1 and id = $2";
    let found: Option<(String, ContactId, i64)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String, ContactId, i64)>(role)
            .bind(w.workspace)
            .bind(lead)
            .fetch_optional(c)
    })?;
    let (role, into, archived) = found.ok_or(Error::NotFound)?;
    if role != "lead" || into.0 != 0 || lead == user {
        return Err(Error::Conflict("Only a lead can be merged into a user".into()));
    }
    w.count_people(if archived == 0 { -1 } else { 0 });
    // What this transaction has logged and not yet written is the user's too.
    w.redirect(lead, user);
    companies::hand_over(w, lead, user).await?;
    let sessions = sessions::take_over(w, lead, user).await?;
    for sql in MOVES.into_iter().chain(SUMS) {
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(sql).bind(w.workspace).bind(lead).bind(user).execute(c)
        })?;
    }
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(FILL)
            .bind(w.workspace)
            .bind(lead)
            .bind(user)
            .bind(sessions)
            .bind(w.now)
            .execute(c)
    })?;
    for sql in LEFTOVERS {
        let _: Changed =
            run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(lead).execute(c))?;
    }
    retire(w, lead, user).await?;
    super::words::rewrite(w, lead).await?;
    super::words::rewrite(w, user).await?;
    let at = "select last_seen_at from contacts where workspace_id = $1 and id = $2";
    let (at,): (Time,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (Time,)>(at).bind(w.workspace).bind(user).fetch_one(c)
    })?;
    companies::seen(w, user, at).await?;
    w.changed(Subject::Contact, lead.0, EVERYTHING);
    w.log(Entry::of_contact(Kind::ContactMerged, w.now, user, lead.0, json!({})));
    // Their conversations are another's now, who may be in other segments.
    w.touch(Topic::Inbox);
    Ok(())
}

/// Blanks the lead's row and lets it, and what was merged into it, point at the user.
async fn retire(w: &mut Write<'_>, lead: ContactId, user: ContactId) -> Result<(), Error> {
    let sql = "update contacts set merged_into = $3, merged_at = $4, name = null, name_key = '', email = null, email_key = '', \
               phone = null, avatar = null, last_seen_ip = null, location = null, country_code = '', city_key = '', region_key = '', \
               last_email_opened_at = 0, last_email_clicked_at = 0, bounced_at = 0, complained_at = 0, session_count = 0, last_seen_at = 0 \
               where workspace_id = $1 and (id = $2 or (merged_into > 0 and merged_into = $2))";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(lead).bind(user).bind(w.now).execute(c)
    })?;
    Ok(())
}
