//! Conditions on columns that have an index of their own: whom they hold for is read from it, and nobody is looked up.

use super::super::judge::folded;
use super::super::predicate::Op;
use super::super::rule::{Leaf, Slot, TextTest};
use super::list::lists;
use super::text::{positive, text};
use super::{Scope, columns, moment};
use crate::attributes::Subject;
use crate::server::db::Statement;

/// How the answer to a condition is found. `true` is for those whom that finds, `false` for all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A table of its own lists them.
    Listed(bool),
    /// They are a part of an index.
    Range(bool),
    /// An index is read from end to end, which is less than everybody's rows.
    Index(bool),
    /// Everybody's row is looked at.
    Rows,
}

const COUNTRY: &str = "location.country_code";
const CITY: &str = "location.city";
const REGION: &str = "location.region";
const OPENED: &str = "last_email_opened_at";
const CLICKED: &str = "last_email_clicked_at";
const BOUNCED: &str = "has_hard_bounced";
const COMPLAINED: &str = "marked_email_as_spam";

/// What holds for all that an index has which leaves out those of whom nothing is known: said in so many words, it serves.
fn held(name: &str) -> Option<&'static str> {
    match name {
        COUNTRY => Some("p.country_code <> ''"),
        CITY => Some("p.city_key <> ''"),
        REGION => Some("p.region_key <> ''"),
        OPENED => Some("p.last_email_opened_at <> 0"),
        CLICKED => Some("p.last_email_clicked_at <> 0"),
        BOUNCED => Some("p.bounced_at <> 0"),
        COMPLAINED => Some("p.complained_at <> 0"),
        _ => None,
    }
}

/// How a condition is answered.
pub fn way(scope: Scope, leaf: &Leaf) -> Way {
    if let Some(holds) = lists(leaf) {
        return Way::Listed(holds);
    }
    // Of a sample, and of companies, there are few rows.
    if scope.sampled || scope.of == Subject::Company {
        return Way::Rows;
    }
    match leaf {
        Leaf::Moment(
            Slot::Standard("last_seen_at" | "created_at" | "signed_up_at" | OPENED | CLICKED),
            _,
        ) => Way::Range(true),
        Leaf::Truth(Slot::Standard(BOUNCED | COMPLAINED), wanted) => Way::Range(*wanted),
        Leaf::Text(Slot::Standard(name), test) if !test.exact_case => of_text(name, test),
        Leaf::Number(Slot::Standard("id"), Op::Is, _) => Way::Range(true),
        Leaf::Known(Slot::Standard(COUNTRY | OPENED | CLICKED), wanted) => Way::Range(*wanted),
        Leaf::Known(Slot::Standard("name" | "email" | "external_id" | CITY | REGION), wanted) => {
            Way::Index(*wanted)
        }
        _ => Way::Rows,
    }
}

fn of_text(name: &str, test: &TextTest) -> Way {
    let op = positive(test).op;
    let holds = op == test.op;
    match name {
        COUNTRY if op == Op::Is => Way::Range(holds),
        "name" | "email" | "external_id" | CITY | REGION
            if matches!(op, Op::Is | Op::StartsWith) =>
        {
            Way::Range(holds)
        }
        "name" | "email" | "external_id" | "email_domain" | CITY | REGION => Way::Index(holds),
        _ => Way::Rows,
    }
}

/// Adds what finds those whom [`way`] speaks of, where that is a range or an index.
pub fn indexed(sql: &mut Statement, scope: Scope, leaf: &Leaf) {
    match leaf {
        Leaf::Moment(Slot::Standard(name), test) => {
            let column = match *name {
                // As the index has it.
                "signed_up_at" => "coalesce(p.signed_up_at, 0)",
                "created_at" => "p.created_at",
                OPENED => "p.last_email_opened_at",
                CLICKED => "p.last_email_clicked_at",
                _ => "p.last_seen_at",
            };
            sql.push(column).push(" <> 0 and ");
            moment(sql, column, test, scope.now);
        }
        Leaf::Text(slot @ Slot::Standard(COUNTRY), test) => {
            let code = folded(*slot, &test.value).to_ascii_uppercase();
            sql.push(held(COUNTRY).unwrap_or_default()).push(" and p.country_code = ").text(code);
        }
        Leaf::Text(slot @ Slot::Standard(name), test) => {
            if *name == "email_domain" {
                // Cutting the address up costs ten times as much: that is done for those alone who have it somewhere.
                let somewhere = TextTest { op: Op::Contains, ..test.clone() };
                text(sql, "p.email_key", *slot, &somewhere);
                sql.push(" and ");
            }
            if let Some(held) = held(name) {
                sql.push(held).push(" and ");
            }
            if let Some(column) = columns::text_of(scope.of, name) {
                text(sql, column.key, *slot, &positive(test));
            }
        }
        Leaf::Number(Slot::Standard("id"), _, wanted) => {
            sql.push("p.id = ").number(*wanted as i64);
        }
        Leaf::Known(Slot::Standard(name), _) | Leaf::Truth(Slot::Standard(name), _) => {
            sql.push(held(name).unwrap_or(match *name {
                "name" => "p.name_key <> ''",
                "email" => "p.email_key <> ''",
                _ => "p.external_key <> ''",
            }));
        }
        // The others have no index.
        _ => _ = sql.push("1 = 0"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segments::rule::MomentTest;
    use crate::time::Time;

    #[test]
    fn places_and_what_became_of_mail_are_read_from_their_indexes() {
        let scope = Scope::all(Subject::Contact, Time(0));
        let text = |name, op| {
            let test = TextTest { op, value: "x".into(), exact_case: false };
            way(scope, &Leaf::Text(Slot::Standard(name), test))
        };
        for name in [CITY, REGION] {
            assert_eq!(text(name, Op::Is), Way::Range(true));
            assert_eq!(text(name, Op::IsNot), Way::Range(false));
            assert_eq!(text(name, Op::Contains), Way::Index(true));
            assert_eq!(way(scope, &Leaf::Known(Slot::Standard(name), false)), Way::Index(false));
        }
        for name in [OPENED, CLICKED] {
            let test = MomentTest::Newer(1);
            assert_eq!(way(scope, &Leaf::Moment(Slot::Standard(name), test)), Way::Range(true));
        }
        for name in [BOUNCED, COMPLAINED] {
            assert_eq!(way(scope, &Leaf::Truth(Slot::Standard(name), true)), Way::Range(true));
        }
        // What has none is still read of everybody.
        assert_eq!(text("location.country", Op::Is), Way::Rows);
    }
}
