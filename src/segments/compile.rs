//! A rule as SQL, for many people or companies at once, from one text on both engines.
//!
//! Whatever has an index is asked for as `id in (select …)`, led by what is asked: asked row by row, SQLite takes a
//! thousand times longer. Each condition is true or false, never null, so that its opposite is the rest.

use super::judge::folded;
use super::predicate::Op;
use super::rule::{
    EventAsked, EventLeaf, Leaf, Member, MemberTest, MomentTest, Rule, Slot, TextTest,
};
use crate::attributes::Subject;
use crate::server::db::{Statement, escaped};
use crate::time::Time;

/// A text column: folded, as it was written, and whether that can be null.
pub(super) struct Text {
    /// Folded.
    pub key: &'static str,
    /// As it was sent.
    pub raw: &'static str,
}

macro_rules! lower {
    ($($column:literal)+) => {
        Some(Text {
            key: concat!("lower(coalesce(", $($column,)+ ", ''))"),
            raw: concat!("coalesce(", $($column,)+ ", '')"),
        })
    };
}

macro_rules! place {
    ($member:literal) => {
        lower!("json_extract(p.location, '$." $member "')")
    };
}

/// The part after the last @: what is left when all that is not @ is cut off at the end, and what remains is taken away.
macro_rules! domain {
    ($column:literal) => {
        concat!(
            "case when ",
            $column,
            " like '%@%' then replace(",
            $column,
            ", rtrim(",
            $column,
            ", replace(",
            $column,
            ", '@', '')), '') else '' end"
        )
    };
}

/// The columns of a standard field of text.
pub(super) fn text_of(of: Subject, name: &str) -> Option<Text> {
    let kept = |key, raw| Some(Text { key, raw });
    match (of, name) {
        (Subject::Contact, "role") => lower!("p.role"),
        (Subject::Contact, "name") => kept("p.name_key", "coalesce(p.name, '')"),
        (Subject::Contact, "email") => kept("p.email_key", "coalesce(p.email, '')"),
        (Subject::Contact, "email_domain") => {
            kept(domain!("p.email_key"), domain!("coalesce(p.email, '')"))
        }
        (Subject::Contact, "external_id") => kept("p.external_key", "coalesce(p.external_id, '')"),
        (Subject::Contact, "phone") => lower!("p.phone"),
        (Subject::Contact, "location.country_code") => place!("country_code"),
        (Subject::Contact, "location.country") => place!("country"),
        (Subject::Contact, "location.region") => place!("region"),
        (Subject::Contact, "location.city") => place!("city"),
        (Subject::Contact, "location.continent_code") => place!("continent_code"),
        (Subject::Contact, "location.time_zone") => place!("time_zone"),
        (Subject::Contact, "browser") => lower!("p.browser"),
        (Subject::Contact, "browser_version") => lower!("p.browser_version"),
        (Subject::Contact, "browser_language") => lower!("p.browser_language"),
        (Subject::Contact, "language_override") => lower!("p.language_override"),
        (Subject::Contact, "os") => lower!("p.os"),
        (Subject::Contact, "referrer") => lower!("p.referrer"),
        (Subject::Contact, "utm_campaign") => lower!("p.utm_campaign"),
        (Subject::Contact, "utm_content") => lower!("p.utm_content"),
        (Subject::Contact, "utm_medium") => lower!("p.utm_medium"),
        (Subject::Contact, "utm_source") => lower!("p.utm_source"),
        (Subject::Contact, "utm_term") => lower!("p.utm_term"),
        (Subject::Company, "health") => lower!("c.health"),
        (Subject::Company, "name") => kept("c.name_key", "coalesce(c.name, '')"),
        (Subject::Company, "company_id") => kept("c.company_key", "c.company_id"),
        (Subject::Company, "plan") => lower!("c.plan"),
        (Subject::Company, "industry") => lower!("c.industry"),
        (Subject::Company, "website") => lower!("c.website"),
        _ => None,
    }
}

