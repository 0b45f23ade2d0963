//! A rule as SQL, for many people or companies at once, from one text on both engines.
//!
//! Whatever has an index is asked for as `id in (select …)`, led by what is asked: asked row by row, SQLite takes a
//! thousand times longer. Each condition is true or false, never null, so that its opposite is the rest.

mod columns;
mod event;
mod text;

use super::predicate::Op;
use super::rule::{Leaf, MomentTest, Rule, Slot};
use crate::attributes::Subject;
use crate::server::db::Statement;
use crate::time::Time;
pub(super) use columns::{id_of, number_of, text_of};
use event::of_event;
use text::{positive, text};

/// What a condition is asked of.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    /// Contacts called `p` or companies called `c`.
    pub of: Subject,
    /// What days ago are counted from.
    pub now: Time,
    /// Whether only those matter whose numbers are the column `id` of `sampled`, which the statement has.
    pub sampled: bool,
}

impl Scope {
    /// Everyone.
    pub const fn all(of: Subject, now: Time) -> Self {
        Self { of, now, sampled: false }
    }

    /// Adds where a part of a condition looks: everywhere, or at the sample one by one.
    fn from(self, sql: &mut Statement, table: &'static str, id: &'static str) {
        if self.sampled {
            sql.push(" from sampled z cross join ").push(table).push(" where ");
            sql.push(id).push(" = z.id and ");
        } else {
            sql.push(" from ").push(table).push(" where ");
        }
    }
}

/// Adds a rule's condition, in brackets; the workspace is the first parameter.
pub fn push(sql: &mut Statement, scope: Scope, rule: &Rule) {
    let several = |sql: &mut Statement, parts: &[Rule], word: &'static str, none: &'static str| {
        if parts.is_empty() {
            sql.push(none);
            return;
        }
        sql.push("(");
        for (n, part) in parts.iter().enumerate() {
            if n > 0 {
                sql.push(word);
            }
            push(sql, scope, part);
        }
        sql.push(")");
    };
    match rule {
        Rule::All(parts) => several(sql, parts, " and ", "(1 = 1)"),
        Rule::Any(parts) => several(sql, parts, " or ", "(1 = 0)"),
        Rule::Not(part) => {
            sql.push("(not ");
            push(sql, scope, part);
            sql.push(")");
        }
        Rule::Segment(_, part) => push(sql, scope, part),
        Rule::Company(part) => {
            sql.push("(p.id in (select m.contact_id");
            if scope.sampled {
                sql.push(" from sampled z cross join memberships m cross join companies c where m.contact_id = z.id and ");
            } else {
                sql.push(" from companies c cross join memberships m where ");
            }
            sql.push(
                "c.workspace_id = $1 and c.merged_into = 0 \
                 and m.workspace_id = $1 and m.company_id = c.id and m.left_at = 0 and ",
            );
            push(sql, Scope::all(Subject::Company, scope.now), part);
            sql.push("))");
        }
        Rule::Leaf(leaf, _) => {
            sql.push("(");
            of_leaf(sql, scope, leaf);
            sql.push(")");
        }
    }
}

