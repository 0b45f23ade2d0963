//! Two companies become one, in one transaction; only the entries of a long stream follow in steps.

use std::collections::BTreeMap;

use const_format::concatcp;
use serde_json::json;

use super::moving::{SMALL, entries, move_stream};
use super::stays::{Stay, joined, within};
use crate::attributes::Subject;
use crate::audit::Action;
use crate::companies::{Company, count_sessions, find, look_again, words};
use crate::error::Error;
use crate::id::{CompanyId, ContactId};
use crate::jobs::{self, Input};
use crate::live::Topic;
use crate::outbound;
use crate::run;
use crate::segments::{Asks, EVERYTHING};
use crate::server::db::{Changed, Entry, Write};
use crate::stream::Kind;
use crate::time::Time;

/// What the company that stays lacks and the other knew; its own values win. Sessions add up, and the dates are the
/// earlier ones.
const FILL: &str = "update companies set \
     name_key = case when companies.name is null then l.name_key else companies.name_key end, name = coalesce(companies.name, l.name), \
     plan = coalesce(companies.plan, l.plan), monthly_spend = coalesce(companies.monthly_spend, l.monthly_spend), \
     size = coalesce(companies.size, l.size), website = coalesce(companies.website, l.website), \
     industry = coalesce(companies.industry, l.industry), \
     owner_id = case when companies.owner_id = 0 then l.owner_id else companies.owner_id end, \
     main_contact_id = case when companies.main_contact_id = 0 then l.main_contact_id else companies.main_contact_id end, \
     remote_created_at = case when companies.remote_created_at is null or l.remote_created_at < companies.remote_created_at \
     then l.remote_created_at else companies.remote_created_at end, \
     created_at = case when l.created_at < companies.created_at then l.created_at else companies.created_at end, \
     session_count = companies.session_count + l.session_count, updated_at = $4 \
     from (select * from companies where workspace_id = $1 and id = $2) l \
     where companies.workspace_id = $1 and companies.id = $3";

/// What moves from the company that goes ($2) to the one that stays ($3).
const MOVES: [&str; 8] = [
    "update memberships set company_id = $3 where workspace_id = $1 and company_id = $2",
    "update notes set owner_id = $3 where workspace_id = $1 and owner_kind = 'company' and owner_id = $2",
    "insert into taggings (workspace_id, owner_kind, owner_id, tag_id, tagged_at, tagged_by) \
     select workspace_id, owner_kind, $3, tag_id, tagged_at, tagged_by from taggings \
     where workspace_id = $1 and owner_kind = 'company' and owner_id = $2 \
     on conflict (workspace_id, owner_kind, owner_id, tag_id) do nothing",
    "insert into attribute_values (workspace_id, subject, subject_id, attribute_id, number, text, text_key, updated_at) \
     select workspace_id, subject, $3, attribute_id, number, text, text_key, updated_at from attribute_values \
     where workspace_id = $1 and subject = 'company' and subject_id = $2 \
     on conflict (workspace_id, subject, subject_id, attribute_id) do nothing",
    "insert into company_days (workspace_id, company_id, day, sessions) \
     select workspace_id, $3, day, sessions from company_days where workspace_id = $1 and company_id = $2 \
     on conflict (workspace_id, company_id, day) do update set sessions = company_days.sessions + excluded.sessions",
    // What somebody did with what they got for each, they did with one.
    concatcp!(
        outbound::DID_BOTH,
        " from (select * from deliveries where workspace_id = $1 and company_id = $2) l \
     where deliveries.workspace_id = $1 and deliveries.company_id = $3 and deliveries.message_id = l.message_id \
     and deliveries.step = l.step and deliveries.contact_id = l.contact_id and deliveries.run = l.run"
    ),
    // What somebody got for the one, they got for the other.
    "insert into deliveries (workspace_id, message_id, step, contact_id, company_id, run, state, reason, due_at, held_until, \
     conversation_id, matched_at, sent_at, seen_at, replied_at, unsubscribed_at, opened_at, opens, machine_opened_at, machine_opens, clicked_at, clicks, \
     goal_until, goal_at, skipped_at, skips, skip) \
     select workspace_id, message_id, step, contact_id, $3, run, state, reason, due_at, held_until, \
     conversation_id, matched_at, sent_at, seen_at, replied_at, unsubscribed_at, opened_at, opens, machine_opened_at, machine_opens, clicked_at, clicks, \
     goal_until, goal_at, skipped_at, skips, skip \
     from deliveries \
     where workspace_id = $1 and company_id = $2 and contact_id in \
     (select contact_id from memberships where workspace_id = $1 and company_id = $3) \
     on conflict (workspace_id, message_id, step, contact_id, company_id, run) do update set state = excluded.state, \
     reason = excluded.reason, conversation_id = excluded.conversation_id, sent_at = excluded.sent_at, \
     seen_at = excluded.seen_at, replied_at = excluded.replied_at where excluded.state = 'sent' and deliveries.state <> 'sent'",
    "delete from deliveries where workspace_id = $1 and company_id = $2 and contact_id in \
     (select contact_id from memberships where workspace_id = $1 and company_id = $3)",
];

