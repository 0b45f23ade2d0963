//! A conversation in numbers, worked out of what was said in it and happened to it: the same for answers and for searches.

use std::collections::HashMap;

use const_format::formatcp;
use serde_json::{Value, json};

use crate::error::Error;
use crate::id::{ConversationId, WorkspaceId};
use crate::server::db::{Conn, Statement};

const PARTS: &str =
    "from parts p where p.workspace_id = v.workspace_id and p.conversation_id = v.id";
const HAPPENED: &str = "from stream s join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
                        where s.workspace_id = v.workspace_id and s.owner_kind = 'conversation' and s.owner_id = v.id";
const CLOSED: &str = "a.kind = 'conversation_closed'";
// To nobody is no assignment. The name before it is text of JSON, whose own quotes are escaped.
const ASSIGNED: &str = "a.kind in ('conversation_assigned', 'conversation_team_assigned') and a.data not like '%\"to\":0}'";

// Moments in milliseconds, null for never. What begins a count is the person's first words, as Intercom's documentation has it.
const FIRST_CONTACT: &str =
    formatcp!("(select min(p.created_at) {PARTS} and p.author_kind = 'contact')");
const FIRST_CONTACT_PART: &str = "(select min(q.id) from parts q where q.workspace_id = v.workspace_id \
                                  and q.conversation_id = v.id and q.author_kind = 'contact')";
const ADMIN: &str = "p.author_kind = 'teammate' and p.kind = 'message'";
const FIRST_ADMIN: &str =
    formatcp!("(select min(p.created_at) {PARTS} and {ADMIN} and p.id > {FIRST_CONTACT_PART})");
const FIRST_ASSIGNED: &str = formatcp!(
    "(select min(s.occurred_at) {HAPPENED} and {ASSIGNED} and s.occurred_at >= {FIRST_CONTACT})"
);
const LAST_ASSIGNED: &str = formatcp!(
    "(select max(s.occurred_at) {HAPPENED} and {ASSIGNED} and s.occurred_at >= {FIRST_CONTACT})"
);
const ASSIGNED_BEFORE_REPLY: &str = formatcp!(
    "(select max(s.occurred_at) {HAPPENED} and {ASSIGNED} and s.occurred_at >= {FIRST_CONTACT} \
     and s.occurred_at <= coalesce({FIRST_ADMIN}, 9007199254740991))"
);
const FIRST_CLOSED: &str = formatcp!(
    "(select min(s.occurred_at) {HAPPENED} and {CLOSED} and s.occurred_at >= {FIRST_CONTACT})"
);
const LAST_CLOSED: &str = formatcp!("(select max(s.occurred_at) {HAPPENED} and {CLOSED})");

/// How a statistic is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number: seconds or a count; -1 for none.
    Whole,
    /// The number of a teammate; 0 for nobody.
    Teammate,
}

/// A statistic: its name without `statistics.`, how it is compared, and its expression over `conversations v`.
type Statistic = (&'static str, Kind, &'static str);

macro_rules! seconds {
    ($moment:expr) => {
        formatcp!("coalesce({} / 1000, -1)", $moment)
    };
}
macro_rules! span {
    ($end:expr) => {
        formatcp!("coalesce(({} - {}) / 1000, -1)", $end, FIRST_CONTACT)
    };
}

