//! Whether somebody may get a message, and whether now, looked at in the transaction that says it.

use std::collections::HashMap;

use super::barred::Known;
use super::deliver::{Done, Held, Key, listed, people};
use super::limits::quiet;
use super::store::Row;
use super::terms::Terms;
use super::{Channel, Reason, Stage, When, Zone};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, SegmentId, SubscriptionTypeId, TagId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;
use crate::time::{DAY, Time};

/// Deliveries by what may be done with them.
#[derive(Debug, Default)]
pub struct Sorted {
    /// They go out.
    pub now: Vec<Held>,
    /// They wait until a moment, and why.
    pub later: Vec<(Key, Time, Reason)>,
    /// They do not go out, and why.
    pub out: Vec<Done>,
}

#[derive(sqlx::FromRow)]
struct Person {
    contact_id: ContactId,
    company_id: CompanyId,
    run: i64,
    #[sqlx(flatten)]
    known: Known,
    device_zone: Option<String>,
    sent_zone: Option<String>,
    place_zone: Option<String>,
    opted_out: i64,
    exited: i64,
    /// 1 where the rule holds, 0 where not, or [`AWAY`] or [`IN_NONE`].
    inside: i64,
    wanted: i64,
}

/// What of a message decides who never gets it.
#[derive(Debug, Clone, Copy)]
pub struct Bars {
    /// How it gets there.
    pub channel: Channel,
    /// What keeps its audience; 0 for nothing.
    pub segment: SegmentId,
    /// The tag that takes people out; 0 for none.
    pub opt_out: TagId,
    /// The tag after which it is not needed any more; 0 for none.
    pub exit: TagId,
    /// What it is about; 0 for nothing.
    pub about: SubscriptionTypeId,
    /// Of which company of theirs it is; 0 for none in particular.
    pub company: CompanyId,
    /// Whether it goes out once for each company of theirs, so that who is in none has nothing to get it for.
    pub each: bool,
}

impl Bars {
    /// Nothing but who they are keeps anybody from a message that gets there so.
    pub const fn of(channel: Channel) -> Self {
        Self {
            channel,
            segment: SegmentId(0),
            opt_out: TagId(0),
            exit: TagId(0),
            about: SubscriptionTypeId(0),
            company: CompanyId(0),
            each: false,
        }
    }
}

impl From<&Row> for Bars {
    fn from(message: &Row) -> Self {
        Self {
            channel: message.channel(),
            segment: message.segment_id,
            opt_out: message.opt_out_tag,
            exit: message.exit_tag,
            about: message.type_id,
            company: message.company().unwrap_or(CompanyId(0)),
            each: message.per_company(),
        }
    }
}

/// Who of these people would not get a message, as they are now, and why.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn barred(
    c: &mut Conn,
    workspace: WorkspaceId,
    bars: Bars,
    people: &[ContactId],
) -> Result<HashMap<ContactId, Reason>, Error> {
    let key = |contact: &ContactId| Key { contact: *contact, company: bars.company, run: 0 };
    let found = read(c, workspace, bars, false, people.iter().map(key)).await?;
    let why = found.values().filter_map(|p| never(bars.channel, p).map(|why| (p.contact_id, why)));
    Ok(why.collect())
}

/// What keeps somebody from a message, or would: each with whether it does, in the order in which it is told. Nothing where they are
/// not there.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn kept_by(
    c: &mut Conn,
    workspace: WorkspaceId,
    bars: Bars,
    contact: ContactId,
) -> Result<Vec<(bool, Reason)>, Error> {
    let key = Key { contact, company: bars.company, run: 0 };
    let found = read(c, workspace, bars, false, std::iter::once(key)).await?;
    Ok(found.values().flat_map(|person| each_of(bars.channel, person)).collect())
}

/// Whether these deliveries go out, now, later or not at all. Tags are read as they are now, not by way of the audience: who was
/// just opted out gets nothing. With a company only that one's tags count, and the person must still be in it.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn sort(
    c: &mut Conn,
    workspace: WorkspaceId,
    terms: &Terms,
    message: &Row,
    rows: &[Held],
    now: Time,
) -> Result<Sorted, Error> {
    let bars = Bars::from(message);
    let zoned = message.zone() == Zone::Person && message.when() != When::Always;
    let found = read(c, workspace, bars, zoned, rows.iter().map(|row| row.key)).await?;
    let mut room = if terms.limits.quiet() {
        quiet(c, workspace, &terms.limits, &people(rows), now).await?
    } else {
        HashMap::new()
    };
    let mut sorted = Sorted::default();
    for row in rows {
        let key = row.key;
        // Who is not there any more was erased, and their deliveries with them.
        let Some(person) = found.get(&key) else { continue };
        if let Some(why) = never(bars.channel, person) {
            sorted.out.push((key, Stage::Excluded, Some(why), 0));
        } else if let Some(until) = terms.opens(message, person.zones(), now) {
            sorted.later.push((key, until, Reason::Hours));
        } else {
            match room.get_mut(&key.contact) {
                Some((left, free)) if *left <= 0 => {
                    // One that was let through just now counts from now.
                    let full = terms.limits.days * DAY;
                    let until = if *free > now { *free } else { now.plus(full) };
                    sorted.later.push((key, until, Reason::Quiet));
                }
                Some((left, _)) => {
                    *left -= 1;
                    sorted.now.push(*row);
                }
                None => sorted.now.push(*row),
            }
        }
    }
    Ok(sorted)
}

