//! Messages in the database: as they are kept, and found.

mod draft;
mod later;
mod more;
mod named;
mod save;

pub use draft::Draft;
pub use later::switched_on;
pub use more::{delete, duplicate, is_saved};
pub use named::Named;
pub use save::save;

use crate::error::Error;
use crate::id::{
    CompanyId, ContactId, MessageId, SegmentId, SubscriptionTypeId, TagId, TeammateId, WorkspaceId,
};
use crate::outbound::{Again, Channel, Goal, State, When, Whom, Zone};
use crate::run;
use crate::segments::{Predicate, audience};
use crate::server::db::{Changed, Conn, Write};
use crate::time::{MINUTE, Time};

/// A message, as the database has it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Row {
    /// Which.
    pub id: MessageId,
    /// Its name.
    pub name: String,
    /// The word of its state.
    pub state: String,
    /// The word of whom it is for.
    pub whom: String,
    /// The JSON text of its rule.
    pub rule: String,
    /// The people named, and of which company it is, as [`Named::text`] writes them.
    pub people: String,
    /// The word of how it gets there.
    pub channel: String,
    /// The subject of an e-mail, with Liquid in it.
    pub subject: String,
    /// Markdown with Liquid in it.
    pub body: String,
    /// In whose name it goes out.
    pub author_id: TeammateId,
    /// What keeps its audience; 0 for nothing.
    pub segment_id: SegmentId,
    /// Who has it gets the message whatever the rule says; 0 for none.
    pub opt_in_tag: TagId,
    /// Who has it does not get the message; 0 for none.
    pub opt_out_tag: TagId,
    /// Who has it does not need the message any more; 0 for none.
    pub exit_tag: TagId,
    /// Sent from then on; the epoch for at once.
    pub starts_at: Time,
    /// Stopped by itself then; the epoch for never.
    pub stops_at: Time,
    /// When it was started; the epoch for not yet.
    pub started_at: Time,
    /// When it may arrive, as [`When::text`] writes it.
    pub hours: String,
    /// The word of whose hours.
    pub zone: String,
    /// 1 for once for each company of a person, 0 for once.
    pub per_company: i64,
    /// What it is about; 0 for nothing in particular.
    pub type_id: SubscriptionTypeId,
    /// 1 where opens and clicks of its e-mails are measured.
    pub measured: i64,
    /// The JSON text of the rule that is its goal; empty for none.
    pub goal: String,
    /// Within how many days of receipt that counts.
    pub goal_days: i64,
    /// The name of the event that sets it off, where one does.
    pub event: String,
    /// So many milliseconds lie between two for one person at least.
    pub every: i64,
    /// So many one person gets in all; 0 for no bound.
    pub most: i64,
    /// Goes up with every change.
    pub version: i64,
}

const COLUMNS: &str = "id, name, state, channel, whom, rule, people, subject, body, author_id, segment_id, opt_in_tag, opt_out_tag, exit_tag, \
                       starts_at, stops_at, started_at, hours, zone, per_company, type_id, measured, goal, goal_days, event, every, most, version";

/// How many finished messages a profile shows.
const FINISHED: i64 = 20;

impl Row {
    /// Where it stands.
    pub fn state(&self) -> State {
        State::from_word(&self.state).unwrap_or(State::Stopped)
    }

    /// How it gets there.
    pub fn channel(&self) -> Channel {
        Channel::from_word(&self.channel).unwrap_or(Channel::Chat)
    }

    /// Whom it is for.
    pub fn whom(&self) -> Whom {
        Whom::from_word(&self.whom).unwrap_or(Whom::Later)
    }

    /// When it may arrive.
    pub fn when(&self) -> When {
        When::parse(&self.hours)
    }

    /// Whose hours those are.
    pub fn zone(&self) -> Zone {
        Zone::from_word(&self.zone).unwrap_or(Zone::Workspace)
    }

    /// Whether each person gets it once for each company of theirs.
    pub fn per_company(&self) -> bool {
        self.per_company == 1
    }

    /// Whether opens and clicks are measured: those of e-mails, unless its author does not want it.
    pub fn measured(&self) -> bool {
        self.measured == 1 && self.channel() == Channel::Email
    }

    /// What somebody is to reach, if it has a goal.
    pub fn goal(&self) -> Option<Goal> {
        (!self.goal.is_empty()).then(|| Goal { rule: self.goal.clone(), days: self.goal_days })
    }

    /// What sets it off, where something does.
    pub fn again(&self) -> Option<Again> {
        (self.whom() == Whom::Event).then(|| Again {
            event: self.event.clone(),
            hours: self.every / (60 * MINUTE),
            most: self.most,
        })
    }

    /// The people named.
    pub fn chosen(&self) -> Vec<ContactId> {
        Named::parse(&self.people).people
    }

    /// The company that it is to say something of, where it was begun on that one's page.
    pub fn company(&self) -> Option<CompanyId> {
        Named::parse(&self.people).company
    }

    /// The rule as its author wrote it.
    pub fn predicate(&self) -> Result<Predicate, Error> {
        Ok(Predicate::parse(&self.rule)?)
    }