/// Each of them, in the order of [`Row`].
pub const STATISTICS: [Statistic; 17] = [
    ("time_to_assignment", Kind::Whole, span!(ASSIGNED_BEFORE_REPLY)),
    ("time_to_admin_reply", Kind::Whole, span!(FIRST_ADMIN)),
    ("time_to_first_close", Kind::Whole, span!(FIRST_CLOSED)),
    ("time_to_last_close", Kind::Whole, span!(LAST_CLOSED)),
    ("first_contact_reply_at", Kind::Whole, seconds!(FIRST_CONTACT)),
    ("first_assignment_at", Kind::Whole, seconds!(FIRST_ASSIGNED)),
    ("first_admin_reply_at", Kind::Whole, seconds!(FIRST_ADMIN)),
    ("first_close_at", Kind::Whole, seconds!(FIRST_CLOSED)),
    ("last_assignment_at", Kind::Whole, seconds!(LAST_ASSIGNED)),
    (
        "last_assignment_admin_reply_at",
        Kind::Whole,
        formatcp!(
            "coalesce((select min(p.created_at) {PARTS} and {ADMIN} and p.created_at >= {LAST_ASSIGNED}) / 1000, -1)"
        ),
    ),
    (
        "last_contact_reply_at",
        Kind::Whole,
        formatcp!(
            "coalesce((select max(p.created_at) {PARTS} and p.author_kind = 'contact') / 1000, -1)"
        ),
    ),
    (
        "last_admin_reply_at",
        Kind::Whole,
        formatcp!("coalesce((select max(p.created_at) {PARTS} and {ADMIN}) / 1000, -1)"),
    ),
    ("last_close_at", Kind::Whole, seconds!(LAST_CLOSED)),
    (
        "last_closed_by_id",
        Kind::Teammate,
        formatcp!(
            "coalesce((select a.actor_id {HAPPENED} and {CLOSED} order by s.occurred_at desc, s.seq desc limit 1), 0)"
        ),
    ),
    // Whatever opened it again: words of either side do, and no entry of the log says so.
    (
        "count_reopens",
        Kind::Whole,
        formatcp!(
            "(select case when v.state = 'closed' and count(*) > 0 then count(*) - 1 else count(*) end {HAPPENED} and {CLOSED})"
        ),
    ),
    (
        "count_assignments",
        Kind::Whole,
        formatcp!(
            "(select count(*) {HAPPENED} and {ASSIGNED} and s.occurred_at >= {FIRST_CONTACT})"
        ),
    ),
    ("count_conversation_parts", Kind::Whole, formatcp!("(select count(*) {PARTS})")),
];

/// Whether it went out by itself, to all whom a rule holds for.
pub const AUTOMATED: &str = "exists (select 1 from deliveries d where d.workspace_id = v.workspace_id \
                             and d.conversation_id = v.id and d.conversation_id > 0)";

/// The numbers of one conversation.
#[derive(Debug, sqlx::FromRow)]
pub struct Numbers {
    id: ConversationId,
    numbers: String,
    automated: i64,
}

impl Numbers {
    /// Whether it went out by itself.
    pub fn is_automated(&self) -> bool {
        self.automated == 1
    }

    /// One of them by its name, null for none.
    pub fn get(&self, name: &str) -> Value {
        let at = STATISTICS.iter().position(|(known, ..)| *known == name);
        let number = at.and_then(|at| self.numbers.split(' ').nth(at)?.parse::<i64>().ok());
        number.filter(|n| *n >= 0).map_or(Value::Null, Value::from)
    }

    /// As Intercom's `conversation_statistics`.
    pub fn to_json(&self) -> Value {
        let mut shape = json!({ "type": "conversation_statistics" });
        for (name, kind, _) in STATISTICS {
            let value = self.get(name);
            shape[name] = match kind {
                Kind::Whole => value,
                Kind::Teammate => {
                    let id = value.as_i64().filter(|id| *id > 0);
                    id.map_or(Value::Null, |id| id.to_string().into())
                }
            };
        }
        shape
    }
}

/// The numbers of conversations, whose ids are a list in JSON.
pub async fn of(
    c: &mut Conn,
    workspace: WorkspaceId,
    list: &str,
) -> Result<HashMap<ConversationId, Numbers>, Error> {
    let mut sql = Statement::new("select v.id, ");
    for (n, (.., expression)) in STATISTICS.iter().enumerate() {
        sql.push(if n > 0 { " || ' ' || cast(" } else { "cast(" }).push(expression);
        sql.push(" as text)");
    }
    sql.push(" as numbers, cast(case when ").push(AUTOMATED);
    sql.push(" then 1 else 0 end as bigint) as automated from json_each(").text(list);
    sql.push(") j cross join conversations v where v.workspace_id = ").number(workspace.0);
    sql.push(" and v.id = cast(j.value ->> 0 as bigint)");
    let rows: Vec<Numbers> = sql.fetch_all(c).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
