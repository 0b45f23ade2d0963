//! How somebody stands to a message, in words.

use super::store::Row;
use super::{Channel, Reason, Skip, Stage, State, Whom};
use crate::id::{CompanyId, MessageId, TagId};
use crate::segments::Explanation as Audience;
use crate::server::dates::Dates;
use crate::time::Time;

/// A delivery, with what came of it.
#[derive(sqlx::FromRow)]
pub(super) struct Delivery {
    pub(super) message_id: MessageId,
    pub(super) state: String,
    reason: String,
    pub(super) conversation_id: i64,
    company_id: CompanyId,
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

/// Why somebody is not meant: a tag of theirs, or of a company that counts, takes them out, or else it is the rule.
fn outside(
    row: &Row,
    delivery: Option<&Delivery>,
    theirs: &[(CompanyId, TagId)],
) -> Option<Reason> {
    let firm = delivery.map_or(CompanyId(0), |d| d.company_id);
    let counts = |of: CompanyId| of.0 == 0 || firm.0 == 0 || of == firm;
    let has = |tag: TagId| theirs.iter().any(|(of, one)| *one == tag && counts(*of));
    [(row.opt_out_tag, Reason::OptedOut), (row.exit_tag, Reason::Exited)]
        .into_iter()
        .find(|(tag, _)| tag.0 > 0 && has(*tag))
        .map(|(_, why)| why)
}

/// Where a delivery stands, what came of it, and why there was not another.
pub(super) fn said(
    dates: &Dates,
    row: &Row,
    delivery: Option<&Delivery>,
    audience: Option<&Audience>,
    theirs: &[(CompanyId, TagId)],
) -> String {
    let mut out = stands(dates, row, delivery, audience, theirs);
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

fn stands(
    dates: &Dates,
    row: &Row,
    delivery: Option<&Delivery>,
    audience: Option<&Audience>,
    theirs: &[(CompanyId, TagId)],
) -> String {
    let inside = audience.is_some_and(|a| a.standing.inside) || row.whom().is_named();
    let ago = |at: Time| dates.stamp(at).ago;
    let stage = delivery.and_then(|d| Some((d, Stage::from_word(&d.state)?)));
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
        _ => outside(row, delivery, theirs).map_or_else(
            || "Not in: the rule does not hold".into(),
            |why| format!("Not in: {}", why.said()),
        ),
    }
}
