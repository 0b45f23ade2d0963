//! What someone did before they joined a company comes along into its stream: the newest at once, the rest in steps.

use std::collections::BTreeSet;

use const_format::concatcp;
use serde::{Deserialize, Serialize};

use super::{Arriving, find};
use crate::contacts;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, WorkspaceId};
use crate::jobs::{self, Input};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Conn, Statement, Write};
use crate::stream::{Facet, last_seq};

/// How many entries come along at a time: others write in between.
const STEP: i64 = 500;
/// What lies ahead is counted up to here.
const COUNTED: i64 = 100_000;

/// The ends of the order of a stream.
const NEWEST: Place = (i64::MAX, i64::MAX);
const OLDEST: Place = (i64::MIN, i64::MIN);

const COPY: &str = "insert into stream (workspace_id, owner_kind, owner_id, occurred_at, seq, facet) \
                    select workspace_id, 'company', $3, occurred_at, seq, facet from stream \
                    where workspace_id = $1 and owner_kind = 'contact' and owner_id = $2 and seq <= $4 \
                    and (occurred_at, seq) < ($5, $6) and (occurred_at, seq) >= ($7, $8)";
const ONCE: &str = " on conflict (workspace_id, owner_kind, owner_id, occurred_at, seq) do nothing";
const ALL: &str = concatcp!(COPY, ONCE);
/// Said as a constant, so that the little that was said is found along its own index among all that happened.
const SAID: &str = concatcp!(COPY, " and facet = 'conversation'", ONCE);

/// What is to come along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Whose.
    pub contact: ContactId,
    /// Into the stream of which company.
    pub company: CompanyId,
    /// All of it, as into a first company; else what was said only.
    pub all: bool,
    /// The newest number of the log when they joined: what has a later one came into the stream by itself, or came after
    /// they had left.
    pub upto: i64,
}

/// A place in the order of a stream: when, and the number of the log.
pub type Place = (i64, i64);

/// Brings along what someone who joins did before. More than 500 entries are brought by a job, from the newest on.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(super) async fn bring(
    w: &mut Write<'_>,
    contact: ContactId,
    company: CompanyId,
    all: bool,
) -> Result<(), Error> {
    let upto = last_seq(&mut w.conn, w.workspace).await?;
    let history = History { contact, company, all, upto };
    let Some((place, count)) = part(w, &history, None, STEP).await? else { return Ok(()) };
    copy(w, &history, company, None, Some(place)).await?;
    if count == STEP {
        let mut ahead = selecting("select count(*) from (select 1 from stream where", w, &history);
        ahead.push(" and (occurred_at, seq) < (").number(place.0).push(", ").number(place.1);
        ahead.push(") limit ").number(COUNTED).push(") counted");
        let (total,): (i64,) = ahead.fetch_one(&mut w.conn).await?;
        jobs::start(w, &Input::BringHistory { history, from: place }, total).await?;
    }
    Ok(())
}

/// Brings along the next 500 entries of those older than a place. Answers the place of the oldest and how many they are;
/// `None` when none is left.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn step(
    w: &mut Write<'_>,
    history: &History,
    before: Place,
) -> Result<Option<(Place, i64)>, Error> {
    // Nobody is merged, deleted or erased meanwhile.
    w.alone().await?;
    // The one that answers by now: it may have been merged.
    let Some(company) = find(&mut w.conn, w.workspace, history.company).await? else {
        return Ok(None);
    };
    // After the last step too: its page says no longer that more is to come.
    w.touch(Topic::Company(company.id));
    let person = contacts::find(&mut w.conn, w.workspace, history.contact).await?;
    // Who was merged meanwhile brought everything along then.
    if person.is_none_or(|person| person.id != history.contact) {
        return Ok(None);
    }
    let Some((place, count)) = part(w, history, Some(before), STEP).await? else {
        return Ok(None);
    };
    copy(w, history, company.id, Some(before), Some(place)).await?;
    Ok(Some((place, count)))
}