/// Numbers and moments, null where nothing is known.
fn number_of(of: Subject, name: &str) -> &'static str {
    match (of, name) {
        (Subject::Contact, "last_seen_at") => "nullif(p.last_seen_at, 0)",
        (Subject::Contact, "signed_up_at") => "nullif(p.signed_up_at, 0)",
        (Subject::Contact, "first_seen_at") => "nullif(p.first_seen_at, 0)",
        (Subject::Contact, "created_at") => "nullif(p.created_at, 0)",
        (Subject::Contact, "last_contacted_at") => "nullif(p.last_contacted_at, 0)",
        (Subject::Contact, "last_heard_from_at") => "nullif(p.last_heard_from_at, 0)",
        (Subject::Contact, "session_count") => "p.session_count",
        (Subject::Contact, "owner_id") => "nullif(p.owner_id, 0)",
        (Subject::Contact, "unsubscribed_from_emails") => "p.unsubscribed",
        (Subject::Company, "remote_created_at") => "nullif(c.remote_created_at, 0)",
        (Subject::Company, "last_seen_at") => "nullif(c.last_seen_at, 0)",
        (Subject::Company, "monthly_spend") => "c.monthly_spend",
        (Subject::Company, "size") => "c.size",
        (Subject::Company, "owner_id") => "nullif(c.owner_id, 0)",
        (Subject::Company, "session_count") => "c.session_count",
        (Subject::Company, "user_count") => "c.user_count",
        // Every field of a rule was looked up before; the compiler cannot know it.
        _ => "null",
    }
}

/// Adds a rule's condition, in brackets, on contacts called `p` or companies called `c`, whose first parameter is the
/// workspace.
pub fn push(sql: &mut Statement, of: Subject, rule: &Rule, now: Time) {
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
            push(sql, of, part, now);
        }
        sql.push(")");
    };
    match rule {
        Rule::All(parts) => several(sql, parts, " and ", "(1 = 1)"),
        Rule::Any(parts) => several(sql, parts, " or ", "(1 = 0)"),
        Rule::Not(part) => {
            sql.push("(not ");
            push(sql, of, part, now);
            sql.push(")");
        }
        Rule::Segment(_, part) => push(sql, of, part, now),
        Rule::Company(part) => {
            sql.push(
                "(p.id in (select m.contact_id from companies c cross join memberships m where c.workspace_id = $1 and c.merged_into = 0 \
                 and m.workspace_id = $1 and m.company_id = c.id and m.left_at = 0 and ",
            );
            push(sql, Subject::Company, part, now);
            sql.push("))");
        }
        Rule::Leaf(leaf, _) => {
            sql.push("(");
            of_leaf(sql, of, leaf, now);
            sql.push(")");
        }
    }
}

/// The column of the number.
pub(super) const fn id_of(of: Subject) -> &'static str {
    match of {
        Subject::Contact => "p.id",
        Subject::Company => "c.id",
    }
}

fn of_leaf(sql: &mut Statement, of: Subject, leaf: &Leaf, now: Time) {
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
            sql.push("select g.owner_id from taggings g where g.workspace_id = $1 and g.tag_id = ");
            sql.number(tag.0).push(" and g.owner_kind = '").push(of.word()).push("')");
        }
        Leaf::Event(event) => of_event(sql, event, now),
        Leaf::Text(Slot::Attribute(id), test) => {
            let positive = positive(test);
            has(sql, of, id.0, positive.op == test.op);
            let column = if test.exact_case { "v.text" } else { "v.text_key" };
            text(sql, column, Slot::Attribute(*id), &positive);
            sql.push("))");
        }
        Leaf::Number(Slot::Attribute(id), op, wanted) => {
            let is_not = *op == Op::IsNot;
            has(sql, of, id.0, !is_not);
            number(sql, "v.number", if is_not { Op::Is } else { *op }, *wanted);
            sql.push("))");
        }
        Leaf::Truth(Slot::Attribute(id), wanted) => {
            has(sql, of, id.0, true);
            sql.push(if *wanted {
                "v.number is not null and v.number <> 0))"
            } else {
                "v.number = 0))"
            });
        }
        Leaf::Moment(Slot::Attribute(id), test) => {
            has(sql, of, id.0, true);
            sql.push("v.number is not null and ");
            moment(sql, "v.number", test, now);
            sql.push("))");
        }
        Leaf::Known(Slot::Attribute(id), wanted) => {
            has(sql, of, id.0, *wanted);
            sql.push("1 = 1))");
        }
    }
}

/// The same without a `not`: what is left is not it.
fn positive(test: &TextTest) -> TextTest {
    let op = match test.op {
        Op::IsNot => Op::Is,
        Op::DoesNotContain => Op::Contains,
        op => op,
    };
    TextTest { op, ..test.clone() }
}

