//! How somebody stands to a message, in words.

use super::store::Row;
use super::{Channel, Reason, Skip, Stage, State, Whom};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, ConversationId, MessageId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::time::Time;

/// A delivery, with what came of it.
#[derive(sqlx::FromRow)]
pub(super) struct Delivery {
    pub(super) message_id: MessageId,
    state: String,
    reason: String,
    conversation_id: i64,
    pub(super) company_id: CompanyId,
    pub(super) company: Option<String>,
    held_until: Time,
    sent_at: Time,
    seen_at: Time,
    replied_at: Time,
    opened_at: Time,
    machine_opened_at: Time,
    clicked_at: Time,
    goal_at: Time,
    goal_until: Time,
    skipped_at: Time,
    skip: String,
}

impl Delivery {
    /// Where it stands.
    pub(super) fn stage(&self) -> Option<Stage> {
        Stage::from_word(&self.state)
    }

    /// Whether it went out, or may have.
    pub(super) fn is_out(&self) -> bool {
        matches!(self.stage(), Some(Stage::Sent | Stage::Sending | Stage::Unknown))
    }

    /// Where it was said.
    pub(super) fn conversation(&self) -> Option<ConversationId> {
        (self.conversation_id > 0).then_some(ConversationId(self.conversation_id))
    }
}

/// What a person got of all messages, or of one, and what waits for them: of each message the newest first.
pub(super) async fn deliveries(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
    message: Option<MessageId>,
) -> Result<Vec<Delivery>, Error> {
    let sql = "select d.message_id, d.state, d.reason, d.conversation_id, d.company_id, f.name as company, d.held_until, d.sent_at, \
               d.seen_at, d.replied_at, d.opened_at, d.machine_opened_at, d.clicked_at, d.goal_at, d.goal_until, d.skipped_at, d.skip from deliveries d \
               left join companies f on f.workspace_id = d.workspace_id and f.id = d.company_id \
               where d.workspace_id = $1 and d.contact_id = $2 and ($3 = 0 or d.message_id = $3) order by d.message_id, d.run desc, d.company_id";
    run!(c, |x| {
        sqlx::query_as::<_, Delivery>(sql)
            .bind(workspace)
            .bind(contact)
            .bind(message.unwrap_or(MessageId(0)))
            .fetch_all(x)
    })
}

/// How somebody stands to a message besides what was sent to them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stand {
    /// Whether the rule holds for them, or they are among those who are named.
    pub(super) inside: bool,
    /// What keeps them from getting it, whatever the rule says.
    pub(super) bar: Option<Reason>,
}

/// Where a delivery stands, what came of it, and why there was not another.
pub(super) fn said(dates: &Dates, row: &Row, delivery: Option<&Delivery>, stand: Stand) -> String {
    let mut out = stands(dates, row, delivery, stand);
    let Some(d) = delivery else { return out };
    if d.goal_at.0 > 0 {
        out += &format!(", reached the goal {}", dates.stamp(d.goal_at).ago);
    } else if d.goal_until > dates.now() {
        out += &format!(", the goal not yet: it counts until {}", dates.short(d.goal_until));
    }
    if let (Some(again), Some(why)) = (row.again(), Skip::from_word(&d.skip))
        && d.skipped_at > d.sent_at
    {
        let why = match why {
            Skip::Often => format!("the one before was {}; {}", before(d), again.often()),
            Skip::Most if again.most == 1 => "one person gets it once".into(),
            Skip::Most => format!("one person gets it {} times", again.most),
        };
        let ago = dates.stamp(d.skipped_at).ago;
        out += &format!("; did “{}” again {ago} and did not get it: {why}", again.event);
    }
    out
}

/// How much earlier a delivery went out than the event happened again: `3 hours earlier`.
fn before(d: &Delivery) -> String {
    match d.sent_at.ago(d.skipped_at).strip_suffix(" ago") {
        Some(length) => format!("{length} earlier"),
        None => "moments earlier".into(),
    }
}

fn stands(dates: &Dates, row: &Row, delivery: Option<&Delivery>, stand: Stand) -> String {
    let Stand { inside, bar } = stand;
    let ago = |at: Time| dates.stamp(at).ago;
    let stage = delivery.and_then(|d| Some((d, d.stage()?)));
    match stage {
        Some((d, Stage::Sent)) if d.replied_at.0 > 0 => {
            format!("Sent {}, answered {}", ago(d.sent_at), ago(d.replied_at))
        }
        Some((d, Stage::Sent)) if d.seen_at.0 > 0 => {
            format!("Sent {}, seen {}", ago(d.sent_at), ago(d.seen_at))
        }
        Some((d, Stage::Sent)) if row.channel() == Channel::Email => {
            let mut said = format!("E-mail sent {}", ago(d.sent_at));
            if d.opened_at.0 > 0 {
                said += &format!(", opened {}", ago(d.opened_at));
            } else if d.machine_opened_at.0 > 0 {
                said += &format!(", opened by a machine {}", ago(d.machine_opened_at));
            }
            if d.clicked_at.0 > 0 {
                said += &format!(", clicked {}", ago(d.clicked_at));
            }
            said
        }
        Some((d, Stage::Sent)) => format!("Sent {}, not seen yet", ago(d.sent_at)),
        Some((d, Stage::Failed)) => {
            format!("Failed: {}", Reason::from_word(&d.reason).map_or("", Reason::said))
        }
        Some((_, Stage::Sending)) => "In: being sent".into(),
        Some((_, Stage::Unknown)) => "May have been sent: the connection broke".into(),
        // What waits is left out when its turn comes, unless that is otherwise by then.
        Some((_, Stage::Waiting)) | None if inside && bar.is_some() => {
            format!("Not eligible: {}", bar.map_or("", Reason::said))
        }
        Some((d, Stage::Waiting)) if inside && d.held_until > dates.now() => {
            let why = Reason::from_word(&d.reason).map_or("", Reason::said);
            format!("In: waits until {}, because {why}", dates.short(d.held_until))
        }
        Some((_, Stage::Waiting)) if inside => match (row.state(), row.starts_at > dates.now()) {
            (State::Paused, _) => "In: waits until the message goes on".into(),
            (_, true) => format!("In: begins {}", dates.short(row.starts_at)),
            _ if row.channel() == Channel::Email => "In: the e-mail is about to be sent".into(),
            _ => "In: arrives when they next open a page with your Messenger".into(),
        },
        Some((d, Stage::Excluded)) => {
            format!("Left out: {}", Reason::from_word(&d.reason).map_or("", Reason::said))
        }
        _ if inside => match row.whom() {
            Whom::Later => "Matched before the message began, so it is not sent".into(),
            Whom::Now => "Came to match after the message began, so it is not sent".into(),
            Whom::Event => format!("In: gets it when they do “{}”", row.event),
            Whom::All | Whom::Chosen | Whom::One => "In".into(),
        },
        _ => match bar {
            None => "Not in: the rule does not hold".into(),
            Some(why) => format!("Not in: {}", why.said()),
        },
    }
}