/// Whose earlier entries are still on their way into a company's stream.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(super) async fn arriving(
    c: &mut Conn,
    workspace: WorkspaceId,
    company: CompanyId,
) -> Result<Arriving, Error> {
    let open = "select input from jobs where workspace_id = $1 and kind in ('bring_history', 'merge_companies') \
                and state in ('waiting', 'running')";
    let open: Vec<(String,)> =
        run!(c, |x| sqlx::query_as::<_, (String,)>(open).bind(workspace).fetch_all(x))?;
    if open.is_empty() {
        return Ok(Arriving::default());
    }
    // A job names the company that there was when it began.
    let were =
        "select id from companies where workspace_id = $1 and merged_into > 0 and merged_into = $2";
    let were: Vec<(CompanyId,)> = run!(c, |x| {
        sqlx::query_as::<_, (CompanyId,)>(were).bind(workspace).bind(company).fetch_all(x)
    })?;
    let leads_here = |id: CompanyId| id == company || were.contains(&(id,));
    let (mut people, mut companies) = (BTreeSet::new(), BTreeSet::new());
    for (input,) in open {
        match serde_json::from_str(&input) {
            Ok(Input::BringHistory { history, .. }) if leads_here(history.company) => {
                people.insert(history.contact);
            }
            Ok(Input::MergeCompanies { from, .. }) if leads_here(from) => {
                companies.insert(from);
            }
            _ => {}
        }
    }
    Ok(Arriving { people: people.len() as i64, companies: companies.len() as i64 })
}

/// Brings along at once what jobs were still to bring of a lead: its entries are about to become a user's, among whose
/// own they could not be told apart. The merge moves them all in one transaction anyway.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(super) async fn bring_rest(w: &mut Write<'_>, lead: ContactId) -> Result<(), Error> {
    let open = "select input from jobs where workspace_id = $1 and kind = 'bring_history' and state in ('waiting', 'running')";
    let open: Vec<(String,)> =
        run!(w.conn, |c| { sqlx::query_as::<_, (String,)>(open).bind(w.workspace).fetch_all(c) })?;
    for (input,) in open {
        let Ok(Input::BringHistory { history, .. }) = serde_json::from_str(&input) else {
            continue;
        };
        if history.contact == lead
            && let Some(company) = find(&mut w.conn, w.workspace, history.company).await?
        {
            copy(w, &history, company.id, None, None).await?;
        }
    }
    Ok(())
}

/// The entries of a history, as the end of a statement on `stream`.
fn selecting(begin: &'static str, w: &Write<'_>, history: &History) -> Statement {
    let mut s = Statement::new(begin);
    s.push(" workspace_id = ").number(w.workspace.0);
    s.push(" and owner_kind = 'contact' and owner_id = ").number(history.contact.0);
    if !history.all {
        s.push(" and facet = ").text(Facet::Conversation.word());
    }
    s.push(" and seq <= ").number(history.upto);
    s
}

/// The oldest of the next entries, and how many they are.
async fn part(
    w: &mut Write<'_>,
    history: &History,
    before: Option<Place>,
    most: i64,
) -> Result<Option<(Place, i64)>, Error> {
    let mut s = selecting("select occurred_at, seq from stream where", w, history);
    if let Some((at, seq)) = before {
        s.push(" and (occurred_at, seq) < (").number(at).push(", ").number(seq).push(")");
    }
    s.push(" order by occurred_at desc, seq desc limit ").number(most);
    let rows: Vec<Place> = s.fetch_all(&mut w.conn).await?;
    Ok(rows.last().map(|place| (*place, rows.len() as i64)))
}

/// Puts the entries between two places into a company's stream; what stands there stays once.
async fn copy(
    w: &mut Write<'_>,
    history: &History,
    company: CompanyId,
    before: Option<Place>,
    down_to: Option<Place>,
) -> Result<(), Error> {
    let (before, down_to) = (before.unwrap_or(NEWEST), down_to.unwrap_or(OLDEST));
    let sql = if history.all { ALL } else { SAID };
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(history.contact)
            .bind(company)
            .bind(history.upto)
            .bind(before.0)
            .bind(before.1)
            .bind(down_to.0)
            .bind(down_to.1)
            .execute(c)
    })?;
    Ok(())
}
