//! Text compared, as SQL.

use super::super::judge::folded;
use super::super::predicate::Op;
use super::super::rule::{Slot, TextTest};
use crate::server::db::{Statement, escaped};

/// The same without a `not`: what is left is not it.
pub fn positive(test: &TextTest) -> TextTest {
    let op = match test.op {
        Op::IsNot => Op::Is,
        Op::DoesNotContain => Op::Contains,
        op => op,
    };
    TextTest { op, ..test.clone() }
}
/// Adds a column's comparison.
pub fn text(sql: &mut Statement, column: &'static str, slot: Slot, test: &TextTest) {
    if test.exact_case {
        return exact(sql, column, test);
    }
    let value = folded(slot, &test.value);
    match test.op {
        Op::Is => _ = sql.push(column).push(" = ").text(value),
        Op::IsNot => _ = sql.push(column).push(" <> ").text(value),
        // A range, so that an index of the column serves.
        Op::StartsWith => {
            sql.push(column).push(" >= ").text(value.clone());
            sql.push(" and ").push(column).push(" < ").text(format!("{value}\u{10ffff}"));
        }
        Op::EndsWith => like(sql, column, " like ", format!("%{}", escaped(&value))),
        Op::Contains => like(sql, column, " like ", format!("%{}%", escaped(&value))),
        _ => like(sql, column, " not like ", format!("%{}%", escaped(&value))),
    }
}

fn like(sql: &mut Statement, column: &'static str, word: &'static str, pattern: String) {
    sql.push(column).push(word).text(pattern).push(" escape '\\'");
}

/// Without `like`, which takes small letters for capital ones in SQLite.
fn exact(sql: &mut Statement, column: &'static str, test: &TextTest) {
    let value = test.value.clone();
    match test.op {
        Op::Is => _ = sql.push(column).push(" = ").text(value),
        Op::IsNot => _ = sql.push(column).push(" <> ").text(value),
        Op::StartsWith => {
            let length = value.chars().count() as i64;
            sql.push("substr(").push(column).push(", 1, cast(").number(length);
            sql.push(" as integer)) = ").text(value);
        }
        Op::EndsWith => {
            let length = value.chars().count() as i64;
            sql.push("length(").push(column).push(") >= ").number(length);
            sql.push(" and substr(").push(column).push(", cast(length(").push(column).push(") - ");
            sql.number(length).push(" + 1 as integer)) = ").text(value);
        }
        Op::Contains => {
            sql.push("replace(").push(column).push(", ").text(value).push(", '') <> ").push(column);
        }
        _ => {
            _ = sql
                .push("replace(")
                .push(column)
                .push(", ")
                .text(value)
                .push(", '') = ")
                .push(column)
        }
    }
}