    /// The rule with what brings people in.
    pub fn wanted(&self) -> Result<Predicate, Error> {
        let rule = self.predicate()?;
        let mut wanted = match self.opt_in_tag {
            TagId(0) => rule,
            tag => Predicate::Any(vec![rule, audience::tagged(tag)]),
        };
        if self.per_company() {
            // Who is in no company has nothing to get it for.
            let some = Predicate::Company(Box::new(Predicate::All(Vec::new())));
            wanted = Predicate::All(vec![wanted, some]);
        }
        Ok(wanted)
    }

    /// The rule with what its tags do.
    pub fn effective(&self) -> Result<Predicate, Error> {
        let wanted = self.wanted()?;
        let out: Vec<_> = [self.opt_out_tag, self.exit_tag]
            .into_iter()
            .filter(|tag| tag.0 > 0)
            .map(audience::tagged)
            .collect();
        if out.is_empty() {
            return Ok(wanted);
        }
        Ok(Predicate::All(vec![wanted, Predicate::Not(Box::new(Predicate::Any(out)))]))
    }
}

/// All of a workspace but e-mails to one person that a program had written, those under way first, then drafts, then those that are over; the newest of each first.
pub async fn all(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Row>, Error> {
    let sql = const_format::formatcp!(
        "select {COLUMNS} from messages where workspace_id = $1 and whom <> 'one' \
         order by case state when 'running' then 0 when 'paused' then 0 when 'draft' then 1 else 2 end, id desc"
    );
    run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).fetch_all(x))
}

/// Those that run or are paused, the newest first; of those to one person alone that person knows ([`of_person`]).
pub async fn under_way(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Row>, Error> {
    let sql = const_format::formatcp!(
        "select {COLUMNS} from messages where workspace_id = $1 and state in ('running', 'paused') and whom <> 'one' order by id desc"
    );
    run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).fetch_all(x))
}

/// The last of those that are finished, or for one person alone, and that this person got or was left out of, the newest first.
pub async fn of_person(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Vec<Row>, Error> {
    let sql = const_format::formatcp!(
        "select {COLUMNS} from messages where workspace_id = $1 and (state = 'finished' or whom = 'one') and id in \
         (select d.message_id from deliveries d where d.workspace_id = $1 and d.contact_id = $2) order by id desc limit {FINISHED}"
    );
    run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(contact).fetch_all(x))
}

/// One of them.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn find(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: MessageId,
) -> Result<Option<Row>, Error> {
    let sql = const_format::formatcp!(
        "select {COLUMNS} from messages where workspace_id = $1 and id = $2"
    );
    run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(id).fetch_optional(x))
}

/// Writes a message down whole.
pub(in crate::outbound) async fn write(w: &mut Write<'_>, row: &Row) -> Result<(), Error> {
    let sql = "insert into messages (workspace_id, id, name, state, channel, whom, rule, people, subject, body, author_id, segment_id, \
               opt_in_tag, opt_out_tag, exit_tag, starts_at, stops_at, started_at, version, created_by, created_at, updated_at, hours, zone, per_company, type_id, measured, \
               goal, goal_days, event, every, most) \
               values ($1, $2, $3, $4, $20, $5, $6, $7, $21, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19, \
               $22, $23, $24, $25, $26, $27, $28, $29, $30, $31) \
               on conflict (workspace_id, id) do update set name = excluded.name, state = excluded.state, channel = excluded.channel, whom = excluded.whom, \
               rule = excluded.rule, people = excluded.people, subject = excluded.subject, body = excluded.body, segment_id = excluded.segment_id, \
               opt_in_tag = excluded.opt_in_tag, opt_out_tag = excluded.opt_out_tag, exit_tag = excluded.exit_tag, \
               starts_at = excluded.starts_at, stops_at = excluded.stops_at, started_at = excluded.started_at, \
               hours = excluded.hours, zone = excluded.zone, per_company = excluded.per_company, type_id = excluded.type_id, measured = excluded.measured, \
               goal = excluded.goal, goal_days = excluded.goal_days, event = excluded.event, every = excluded.every, most = excluded.most, \
               stopped_at = case when excluded.state in ('finished', 'stopped') then excluded.updated_at else 0 end, \
               version = excluded.version, updated_at = excluded.updated_at where messages.version = excluded.version - 1";
    let changed: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(row.id)
            .bind(&row.name)
            .bind(&row.state)
            .bind(&row.whom)
            .bind(&row.rule)
            .bind(&row.people)
            .bind(&row.body)
            .bind(row.author_id)
            .bind(row.segment_id)
            .bind(row.opt_in_tag)
            .bind(row.opt_out_tag)
            .bind(row.exit_tag)
            .bind(row.starts_at)
            .bind(row.stops_at)
            .bind(row.started_at)
            .bind(row.version + 1)
            .bind(w.actor)
            .bind(w.now)
            .bind(&row.channel)
            .bind(&row.subject)
            .bind(&row.hours)
            .bind(&row.zone)
            .bind(row.per_company)
            .bind(row.type_id)
            .bind(row.measured)
            .bind(&row.goal)
            .bind(row.goal_days)
            .bind(&row.event)
            .bind(row.every)
            .bind(row.most)
            .execute(c)
    })?;
    if changed.0 == 0 {
        return Err(Error::Conflict(
            "Somebody else changed this message at the same moment. Try again".into(),
        ));
    }
    Ok(())
}
