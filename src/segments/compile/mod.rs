//! A rule as SQL, for many people or companies at once, from one text on both engines.
//!
//! Whatever has an index is asked for as `id in (select …)`, led by what is asked: asked row by row, SQLite takes a
//! thousand times longer. Each condition is true or false, never null, so that its opposite is the rest.

mod columns;
mod event;
mod indexed;
mod list;
mod text;

use super::predicate::Op;
use super::rule::{Leaf, MomentTest, Rule, Slot};
use crate::attributes::Subject;
use crate::server::db::Statement;
use crate::time::Time;
pub(super) use columns::{id_of, number_of, text_of};
pub(super) use indexed::{Way, indexed, way};
use list::lists;
pub(super) use list::{companies, list};
use text::text;

/// What a condition is asked of.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    /// Contacts called `p` or companies called `c`.
    pub of: Subject,
    /// What days ago are counted from.
    pub now: Time,
    /// Whether only one in a hundred is asked, always the same ones.
    pub sampled: bool,
    /// Whether lists are asked for one at a time, as rows come along: right where many match and a page of them is wanted.
    pub each: bool,
}

/// What follows the column of a number where only the sample is asked. It is the condition of indexes, which hold nobody
/// else.
pub const SAMPLED: &str = " % 1000003 * 7919 % 1000003 < 10000";

impl Scope {
    /// Everyone.
    pub const fn all(of: Subject, now: Time) -> Self {
        Self { of, now, sampled: false, each: false }
    }

    /// One in a hundred.
    pub const fn sampled(of: Subject, now: Time) -> Self {
        Self { sampled: true, ..Self::all(of, now) }
    }

    /// Everyone, one at a time.
    pub const fn each(of: Subject, now: Time) -> Self {
        Self { each: true, ..Self::all(of, now) }
    }

    /// Adds where a list comes from: everywhere, or the sample in it.
    pub fn from(self, sql: &mut Statement, table: &'static str, id: &'static str) {
        sql.push(" from ").push(table).push(" where ");
        if self.sampled {
            sql.push(id).push(SAMPLED).push(" and ");
        }
        if self.each {
            sql.push(id).push(" = ").push(id_of(self.of)).push(" and ");
        }
    }

    /// Adds what stands before a list that holds for those in it, or for all others.
    fn begin_list(self, sql: &mut Statement, holds: bool) {
        if self.each {
            sql.push(if holds { "exists (" } else { "not exists (" });
        } else {
            sql.push(id_of(self.of)).push(if holds { " in (" } else { " not in (" });
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
            sql.push("(");
            scope.begin_list(sql, true);
            companies(sql, scope, part);
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
    if let Some(holds) = lists(leaf) {
        scope.begin_list(sql, holds);
        list(sql, scope, leaf);
        sql.push(")");
        return;
    }
    match leaf {
        Leaf::Text(Slot::Standard(name), test) => {
            let Some(column) = text_of(of, name) else {
                sql.push("1 = 0");
                return;
            };
            let column = if test.exact_case { column.raw } else { column.key };
            text(sql, column, Slot::Standard(name), test);
        }
        // A whole number, so that the key serves.
        Leaf::Number(Slot::Standard("id"), op, wanted) => {
            sql.push("p.id").push(sign(*op)).number(*wanted as i64);
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
        // All others are in a list.
        _ => _ = sql.push("1 = 0"),
    }
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
