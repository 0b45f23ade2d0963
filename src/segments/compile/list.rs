//! Conditions that are asked of a table of their own: the numbers of those whom it lists.

use super::super::predicate::Op;
use super::super::rule::{EventAsked, Leaf, Rule, Slot};
use super::event::of_event;
use super::text::{positive, text};
use super::{Scope, moment, push, sign};
use crate::attributes::Subject;
use crate::server::db::Statement;

/// Whether a condition holds for those whom [`list`] finds, or for all others; `None` for one that is asked of a column.
pub fn lists(leaf: &Leaf) -> Option<bool> {
    match leaf {
        Leaf::Tag(_, wanted) | Leaf::Known(Slot::Attribute(_), wanted) => Some(*wanted),
        // More often than at most; nobody is left out who did not do it.
        Leaf::Event(event) => Some(!matches!(event.asked, EventAsked::Count(0, _))),
        Leaf::Text(Slot::Attribute(_), test) => Some(positive(test).op == test.op),
        Leaf::Number(Slot::Attribute(_), op, _) => Some(*op != Op::IsNot),
        Leaf::Truth(Slot::Attribute(_), _) | Leaf::Moment(Slot::Attribute(_), _) => Some(true),
        _ => None,
    }
}

/// Adds a question for the numbers of those for whom a condition holds, or does not where [`lists`] says so.
pub fn list(sql: &mut Statement, scope: Scope, leaf: &Leaf) {
    match leaf {
        Leaf::Tag(tag, _) => {
            sql.push("select g.owner_id");
            scope.from(sql, "taggings g", "g.owner_id");
            sql.push("g.workspace_id = $1 and g.tag_id = ").number(tag.0);
            sql.push(" and g.owner_kind = '").push(scope.of.word()).push("'");
        }
        Leaf::Event(event) => of_event(sql, scope, event),
        Leaf::Text(Slot::Attribute(id), test) => {
            values(sql, scope, id.0);
            let column = if test.exact_case { "v.text" } else { "v.text_key" };
            text(sql, column, Slot::Attribute(*id), &positive(test));
        }
        Leaf::Number(Slot::Attribute(id), op, wanted) => {
            values(sql, scope, id.0);
            // Plain, so that the index of numbers serves: what is not known is not found.
            let op = if *op == Op::IsNot { Op::Is } else { *op };
            sql.push("v.number").push(sign(op)).float(*wanted);
        }
        Leaf::Truth(Slot::Attribute(id), wanted) => {
            values(sql, scope, id.0);
            sql.push(if *wanted { "v.number <> 0" } else { "v.number = 0" });
        }
        Leaf::Moment(Slot::Attribute(id), test) => {
            values(sql, scope, id.0);
            moment(sql, "v.number", test, scope.now);
        }
        Leaf::Known(Slot::Attribute(id), _) => {
            values(sql, scope, id.0);
            sql.push("1 = 1");
        }
        // The others are columns.
        _ => _ = sql.push("select -1 where 1 = 0"),
    }
}

/// Those who have a value of an attribute; what it must be is to follow.
fn values(sql: &mut Statement, scope: Scope, attribute: i64) {
    sql.push("select v.subject_id");
    scope.from(sql, "attribute_values v", "v.subject_id");
    if scope.each {
        // The key of values has it between the workspace and the number.
        sql.push("v.subject = '").push(scope.of.word()).push("' and ");
    }
    sql.push("v.workspace_id = $1 and v.attribute_id = ").number(attribute).push(" and ");
}

/// Adds a question for the numbers of those who are in a company for which a rule holds.
pub fn companies(sql: &mut Statement, scope: Scope, rule: &Rule) {
    sql.push("select m.contact_id");
    // SQLite keeps the order of a cross join: one person's companies are looked up, or the companies lead.
    let tables = if scope.each {
        "memberships m cross join companies c"
    } else {
        "companies c cross join memberships m"
    };
    scope.from(sql, tables, "m.contact_id");
    sql.push(
        "c.workspace_id = $1 and c.merged_into = 0 \
         and m.workspace_id = $1 and m.company_id = c.id and m.left_at = 0 and ",
    );
    push(sql, Scope { of: Subject::Company, sampled: false, ..scope }, rule);
}