/// What the company that goes leaves behind once it has been taken over.
const LEFTOVERS: [&str; 3] = [
    "delete from taggings where workspace_id = $1 and owner_kind = 'company' and owner_id = $2",
    "delete from attribute_values where workspace_id = $1 and subject = 'company' and subject_id = $2",
    "delete from company_days where workspace_id = $1 and company_id = $2",
];

/// Merges a company into another: people, notes, tags, data, sessions and the stream become the other's, whose own
/// facts win. The number and the `company_id` of the one that goes answer with the other from then on. A long stream
/// follows as a job. Answers the company that stays. What was done already changes nothing. Once it has happened it cannot
/// be undone: [`begin`](super::begin) leaves some seconds before it does.
///
/// # Errors
/// [`Error::NotFound`] for either; [`Error::Invalid`] for a company into itself; [`Error::Conflict`] where they are one
/// already.
pub async fn merge(
    w: &mut Write<'_>,
    from: CompanyId,
    into: CompanyId,
) -> Result<CompanyId, Error> {
    w.alone().await?;
    let Some((goes, stays)) = both(w, from, into).await? else { return Ok(into) };
    let (from, into) = (goes.id, stays.id);
    let overlap = join_stays(w, from, into).await?;
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(FILL).bind(w.workspace).bind(from).bind(into).bind(w.now).execute(c)
    })?;
    for sql in MOVES {
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(sql).bind(w.workspace).bind(from).bind(into).execute(c)
        })?;
    }
    for sql in LEFTOVERS {
        let _: Changed =
            run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(from).execute(c))?;
    }
    let count = "update companies set user_count = (select count(*) from memberships where workspace_id = $1 and company_id = $2 \
                 and left_at = 0) where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(count).bind(w.workspace).bind(into).execute(c))?;
    count_sessions(w, into, &overlap).await?;
    retire(w, from, into).await?;
    words::rewrite(w, from).await?;
    words::rewrite(w, into).await?;
    look_again(w, &[into]).await?;
    // Its people are in another company than before, whose facts, tags and data are other ones too.
    w.changed(Subject::Company, from.0, EVERYTHING);
    w.changed(Subject::Company, into.0, Asks::Companies.word());
    w.count_companies(if goes.archived_at.0 == 0 { -1 } else { 0 });
    tell(w, &goes, into);
    let total = entries(&mut w.conn, w.workspace, from, i64::MAX).await?;
    if total <= SMALL {
        move_stream(w, from).await?;
    } else {
        jobs::start(w, &Input::MergeCompanies { from, into }, total).await?;
    }
    Ok(into)
}

/// The company that goes and the one that stays; `None` where that has happened.
///
/// # Errors
/// As [`merge`].
pub(super) async fn both(
    w: &mut Write<'_>,
    from: CompanyId,
    into: CompanyId,
) -> Result<Option<(Company, Company)>, Error> {
    let goes = find(&mut w.conn, w.workspace, from).await?.ok_or(Error::NotFound)?;
    let stays = find(&mut w.conn, w.workspace, into).await?.ok_or(Error::NotFound)?;
    if from == into {
        return Err(Error::invalid("into", "choose another company than this one"));
    }
    if goes.id == stays.id {
        // Pressed twice; the other way round it would be a circle.
        let again = goes.id != from && stays.id == into;
        let message = "These two are one company already";
        return if again { Ok(None) } else { Err(Error::Conflict(message.into())) };
    }
    Ok(Some((goes, stays)))
}

