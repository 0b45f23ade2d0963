//! What people did, as SQL.

use super::super::predicate::Op;
use super::super::rule::{EventAsked, EventLeaf, Member, MemberTest, Slot, TextTest};
use super::text::{positive, text};
use super::{Scope, moment, sign};
use crate::server::db::Statement;

/// Adds those who did something so often, or then; for at most so often, those who did it more often.
pub fn of_event(sql: &mut Statement, scope: Scope, leaf: &EventLeaf) {
    let plain = leaf.metadata.is_empty();
    match leaf.asked {
        EventAsked::Count(0, most) => {
            occurrences(sql, scope, leaf, plain && leaf.when.is_empty());
            sql.number(most);
        }
        EventAsked::Count(least, most) => {
            let folded = plain && leaf.when.is_empty();
            occurrences(sql, scope, leaf, folded);
            sql.number(least - 1);
            sql.push(if folded { " and e.count <= " } else { " and count(*) <= " });
            sql.number(most);
        }
        EventAsked::First | EventAsked::Last => {
            let first = leaf.asked == EventAsked::First;
            let column = if plain {
                counts(sql, scope);
                name(sql, leaf);
                if first { "e.first_at" } else { "e.last_at" }
            } else {
                each(sql, scope);
                name(sql, leaf);
                metadata(sql, leaf);
                sql.push(" group by a.contact_id having 1 = 1");
                if first { "min(a.occurred_at)" } else { "max(a.occurred_at)" }
            };
            for test in &leaf.when {
                sql.push(" and ");
                moment(sql, column, test, scope.now);
            }
        }
    }
}

/// Those who did it more often than the number that follows.
fn occurrences(sql: &mut Statement, scope: Scope, leaf: &EventLeaf, folded: bool) {
    if folded {
        counts(sql, scope);
        name(sql, leaf);
        sql.push(" and e.count > ");
        return;
    }
    each(sql, scope);
    name(sql, leaf);
    for test in &leaf.when {
        sql.push(" and ");
        moment(sql, "a.occurred_at", test, scope.now);
    }
    metadata(sql, leaf);
    sql.push(" group by a.contact_id having count(*) > ");
}

/// How often and when each did it; the event's number is to follow.
fn counts(sql: &mut Statement, scope: Scope) {
    sql.push("select e.contact_id");
    scope.from(sql, "event_counts e", "e.contact_id");
    sql.push("e.workspace_id = $1 and e.event_name_id = ");
}

/// Each time that somebody did it; the event's number is to follow.
fn each(sql: &mut Statement, scope: Scope) {
    sql.push("select a.contact_id");
    scope.from(sql, "activity a", "a.contact_id");
    sql.push("a.workspace_id = $1 and a.kind = 'event' and a.ref_id = ");
}

fn name(sql: &mut Statement, leaf: &EventLeaf) {
    sql.push("(select n.id from event_names n where n.workspace_id = $1 and n.name = ");
    sql.text(leaf.event.clone()).push(")");
}

fn metadata(sql: &mut Statement, leaf: &EventLeaf) {
    for member in &leaf.metadata {
        sql.push(" and (");
        of_member(sql, member);
        sql.push(")");
    }
}

fn of_member(sql: &mut Statement, asked: &Member) {
    let path = format!("$.\"{}\"", asked.key);
    match &asked.test {
        MemberTest::Known(wanted) => {
            kind(sql, &path, if *wanted { "<> 'null'" } else { "= 'null'" })
        }
        MemberTest::Truth(wanted) => {
            kind(sql, &path, if *wanted { "= 'true'" } else { "= 'false'" })
        }
        MemberTest::Number(op, wanted) => {
            let is_not = *op == Op::IsNot;
            sql.push(if is_not { "not (" } else { "(" });
            number(sql, &path, if is_not { Op::Is } else { *op }, *wanted);
            sql.push(")");
        }
        MemberTest::Digits(test, wanted) => {
            let positive = positive(test);
            sql.push(if positive.op == test.op { "(" } else { "not (" });
            said(sql, &path, &positive);
            sql.push(" or ");
            number(sql, &path, Op::Is, *wanted);
            sql.push(")");
        }
        MemberTest::Text(test) => {
            let positive = positive(test);
            sql.push(if positive.op == test.op { "(" } else { "not (" });
            said(sql, &path, &positive);
            sql.push(")");
        }
    }
}

/// What kind of value a member has.
fn kind(sql: &mut Statement, path: &str, kinds: &'static str) {
    sql.push("coalesce(json_type(a.data, ").text(path).push("), 'null') ").push(kinds);
}

fn number(sql: &mut Statement, path: &str, op: Op, wanted: f64) {
    sql.push("coalesce(case when ");
    kind(sql, path, "in ('integer', 'real')");
    sql.push(" then cast(json_extract(a.data, ").text(path);
    sql.push(") as double precision) else null end");
    sql.push(sign(op)).float(wanted).push(", 1 = 0)");
}

fn said(sql: &mut Statement, path: &str, positive: &TextTest) {
    let exact = positive.exact_case;
    sql.push("(");
    kind(sql, path, "= 'text'");
    sql.push(" and exists (select 1 from (select ").push(if exact { "" } else { "lower(" });
    sql.push("json_extract(a.data, ").text(path).push(if exact { ")" } else { "))" });
    sql.push(" as said) t where t.said <> '' and ");
    // Only A to Z are folded by both engines.
    text(sql, "t.said", Slot::Standard(""), positive);
    sql.push("))");
}