/// Whoever has a value of an attribute that fits, or whoever has not; two brackets stay open.
fn has(sql: &mut Statement, of: Subject, attribute: i64, has: bool) {
    sql.push(id_of(of)).push(if has { " in (" } else { " not in (" });
    sql.push("select v.subject_id from attribute_values v where v.workspace_id = $1 and v.attribute_id = ");
    sql.number(attribute).push(" and (");
}

fn text(sql: &mut Statement, column: &'static str, slot: Slot, test: &TextTest) {
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

fn of_event(sql: &mut Statement, leaf: &EventLeaf, now: Time) {
    let plain = leaf.metadata.is_empty();
    match leaf.asked {
        EventAsked::Count(0, most) => {
            sql.push("p.id not in (");
            occurrences(sql, leaf, now, plain && leaf.when.is_empty());
            // More often than at most; nobody is left out who did not do it.
            sql.number(most).push(")");
        }
        EventAsked::Count(least, most) => {
            sql.push("p.id in (");
            let folded = plain && leaf.when.is_empty();
            occurrences(sql, leaf, now, folded);
            sql.number(least - 1);
            sql.push(if folded { " and e.count <= " } else { " and count(*) <= " });
            sql.number(most).push(")");
        }
        EventAsked::First | EventAsked::Last => {
            let first = leaf.asked == EventAsked::First;
            sql.push("p.id in (");
            if plain {
                sql.push("select e.contact_id from event_counts e where e.workspace_id = $1 and e.event_name_id = ");
                name(sql, leaf);
                let column = if first { "e.first_at" } else { "e.last_at" };
                for test in &leaf.when {
                    sql.push(" and ");
                    moment(sql, column, test, now);
                }
            } else {
                sql.push("select a.contact_id from activity a where a.workspace_id = $1 and a.kind = 'event' and a.ref_id = ");
                name(sql, leaf);
                metadata(sql, leaf);
                sql.push(" group by a.contact_id having 1 = 1");
                let column = if first { "min(a.occurred_at)" } else { "max(a.occurred_at)" };
                for test in &leaf.when {
                    sql.push(" and ");
                    moment(sql, column, test, now);
                }
            }
            sql.push(")");
        }
    }
}

/// Those who did it more often than the number that follows.
fn occurrences(sql: &mut Statement, leaf: &EventLeaf, now: Time, folded: bool) {
    if folded {
        sql.push("select e.contact_id from event_counts e where e.workspace_id = $1 and e.event_name_id = ");
        name(sql, leaf);
        sql.push(" and e.count > ");
        return;
    }
    sql.push("select a.contact_id from activity a where a.workspace_id = $1 and a.kind = 'event' and a.ref_id = ");
    name(sql, leaf);
    for test in &leaf.when {
        sql.push(" and ");
        moment(sql, "a.occurred_at", test, now);
    }
    metadata(sql, leaf);
    sql.push(" group by a.contact_id having count(*) > ");
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
    let kind = |sql: &mut Statement, kinds: &'static str| {
        sql.push("coalesce(json_type(a.data, ").text(path.clone()).push("), 'null') ").push(kinds);
    };
    match &asked.test {
        MemberTest::Known(wanted) => kind(sql, if *wanted { "<> 'null'" } else { "= 'null'" }),
        MemberTest::Truth(wanted) => kind(sql, if *wanted { "= 'true'" } else { "= 'false'" }),
        MemberTest::Number(op, wanted) => {
            let is_not = *op == Op::IsNot;
            sql.push(if is_not { "not (" } else { "(" });
            sql.push("coalesce(case when ");
            kind(sql, "in ('integer', 'real')");
            sql.push(" then cast(json_extract(a.data, ").text(path.clone());
            sql.push(") as double precision) else null end");
            sql.push(sign(if is_not { Op::Is } else { *op })).float(*wanted);
            sql.push(", 1 = 0))");
        }
        MemberTest::Text(test) => {
            let positive = positive(test);
            sql.push(if positive.op == test.op { "(" } else { "not (" });
            kind(sql, "= 'text'");
            sql.push(" and exists (select 1 from (select ");
            sql.push(if test.exact_case { "" } else { "lower(" });
            sql.push("json_extract(a.data, ").text(path.clone());
            sql.push(if test.exact_case { ")" } else { "))" })
                .push(" as said) t where t.said <> '' and ");
            // Only A to Z are folded by both engines.
            let slot = Slot::Standard("");
            text(sql, "t.said", slot, &positive);
            sql.push("))");
        }
    }
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
