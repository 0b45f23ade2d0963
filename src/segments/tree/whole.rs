//! Whether a rule can be shown in the builder and come back as it was.

use serde_json::Value;

use super::row::{typed, typed_member};
use super::{Kind, Tree};
use crate::segments::predicate::{DateTest, EventTest, FieldTest, Op, Predicate, shown};

/// Whether the builder can show a rule whole: an event with more than two times or more than three members of metadata
/// only the JSON form can say.
pub fn is_shown_whole(predicate: &Predicate) -> bool {
    Tree::of(predicate).predicate().json() == normal(predicate).json()
}

/// The same rule in the shape that a tree gives it back in.
fn normal(predicate: &Predicate) -> Predicate {
    match Tree::of(predicate) {
        Tree::Group(Kind::All, parts) if parts.len() == 1 && !is_group(predicate) => {
            Predicate::All(vec![text_values(predicate)])
        }
        _ => text_values(predicate),
    }
}

const fn is_group(predicate: &Predicate) -> bool {
    !matches!(predicate, Predicate::Field(_) | Predicate::Event(_))
}

/// The same rule with its values as the builder types them.
fn text_values(predicate: &Predicate) -> Predicate {
    let parts = |parts: &[Predicate]| parts.iter().map(text_values).collect::<Vec<_>>();
    let text = |op: Op, value: &Value| typed(op.word(), &shown(value));
    match predicate {
        Predicate::All(all) => Predicate::All(parts(all)),
        Predicate::Any(any) => Predicate::Any(parts(any)),
        Predicate::Not(inner) => Predicate::Not(Box::new(match &**inner {
            Predicate::Any(any) => Predicate::Any(parts(any)),
            other => Predicate::Any(vec![text_values(other)]),
        })),
        Predicate::Company(inner) => Predicate::Company(Box::new(match &**inner {
            group @ (Predicate::All(_) | Predicate::Any(_)) => text_values(group),
            other => Predicate::All(vec![text_values(other)]),
        })),
        Predicate::Field(test) => {
            Predicate::Field(FieldTest { value: text(test.op, &test.value), ..test.clone() })
        }
        Predicate::Event(test) => {
            let when = test.when.iter();
            let when = when.map(|d| DateTest { op: d.op, value: text(d.op, &d.value) }).collect();
            let metadata = test
                .metadata
                .iter()
                .map(|m| FieldTest { value: typed_member(m.op, &shown(&m.value)), ..m.clone() });
            Predicate::Event(EventTest { when, metadata: metadata.collect(), ..test.clone() })
        }
    }
}