impl Person {
    /// The time zones that are known of them, the best first, as their profile tells their time: what their device is set to, what the
    /// customer's product sent, and where they were last seen.
    fn zones(&self) -> impl Iterator<Item = &str> {
        let all = [&self.device_zone, &self.sent_zone, &self.place_zone];
        all.into_iter().flatten().map(|zone| zone.trim())
    }
}

fn never(channel: Channel, p: &Person) -> Option<Reason> {
    each_of(channel, p).find(|(holds, _)| *holds).map(|(_, why)| why)
}

/// All that can keep somebody from a message that gets there so, each with whether it does.
fn each_of(channel: Channel, p: &Person) -> impl Iterator<Item = (bool, Reason)> {
    let by_mail = channel == Channel::Email;
    let [blocked, archived] = p.known.of_all();
    let [unsubscribed, complained, nowhere, bounced] = p.known.of_mail();
    let of_all =
        [blocked, archived, (p.opted_out == 1, Reason::OptedOut), (p.exited == 1, Reason::Exited)];
    let of_mail = [unsubscribed, complained, (p.wanted == 0, Reason::Unwanted), nowhere, bounced];
    let of_rule = [
        (p.inside == AWAY, Reason::Away),
        (p.inside == IN_NONE, Reason::NoCompany),
        (p.inside == 0, Reason::Left),
    ];
    let of_mail = of_mail.into_iter().filter(move |_| by_mail);
    of_all.into_iter().chain(of_mail).chain(of_rule)
}

/// Somebody is not in the company that a delivery is about.
const AWAY: i64 = -1;
/// Somebody is in no company, of a message that goes out for each.
const IN_NONE: i64 = -2;

async fn read(
    c: &mut Conn,
    workspace: WorkspaceId,
    bars: Bars,
    zoned: bool,
    keys: impl Iterator<Item = Key>,
) -> Result<HashMap<Key, Person>, Error> {
    let keys = listed(keys)?;
    let sql = "select p.id as contact_id, j.company_id, j.run, p.blocked_at, p.archived_at, p.unsubscribed, p.bounced_at, p.complained_at, p.email, \
               p.time_zone as device_zone, json_extract(p.location, '$.time_zone') as place_zone, \
               case when $7 = 0 then null else (select min(v.text) from attributes a join attribute_values v \
               on v.workspace_id = a.workspace_id and v.subject = 'contact' and v.subject_id = p.id and v.attribute_id = a.id \
               where a.workspace_id = p.workspace_id and a.subject = 'contact' and a.name in ('timezone', 'time_zone')) end as sent_zone, \
               cast(case when exists (select 1 from taggings g where g.workspace_id = p.workspace_id and g.tag_id = $3 and \
               ((g.owner_kind = 'contact' and g.owner_id = p.id) or (g.owner_kind = 'company' and g.owner_id in \
               (select m.company_id from memberships m where m.workspace_id = p.workspace_id and m.contact_id = p.id and m.left_at = 0 \
               and (j.company_id = 0 or m.company_id = j.company_id))))) \
               then 1 else 0 end as bigint) as opted_out, \
               cast(case when exists (select 1 from taggings g where g.workspace_id = p.workspace_id and g.tag_id = $4 and \
               ((g.owner_kind = 'contact' and g.owner_id = p.id) or (g.owner_kind = 'company' and g.owner_id in \
               (select m.company_id from memberships m where m.workspace_id = p.workspace_id and m.contact_id = p.id and m.left_at = 0 \
               and (j.company_id = 0 or m.company_id = j.company_id))))) \
               then 1 else 0 end as bigint) as exited, \
               cast(case when j.company_id > 0 and not exists (select 1 from memberships m where m.workspace_id = p.workspace_id \
               and m.contact_id = p.id and m.company_id = j.company_id and m.left_at = 0) then -1 \
               when $8 = 1 and j.company_id = 0 and not exists (select 1 from memberships m where m.workspace_id = p.workspace_id \
               and m.contact_id = p.id and m.left_at = 0) then -2 \
               when $5 = 0 then 1 \
               when j.company_id > 0 then (select count(*) from audience_companies a where a.workspace_id = p.workspace_id \
               and a.segment_id = $5 and a.contact_id = p.id and a.company_id = j.company_id) \
               else (select count(*) from segment_members s where s.workspace_id = p.workspace_id \
               and s.segment_id = $5 and s.subject_id = p.id) end as bigint) as inside, \
               cast(case when $6 = 0 then 1 else coalesce((select u.wanted from subscriptions u where u.workspace_id = p.workspace_id \
               and u.contact_id = p.id and u.type_id = $6), (select case when t.consent = 'opt_in' then 0 else 1 end \
               from subscription_types t where t.workspace_id = p.workspace_id and t.id = $6), 1) end as bigint) as wanted \
               from (select cast(value ->> 0 as bigint) as contact_id, cast(value ->> 1 as bigint) as company_id, \
               cast(value ->> 2 as bigint) as run from json_each($2)) j \
               cross join contacts p where p.workspace_id = $1 and p.id = j.contact_id";
    let found: Vec<Person> = run!(c, |x| {
        sqlx::query_as::<_, Person>(sql)
            .bind(workspace)
            .bind(&keys)
            .bind(bars.opt_out)
            .bind(bars.exit)
            .bind(bars.segment)
            .bind(bars.about)
            .bind(i64::from(zoned))
            .bind(i64::from(bars.each))
            .fetch_all(x)
    })?;
    let key = |p: &Person| Key { contact: p.contact_id, company: p.company_id, run: p.run };
    Ok(found.into_iter().map(|p| (key(&p), p)).collect())
}