fn of_leaf(sql: &mut Statement, scope: Scope, leaf: &Leaf) {
    let Scope { of, now, .. } = scope;
    match leaf {
        Leaf::Text(Slot::Standard(name), test) => {
            let Some(column) = text_of(of, name) else {
                sql.push("1 = 0");
                return;
            };
            let column = if test.exact_case { column.raw } else { column.key };
            text(sql, column, Slot::Standard(name), test);
        }
        Leaf::Number(Slot::Standard(name), op, wanted) => {
            number(sql, number_of(of, name), *op, *wanted);
        }
        Leaf::Truth(Slot::Standard(name), wanted) => {
            number(sql, number_of(of, name), Op::Is, f64::from(u8::from(*wanted)));
        }
        Leaf::Moment(Slot::Standard(name), test) => {
            sql.push("coalesce(");
            moment(sql, number_of(of, name), test, now);
            sql.push(", 1 = 0)");
        }
        Leaf::Known(Slot::Standard(name), wanted) => {
            match text_of(of, name) {
                Some(column) => sql.push(column.raw).push(if *wanted { " <> ''" } else { " = ''" }),
                None => sql.push(number_of(of, name)).push(if *wanted {
                    " is not null"
                } else {
                    " is null"
                }),
            };
        }
        Leaf::Tag(tag, wanted) => {
            sql.push(id_of(of));
            sql.push(if *wanted { " in (" } else { " not in (" });
            sql.push("select g.owner_id");
            scope.from(sql, "taggings g", "g.owner_id");
            sql.push("g.workspace_id = $1 and g.tag_id = ");
            sql.number(tag.0).push(" and g.owner_kind = '").push(of.word()).push("')");
        }
        Leaf::Event(event) => of_event(sql, scope, event),
        Leaf::Text(Slot::Attribute(id), test) => {
            let positive = positive(test);
            has(sql, scope, id.0, positive.op == test.op);
            let column = if test.exact_case { "v.text" } else { "v.text_key" };
            text(sql, column, Slot::Attribute(*id), &positive);
            sql.push("))");
        }
        Leaf::Number(Slot::Attribute(id), op, wanted) => {
            let is_not = *op == Op::IsNot;
            has(sql, scope, id.0, !is_not);
            // Plain, so that the index of numbers serves: what is not known is not found.
            sql.push("v.number").push(sign(if is_not { Op::Is } else { *op })).float(*wanted);
            sql.push("))");
        }
        Leaf::Truth(Slot::Attribute(id), wanted) => {
            has(sql, scope, id.0, true);
            sql.push(if *wanted {
                "v.number is not null and v.number <> 0))"
            } else {
                "v.number = 0))"
            });
        }
        Leaf::Moment(Slot::Attribute(id), test) => {
            has(sql, scope, id.0, true);
            sql.push("v.number is not null and ");
            moment(sql, "v.number", test, now);
            sql.push("))");
        }
        Leaf::Known(Slot::Attribute(id), wanted) => {
            has(sql, scope, id.0, *wanted);
            sql.push("1 = 1))");
        }
    }
}

/// Whoever has a value of an attribute that fits, or whoever has not; two brackets stay open.
fn has(sql: &mut Statement, scope: Scope, attribute: i64, has: bool) {
    sql.push(id_of(scope.of)).push(if has { " in (" } else { " not in (" });
    sql.push("select v.subject_id");
    scope.from(sql, "attribute_values v", "v.subject_id");
    if scope.sampled {
        // By the primary key, which is led by whose they are.
        sql.push("v.subject = '").push(scope.of.word()).push("' and ");
    }
    sql.push("v.workspace_id = $1 and v.attribute_id = ");
    sql.number(attribute).push(" and (");
}

fn number(sql: &mut Statement, column: &'static str, op: Op, wanted: f64) {
    // What is not known is not it.
    let unknown = if op == Op::IsNot { ", 1 = 1)" } else { ", 1 = 0)" };
    sql.push("coalesce(").push(column).push(sign(op)).float(wanted).push(unknown);
}

fn moment(sql: &mut Statement, column: &'static str, test: &MomentTest, now: Time) {
    let from = |sql: &mut Statement, at: Time| _ = sql.push(column).push(" >= ").number(at.0);
    let until = |sql: &mut Statement, at: Time| _ = sql.push(column).push(" < ").number(at.0);
    sql.push("(");
    match *test {
        MomentTest::Older(back) => until(sql, now.plus(1 - back)),
        MomentTest::Newer(back) => {
            from(sql, now.plus(1 - back));
            sql.push(" and ");
            until(sql, now.plus(1));
        }
        MomentTest::Between(near, far) => {
            from(sql, now.plus(1 - far));
            sql.push(" and ");
            until(sql, now.plus(1 - near));
        }
        MomentTest::From(begin) => from(sql, begin),
        MomentTest::Until(end) => until(sql, end),
        MomentTest::Within(begin, end) => {
            from(sql, begin);
            sql.push(" and ");
            until(sql, end);
        }
    }
    sql.push(")");
}

/// How a number is compared.
const fn sign(op: Op) -> &'static str {
    match op {
        Op::Is => " = ",
        Op::IsNot => " <> ",
        Op::Greater => " > ",
        Op::Less => " < ",
        Op::AtLeast => " >= ",
        _ => " <= ",
    }
}