fn tell(w: &mut Write<'_>, goes: &Company, into: CompanyId) {
    let data = json!({ "name": goes.title(), "company_id": goes.company_id });
    w.log(Entry::of_company(Kind::CompanyMerged, w.now, into, goes.id.0, data));
    let data = json!({ "company": goes.id, "into": into });
    w.log(Entry::of_workspace(Action::CompanyMerged, w.now, data));
    for topic in [Topic::Company(goes.id), Topic::Companies, Topic::People] {
        w.touch(topic);
    }
}

/// Makes one of the stays of those who were in both companies, in the one that stays. Answers, by day, how many
/// sessions that makes fewer or more than both companies counted.
async fn join_stays(
    w: &mut Write<'_>,
    from: CompanyId,
    into: CompanyId,
) -> Result<BTreeMap<i64, i64>, Error> {
    let sql = "select m.contact_id, m.joined_at, m.left_at from memberships m where m.workspace_id = $1 and m.company_id in ($2, $3) \
               and m.contact_id in (select contact_id from memberships where workspace_id = $1 and company_id = $2) \
               and m.contact_id in (select contact_id from memberships where workspace_id = $1 and company_id = $3)";
    type Row = (ContactId, Time, Time);
    let rows: Vec<Row> = run!(w.conn, |c| {
        sqlx::query_as::<_, Row>(sql).bind(w.workspace).bind(from).bind(into).fetch_all(c)
    })?;
    let mut before: BTreeMap<ContactId, Vec<Stay>> = BTreeMap::new();
    for (contact, joined_at, left_at) in rows {
        before.entry(contact).or_default().push((joined_at, left_at));
    }
    if before.is_empty() {
        return Ok(BTreeMap::new());
    }
    let after: BTreeMap<_, _> =
        before.iter().map(|(who, stays)| (*who, joined(stays.clone()))).collect();
    let people: Vec<_> = before.keys().map(|id| [id]).collect();
    let people = serde_json::to_string(&people).map_err(|_| Error::Internal)?;
    let gone = "delete from memberships where workspace_id = $1 and company_id in ($2, $3) and contact_id in \
                (select cast(value ->> 0 as bigint) from json_each($4))";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(gone).bind(w.workspace).bind(from).bind(into).bind(&people).execute(c)
    })?;
    let rows: Vec<_> = after
        .iter()
        .flat_map(|(who, stays)| stays.iter().map(move |(from, until)| (who, from, until)))
        .collect();
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let stay = "insert into memberships (workspace_id, contact_id, company_id, joined_at, left_at) \
                select $1, cast(value ->> 0 as bigint), $3, cast(value ->> 1 as bigint), cast(value ->> 2 as bigint) from json_each($2)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(stay).bind(w.workspace).bind(&rows).bind(into).execute(c)
    })?;
    let sessions = "select s.contact_id, s.started_at from json_each($2) j cross join sessions s \
                    where s.workspace_id = $1 and s.contact_id = cast(j.value ->> 0 as bigint)";
    let sessions: Vec<(ContactId, Time)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (ContactId, Time)>(sessions)
            .bind(w.workspace)
            .bind(&people)
            .fetch_all(c)
    })?;
    let mut days: BTreeMap<i64, i64> = BTreeMap::new();
    for (who, at) in sessions {
        let [was, is] = [&before, &after].map(|all| all.get(&who).map_or(0, |s| within(s, at)));
        *days.entry(at.day()).or_default() += is - was;
    }
    Ok(days)
}

/// Empties the row of the company that goes and lets it, and what was merged into it, point at the one that stays.
async fn retire(w: &mut Write<'_>, from: CompanyId, into: CompanyId) -> Result<(), Error> {
    let sql = "update companies set merged_into = $3, merged_at = $4, session_count = 0, user_count = 0, last_seen_at = 0, \
               last_seen_contact_id = 0, main_contact_id = 0, health_due_at = 0 \
               where workspace_id = $1 and (id = $2 or (merged_into > 0 and merged_into = $2))";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(from).bind(into).bind(w.now).execute(c)
    })?;
    Ok(())
}
