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
        Leaf::Moment(Slot::Standard("last_seen_at" | "created_at" | "signed_up_at"), _) => {
            Way::Range(true)
        }
        Leaf::Text(Slot::Standard(name), test) if !test.exact_case => of_text(name, test),
        Leaf::Number(Slot::Standard("id"), Op::Is, _) => Way::Range(true),
        Leaf::Known(Slot::Standard(COUNTRY), wanted) => Way::Range(*wanted),
        Leaf::Known(Slot::Standard("name" | "email" | "external_id"), wanted) => {
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
        "name" | "email" | "external_id" if matches!(op, Op::Is | Op::StartsWith) => {
            Way::Range(holds)
        }
        "name" | "email" | "external_id" | "email_domain" => Way::Index(holds),
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
                _ => "p.last_seen_at",
            };
            sql.push(column).push(" <> 0 and ");
            moment(sql, column, test, scope.now);
        }
        Leaf::Text(slot @ Slot::Standard(COUNTRY), test) => {
            let code = folded(*slot, &test.value).to_ascii_uppercase();
            sql.push("p.country_code <> '' and p.country_code = ").text(code);
        }
        Leaf::Text(slot @ Slot::Standard(name), test) => {
            if *name == "email_domain" {
                // Cutting the address up costs ten times as much: that is done for those alone who have it somewhere.
                let somewhere = TextTest { op: Op::Contains, ..test.clone() };
                text(sql, "p.email_key", *slot, &somewhere);
                sql.push(" and ");
            }
            if let Some(column) = columns::text_of(scope.of, name) {
                text(sql, column.key, *slot, &positive(test));
            }
        }
        Leaf::Number(Slot::Standard("id"), _, wanted) => {
            sql.push("p.id = ").number(*wanted as i64);
        }
        Leaf::Known(Slot::Standard(name), _) => {
            sql.push(match *name {
                COUNTRY => "p.country_code <> ''",
                "name" => "p.name_key <> ''",
                "email" => "p.email_key <> ''",
                _ => "p.external_key <> ''",
            });
        }
        // The others have no index.
        _ => _ = sql.push("1 = 0"),
    }
}
