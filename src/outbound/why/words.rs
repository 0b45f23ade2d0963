//! What came of a message for somebody, or would, in words.

use crate::outbound::said::{Delivery, Stand, said};
use crate::outbound::store::Row;
use crate::outbound::{Stage, State, Whom};
use crate::segments;
use crate::server::dates::Dates;

/// Something that has to be so, and whether it is.
pub fn condition(said: impl Into<String>, value: String, holds: bool) -> segments::Reason {
    segments::Reason { depth: 0, said: said.into(), value, holds }
}

/// Whether the message goes out at all now.
pub fn goes_out(dates: &Dates, row: &Row) -> segments::Reason {
    let ahead = row.starts_at > dates.now();
    let value = match row.state() {
        State::Running if ahead => format!("begins {}", dates.short(row.starts_at)),
        State::Running => String::new(),
        State::Draft => "it is a draft".into(),
        State::Paused => "it is paused".into(),
        State::Finished => "it is finished".into(),
        State::Stopped => "it was stopped".into(),
    };
    let holds = value.is_empty();
    condition("The message goes out", value, holds)
}

/// Whether they are meant by it besides the rule.
pub fn meant(row: &Row, delivery: Option<&Delivery>, stand: Stand) -> Option<segments::Reason> {
    let (got, started) = (delivery.is_some(), row.state() != State::Draft);
    let said = match row.whom() {
        Whom::Chosen => "They are among the people chosen".to_owned(),
        Whom::One => "It was written to them".to_owned(),
        Whom::Later if started && (got || stand.inside) => {
            "They came to match after it began".to_owned()
        }
        Whom::Now if started && (got || stand.inside) => "They matched when it began".to_owned(),
        Whom::Event if started => format!("They did “{}” while it went out", row.event),
        _ => return None,
    };
    let holds = if row.whom().is_named() { stand.inside } else { got };
    Some(condition(said, String::new(), holds))
}

/// What came of it for them, or would come, in a sentence.
pub fn verdict(dates: &Dates, row: &Row, delivery: Option<&Delivery>, stand: Stand) -> String {
    let over = row.state().is_over();
    if let Some(d) = delivery {
        match d.stage() {
            Some(Stage::Waiting) if over => {
                return "Did not get it: it waited for them when the message was stopped".into();
            }
            Some(Stage::Waiting) if !stand.inside => {}
            _ => return said(dates, row, delivery, stand),
        }
    }
    let why = missing(row, stand);
    match (row.state(), why) {
        (State::Draft, Some(why)) => format!("Would not get it: {why}"),
        (State::Draft, None) if row.whom() == Whom::Event => {
            format!("Would get it when they do “{}”", row.event)
        }
        (State::Draft, None) => "Would get it if it were started now".into(),
        (State::Running | State::Paused, Some(why)) => format!("Does not get it: {why}"),
        (State::Running | State::Paused, None) if row.whom() == Whom::Event => {
            format!("Gets it when they do “{}”", row.event)
        }
        (State::Running | State::Paused, None) => "Is about to get it".into(),
        (State::Finished | State::Stopped, Some(why)) => format!("Did not get it: {why}"),
        (State::Finished | State::Stopped, None) if row.whom() == Whom::Event => {
            format!("Did not get it: they did not do “{}” while it went out", row.event)
        }
        (State::Finished | State::Stopped, None) => {
            "Did not get it: they came to match after it was over".into()
        }
    }
}

/// Why somebody for whom nothing is written down is not meant.
fn missing(row: &Row, stand: Stand) -> Option<String> {
    let (draft, over) = (row.state() == State::Draft, row.state().is_over());
    if row.whom().is_named() && !stand.inside {
        return Some("they are not among the people chosen".into());
    }
    if let Some(why) = stand.bar {
        return Some(why.said().into());
    }
    if !stand.inside {
        return Some("the rule does not hold for them".into());
    }
    let said = match row.whom() {
        Whom::Later if draft => {
            "they match already, and it is for who comes to match from its start on"
        }
        Whom::Later if over => "they matched before it began, or only once it was over",
        Whom::Later => "they matched before it began",
        Whom::Now if !draft => "they came to match after it began",
        _ => return None,
    };
    Some(said.into())
}
