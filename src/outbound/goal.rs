//! What a message is to bring about: a rule that is to hold within some days of receipt.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::Error;
use crate::id::SegmentId;
use crate::segments::fields::SEGMENT;
use crate::segments::{EventOp, EventTest, FieldTest, Op, Predicate};

/// The most days in which a goal counts.
pub const DAYS: i64 = 365;

/// What somebody is to reach after they got a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    /// The JSON text of the rule.
    pub rule: String,
    /// Within so many days of receipt.
    pub days: i64,
}

/// What kind of goal the form shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoalKind {
    /// They do something.
    Event(String),
    /// They come into a segment.
    Segment(SegmentId),
    /// What only the JSON form can say.
    Rule,
}

impl Goal {
    /// That they do something.
    pub fn of_event(event: &str) -> Predicate {
        Predicate::Event(EventTest {
            event: event.trim().to_owned(),
            op: EventOp::Occurred,
            count: 0,
            when: Vec::new(),
            metadata: Vec::new(),
        })
    }

    /// That they come into a segment.
    pub fn of_segment(id: SegmentId) -> Predicate {
        Predicate::Field(FieldTest {
            field: SEGMENT.into(),
            op: Op::Is,
            value: json!(id.to_string()),
            exact_case: false,
        })
    }

    /// Which kind it is.
    pub fn kind(&self) -> GoalKind {
        match Predicate::parse(&self.rule) {
            Ok(rule) => match &rule {
                Predicate::Event(test) if rule == Self::of_event(&test.event) => {
                    GoalKind::Event(test.event.clone())
                }
                Predicate::Field(test) => {
                    let id: Option<SegmentId> = test.value.as_str().and_then(|id| id.parse().ok());
                    let of = id.filter(|id| rule == Self::of_segment(*id));
                    of.map_or(GoalKind::Rule, GoalKind::Segment)
                }
                _ => GoalKind::Rule,
            },
            Err(_) => GoalKind::Rule,
        }
    }

    /// Of a form: the word of a kind, what it needs, and the days. `None` for no goal.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the first field that is refused.
    pub fn read(
        kind: &str,
        event: &str,
        segment: &str,
        rule: &str,
        days: &str,
    ) -> Result<Option<Self>, Error> {
        let wanted = match kind {
            "event" if event.trim().is_empty() => {
                return Err(Error::invalid("goal_event", "name the event that is the goal"));
            }
            "event" => Self::of_event(event),
            "segment" => {
                let refused =
                    || Error::invalid("goal_segment", "choose the segment that is the goal");
                Self::of_segment(segment.parse().map_err(|_| refused())?)
            }
            "rule" => {
                Predicate::parse(rule).map_err(|faults| Error::from(faults).of_field("goal"))?
            }
            _ => return Ok(None),
        };
        let days = days.trim().parse().unwrap_or(-1);
        Ok(Some(Self { rule: wanted.text(), days }.checked()?))
    }

    /// As it may be kept; whether its rule makes sense is looked up where it is kept.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the days.
    pub fn checked(self) -> Result<Self, Error> {
        if !(1..=DAYS).contains(&self.days) {
            let message = "write in how many days it counts: a whole number from 1 to 365";
            return Err(Error::invalid("goal_days", message));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Goal, GoalKind};
    use crate::id::SegmentId;

    #[test]
    fn a_form_is_read_and_found_again() {
        let of = |kind, event, segment, rule, days| Goal::read(kind, event, segment, rule, days);
        assert_eq!(of("", "x", "1", "", "7"), Ok(None));
        let event = of("event", " bought ", "", "", "7").unwrap().unwrap();
        assert_eq!((event.days, event.kind()), (7, GoalKind::Event("bought".into())));
        let segment = of("segment", "", "12", "", "1").unwrap().unwrap();
        assert_eq!(segment.kind(), GoalKind::Segment(SegmentId(12)));
        let rule = r#"{"version":1,"rule":{"field":"plan","op":"is","value":"pro"}}"#;
        assert_eq!(of("rule", "", "", rule, "30").unwrap().unwrap().kind(), GoalKind::Rule);
        for (field, kind, event, segment, rule, days) in [
            ("goal_event", "event", " ", "", "", "7"),
            ("goal_segment", "segment", "", "none", "", "7"),
            ("goal", "rule", "", "", "{", "7"),
            ("goal_days", "event", "x", "", "", "0"),
            ("goal_days", "event", "x", "", "", "366"),
            ("goal_days", "event", "x", "", "", ""),
        ] {
            let refused = of(kind, event, segment, rule, days).unwrap_err().to_string();
            assert!(refused.starts_with(&format!("{field}:")), "{field}: {refused}");
        }
    }
}
