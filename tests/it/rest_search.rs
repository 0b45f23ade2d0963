//! Searching people by the REST API: by example, and against a plain evaluation in memory.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::http::StatusCode;
use proptest::prelude::*;
use rapport::rest::Limits;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::{NOON, TestApp, properties};

const DAY: i64 = 86_400;

async fn make(app: &TestApp, body: Value) -> Value {
    let (status, answer) = app.api("POST", "/contacts", body).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

/// Who matches, by external id; leads by their name.
async fn found(app: &TestApp, query: &Value) -> Result<BTreeSet<String>, Value> {
    let body = json!({"query": query, "pagination": {"per_page": 150}});
    let (status, answer) = app.api("POST", "/contacts/search", body).await;
    if status != StatusCode::OK {
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}: {answer}");
        return Err(answer);
    }
    let data = answer["data"].as_array().unwrap();
    assert_eq!(answer["total_count"], json!(data.len()), "{query}");
    let name = |p: &Value| p["external_id"].as_str().or(p["name"].as_str()).unwrap().to_owned();
    Ok(data.iter().map(name).collect())
}

fn is(field: &str, operator: &str, value: Value) -> Value {
    json!({"field": field, "operator": operator, "value": value})
}

on_both! {
    async fn each_field_is_found_by_each_operator_that_fits_it(app: TestApp) {
        let owner = app.number("select id from teammates").await;
        let today = NOON.0 / 1000;
        let a = make(&app, json!({"external_id": "a", "email": "Ada@Example.com", "name": "Ada 100% Élan", "phone": "+44 1", "owner_id": owner,
            "signed_up_at": today - 10 * DAY, "last_seen_at": today - DAY, "unsubscribed_from_emails": true,
            "custom_attributes": {"plan": "Pro", "seats": 3, "score": 1.5, "beta": true, "ends_at": today}})).await;
        make(&app, json!({"external_id": "b", "email": "bob@mail.example.com", "name": "Bob_", "signed_up_at": today,
            "custom_attributes": {"plan": "free", "seats": 30, "beta": false}})).await;
        make(&app, json!({"role": "lead", "name": "c"})).await;
        let (_, tag) = app.api("POST", "/tags", json!({"name": "VIP", "users": [{"user_id": "a"}]})).await;
        let rule = json!({"version": 1, "rule": {"field": "custom_attributes.plan", "op": "is", "value": "pro"}});
        let (_, segment) = app.api("POST", "/segments", json!({"name": "Pro", "rule": rule})).await;
        let segment = segment["id"].clone();
        let all = ["a", "b", "c"];
        for (field, operator, value, expected) in [
            ("id", "=", a["id"].clone(), &all[..1]),
            ("id", "!=", a["id"].clone(), &all[1..]),
            ("id", "IN", json!([a["id"], "nonsense"]), &all[..1]),
            ("id", "=", json!("nonsense"), &[]),
            ("role", "=", json!("lead"), &all[2..]),
            ("role", "NIN", json!(["lead"]), &all[..2]),
            ("name", "=", json!("ADA 100% éLAN"), &all[..1]),
            ("name", "~", json!("0%"), &all[..1]),
            ("name", "~", json!("_"), &all[1..2]),
            ("name", "~", json!("\\"), &[]),
            ("name", "!~", json!("b"), &["a", "c"]),
            ("name", "^", json!("BO"), &all[1..2]),
            ("name", "$", json!("élan"), &all[..1]),
            ("email", "=", json!("ada@example.com"), &all[..1]),
            ("email", "=", Value::Null, &all[2..]),
            ("email", "!=", Value::Null, &all[..2]),
            ("email", "^", json!("ADA@"), &all[..1]),
            ("email_domain", "=", json!("example.com"), &all[..1]),
            ("email_domain", "$", json!("example.com"), &all[..2]),
            ("email_domain", "~", json!("mail"), &all[1..2]),
            ("email_domain", "^", json!("mail."), &all[1..2]),
            ("email_domain", "=", Value::Null, &all[2..]),
            ("external_id", "IN", json!(["A", "B", "x"]), &all[..2]),
            ("phone", "=", json!("+44 1"), &all[..1]),
            ("phone", "=", Value::Null, &all[1..]),
            ("owner_id", "=", json!(owner), &all[..1]),
            ("owner_id", "=", json!(owner.to_string()), &all[..1]),
            ("owner_id", "=", Value::Null, &all[1..]),
            ("unsubscribed_from_emails", "=", json!(true), &all[..1]),
            ("unsubscribed_from_emails", "!=", json!("true"), &all[1..]),
            ("signed_up_at", "=", json!(today - 10 * DAY + 3_600), &all[..1]),
            ("signed_up_at", ">", json!(today - 10 * DAY - 43_200), &all[1..2]),
            ("signed_up_at", "<", json!((today).to_string()), &all[..1]),
            ("signed_up_at", "<=", json!(today), &all[..2]),
            ("signed_up_at", ">=", json!(today), &all[1..2]),
            ("signed_up_at", "=", Value::Null, &all[2..]),
            ("signed_up_at", "NIN", json!([today]), &["a", "c"]),
            ("created_at", "=", json!(today), &all),
            ("created_at", ">", json!(today), &[]),
            ("last_seen_at", "<", json!(today), &all[..1]),
            ("last_seen_at", "=", Value::Null, &all[1..]),
            ("tag_id", "=", tag["id"].clone(), &all[..1]),
            ("tag_id", "!=", tag["id"].clone(), &all[1..]),
            ("tag_id", "=", json!("999999"), &[]),
            ("custom_attributes.plan", "=", json!("pro"), &all[..1]),
            ("custom_attributes.plan", "!=", json!("pro"), &all[1..]),
            ("custom_attributes.plan", "$", json!("EE"), &all[1..2]),
            ("custom_attributes.plan", "=", Value::Null, &all[2..]),
            ("custom_attributes.seats", ">", json!(3), &all[1..2]),
            ("custom_attributes.seats", "<=", json!("3"), &all[..1]),
            ("custom_attributes.seats", "IN", json!([3, 30]), &all[..2]),
            ("custom_attributes.score", "=", json!(1.5), &all[..1]),
            ("custom_attributes.beta", "=", json!(false), &all[1..2]),
            ("custom_attributes.beta", "!=", json!(false), &["a", "c"]),
            ("custom_attributes.ends_at", "=", json!(today - 100), &all[..1]),
            ("avatar", "=", Value::Null, &all),
            ("avatar", "~", json!("x"), &[]),
            ("updated_at", "=", json!(today), &all),
            ("updated_at", "<", json!(today), &[]),
            ("last_replied_at", "!=", Value::Null, &[]),
            ("last_email_opened_at", "=", Value::Null, &all),
            ("last_email_clicked_at", ">", json!(today - DAY), &[]),
            ("has_hard_bounced", "=", json!(false), &all),
            ("has_hard_bounced", "=", json!(true), &[]),
            ("marked_email_as_spam", "=", json!(false), &all),
            ("marked_email_as_spam", "!=", json!(false), &[]),
            ("location.region", "~", json!("x"), &[]),
            ("location.country", "=", Value::Null, &all),
            ("location.city", "!=", json!("Berlin"), &all),
            ("utm_source", "=", Value::Null, &all),
            ("role", "~", json!("EA"), &all[2..]),
            ("role", "=", json!("nonsense"), &[]),
            ("owner_id", "=", json!(999_999), &[]),
            ("segment_id", "=", segment.clone(), &all[..1]),
            ("segment_id", "!=", segment.clone(), &all[1..]),
            ("segment_id", "NIN", json!([segment]), &all[1..]),
        ] {
            let expected: BTreeSet<String> = expected.iter().map(|e| (*e).to_owned()).collect();
            assert_eq!(found(&app, &is(field, operator, value.clone())).await, Ok(expected), "{field} {operator} {value}");
        }
        let nested = json!({"operator": "OR", "value": [
            {"operator": "AND", "value": [is("role", "=", json!("user")), is("custom_attributes.seats", "<", json!(10))]},
            is("role", "=", json!("lead"))]});
        assert_eq!(found(&app, &nested).await, Ok(["a", "c"].map(String::from).into()));
    }

    async fn what_cannot_be_asked_is_told_by_field(app: TestApp) {
        make(&app, json!({"external_id": "a", "custom_attributes": {"seats": 3}})).await;
        let deep = (0..4).fold(is("name", "=", json!("x")), |q, _| json!({"operator": "AND", "value": [q]}));
        for (query, field) in [
            (is("shoe_size", "=", json!(1)), "shoe_size"),
            (is("custom_attributes.shoes", "=", json!(1)), "custom_attributes.shoes"),
            (is("p.id) or (1=1", "=", json!(1)), "p.id) or (1=1"),
            (is("custom_attributes.seats", "=", json!("many")), "custom_attributes.seats"),
            (is("custom_attributes.seats", "~", json!(3)), "custom_attributes.seats"),
            (is("name", ">", json!("a")), "name"),
            (is("name", "~", json!("")), "name"),
            (is("created_at", "=", json!("2026-01-01")), "created_at"),
            (is("created_at", "~", json!(1)), "created_at"),
            (is("tag_id", ">", json!("1")), "tag_id"),
            (is("unsubscribed_from_emails", "=", json!("maybe")), "unsubscribed_from_emails"),
            (is("tag_id", "=", Value::Null), "tag_id"),
            (is("segment_id", "=", json!("999999")), "segment_id"),
            (is("id", ">", json!("1")), "id"),
            (json!({"operator": "OR", "value": [is("name", "=", json!("x")), {"operator": "AND", "value": [is("role", "!=", json!("x")), is("custom_attributes.seats", "NIN", json!(["3", "x"]))]}]}), "custom_attributes.seats"),
            (json!({"operator": "OR", "value": [is("name", "IN", json!(vec!["x"; 500])), is("email", "IN", json!(vec!["x"; 500]))]}), "email"),
            (is("name", "=", json!({})), "query.value"),
            (is("name", "IN", json!([])), "query.value"),
            (is("name", "IN", json!([null])), "query.value"),
            (is("name", "~", Value::Null), "query.value"),
            (is("name", "is", json!("a")), "query.operator"),
            (json!({"operator": "AND", "value": []}), "query.value"),
            (json!({"operator": "AND", "value": vec![is("name", "=", json!("x")); 16]}), "query.value"),
            (deep, "query.value[0].value[0].value[0].value"),
            (json!([]), "query"),
        ] {
            let answer = found(&app, &query).await.unwrap_err();
            assert_eq!(answer["errors"][0]["field"], json!(field), "{query}: {answer}");
        }
        for (body, field) in [
            (json!({}), "query"),
            (json!({"query": is("name", "=", json!("x")), "sort": {"field": "shoe_size"}}), "sort.field"),
            (json!({"query": is("name", "=", json!("x")), "sort": {"field": "name", "order": "up"}}), "sort.order"),
            (json!({"query": is("name", "=", json!("x")), "pagination": {"per_page": 151}}), "per_page"),
            (json!({"query": is("name", "=", json!("x")), "pagination": []}), "pagination"),
        ] {
            let (status, answer) = app.api("POST", "/contacts/search", body.clone()).await;
            assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{body}: {answer}");
        }
        let (_, page) = app.api("GET", "/contacts?per_page=1", Value::Null).await;
        assert_eq!(page["pages"]["next"], Value::Null);
    }

    async fn a_long_list_of_values_is_one_of_them(app: TestApp) {
        for n in 0..4 {
            make(&app, json!({"external_id": format!("u{n}"), "custom_attributes": {"seats": n}})).await;
        }
        let ids: Vec<_> = (1..501).map(|n| format!("u{n}")).collect();
        for (query, expected) in [
            (is("external_id", "IN", json!(ids)), vec!["u1", "u2", "u3"]),
            (is("external_id", "NIN", json!(ids)), vec!["u0"]),
            (is("custom_attributes.seats", "IN", json!((2..502).collect::<Vec<_>>())), vec!["u2", "u3"]),
        ] {
            assert_eq!(found(&app, &query).await, Ok(expected.into_iter().map(String::from).collect()), "{query}");
        }
    }

    async fn pages_follow_each_other_in_any_order(app: TestApp) {
        for n in 0..7 {
            make(&app, json!({"external_id": format!("u{n}"), "name": format!("N{}", n % 3)})).await;
        }
        for sort in [Value::Null, json!({"field": "name", "order": "ascending"})] {
            let (mut after, mut seen) = (Value::Null, Vec::new());
            loop {
                let body = json!({"query": is("name", "^", json!("n")), "sort": sort, "pagination": {"per_page": 3, "starting_after": after}});
                let (status, page) = app.api("POST", "/contacts/search", body).await;
                assert_eq!((status, &page["total_count"]), (StatusCode::OK, &json!(7)), "{page}");
                seen.extend(page["data"].as_array().unwrap().iter().map(|p| p["external_id"].as_str().unwrap().to_owned()));
                after = page["pages"]["next"]["starting_after"].clone();
                if after.is_null() {
                    break;
                }
            }
            assert_eq!(seen.len(), 7);
            assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 7, "{seen:?}");
        }
    }

    async fn a_day_begins_where_the_workspace_is(app: TestApp) {
        // 2026-03-01T12:00Z is 2 March, 01:00, in Auckland.
        let noon = NOON.0 / 1000;
        make(&app, json!({"external_id": "a", "signed_up_at": noon})).await;
        let on = |seconds| is("signed_up_at", "=", json!(seconds));
        assert_eq!(found(&app, &on(noon - 12 * 3_600)).await.unwrap().len(), 1, "the first second of the day in UTC");
        let mut c = app.state.db.begin().await.unwrap();
        let sql = "update workspaces set time_zone = 'Pacific/Auckland'";
        let _: rapport::server::db::Changed = rapport::run!(c, |x| sqlx::query(sql).execute(x)).unwrap();
        c.commit().await.unwrap();
        assert_eq!(found(&app, &on(noon - 12 * 3_600)).await.unwrap().len(), 0, "the day before");
        assert_eq!(found(&app, &on(noon + 22 * 3_600)).await.unwrap().len(), 1, "the same day there");
        assert_eq!(found(&app, &on(253_402_300_799)).await.unwrap().len(), 0, "the end of time");
    }

    async fn searching_agrees_with_a_plain_evaluation(app: TestApp) {
        let app = without_limit(app);
        let mut people = Vec::new();
        for n in 0..24_i64 {
            let pick = |of: &[&str], by: i64| of[(n / by) as usize % of.len()].to_owned();
            let mut person = json!({"external_id": format!("u{n}"), "unsubscribed_from_emails": n % 3 == 0, "marked_email_as_spam": n % 4 == 1, "custom_attributes": {}});
            if n % 5 > 0 { person["name"] = pick(&["Ada", "ada b", "Élan", "100%", "a_b"], 1).into(); }
            if n % 4 > 0 { person["email"] = format!("{}{n}@{}", pick(&["x", "Y"], 2), pick(&["b.c", "Mail.b.c"], 3)).into(); }
            if n % 3 > 0 { person["signed_up_at"] = (NOON.0 / 1000 - (n % 4) * DAY / 2).into(); }
            if n % 2 > 0 { person["custom_attributes"]["seats"] = (n % 6).into(); }
            if n % 3 > 1 { person["custom_attributes"]["plan"] = pick(&["pro", "Free", "a%"], 4).into(); }
            if n % 4 < 2 { person["custom_attributes"]["beta"] = (n % 8 < 4).into(); }
            people.push(make(&app, person).await);
        }
        properties(150, &tree(), |query| {
            let expected = people.iter().filter(|p| holds(&query, p)).map(|p| p["external_id"].as_str().unwrap().to_owned()).collect();
            let answer = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(found(&app, &query)));
            prop_assert_eq!(answer, Ok(expected), "{}", query);
            Ok(())
        });
    }

    async fn no_body_and_no_address_breaks_a_route(app: TestApp) {
        let app = without_limit(app);
        let person = make(&app, json!({"external_id": "a", "email": "a@b.c", "custom_attributes": {"seats": 3}})).await;
        let (_, tag) = app.api("POST", "/tags", json!({"name": "VIP", "users": [{"user_id": "a"}]})).await;
        let (_, company) = app.api("POST", "/companies", json!({"company_id": "a"})).await;
        let attribute = app.number("select id from attributes").await;
        let ids = [person["id"].clone(), tag["id"].clone(), company["id"].clone(), json!(attribute.to_string())];
        let ids: Vec<String> = ids.iter().map(|id| id.as_str().unwrap().to_owned()).collect();
        let request = (0..ROUTES.len(), prop::option::weighted(0.2, bad_id()), bodies(ids.clone()), any::<bool>(), query_text());
        let taken = std::cell::Cell::new(0);
        properties(500, &request, |(n, bad, random, only_random, query)| {
            let (method, path, usual) = ROUTES[n];
            let fill = |text: &str| ["{p}", "{t}", "{c}", "{d}"].iter().zip(&ids).fold(text.to_owned(), |text, (name, id)| text.replace(name, id));
            let bad = bad.unwrap_or("0");
            let path = if bad == "0" { fill(path) } else { path.replace("{p}", bad).replace("{t}", bad).replace("{c}", bad).replace("{d}", bad) };
            let query = if path.contains('?') { query.replace('?', "&") } else { query };
            let path = format!("{}{query}", path.replace("{b}", bad));
            let mut body: Value = serde_json::from_str(&fill(usual)).unwrap_or_default();
            match (&mut body, random) {
                (Value::Object(body), Value::Object(random)) if !only_random => body.extend(random.into_iter().take(1)),
                (body, random) => *body = random,
            }
            let send = app.api(method, &path, if method == "GET" { Value::Null } else { body.clone() });
            let (status, answer) = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(send));
            prop_assert!(status.is_success() || status.is_client_error(), "{method} {path} {body}: {status} {answer}");
            taken.set(taken.get() + u32::from(status.is_success()));
            if status.is_client_error() {
                prop_assert_eq!(&answer["type"], &json!("error.list"));
                prop_assert!(answer["request_id"].is_string());
            }
            Ok(())
        });
        assert!(taken.get() > 100, "only {} requests were taken", taken.get());
        let (_, all) = app.api("GET", "/contacts", Value::Null).await;
        assert_eq!(all["total_count"].as_i64().unwrap(), app.number("select count(*) from contacts where merged_into = 0 and archived_at = 0").await);
    }
}

fn without_limit(mut app: TestApp) -> TestApp {
    let state = Arc::get_mut(&mut app.state).unwrap();
    state.api_limits = Limits::new(NonZeroU32::new(1_000_000).unwrap());
    app
}

/// Every route with a body that it takes; `{p}`, `{t}`, `{c}` and `{d}` are a person, a tag, a company and an attribute
/// that are there, `{b}` is none of them.
const ROUTES: [(&str, &str, &str); 41] = [
    ("POST", "/contacts", r#"{"role": "user", "name": "a"}"#),
    ("POST", "/contacts", r#"{"role": "lead", "email": "a@b.c"}"#),
    (
        "POST",
        "/contacts/search",
        r#"{"query": {"field": "name", "operator": "~", "value": "a"}, "sort": {"field": "name"}, "pagination": {"per_page": 1}}"#,
    ),
    ("POST", "/contacts/merge", r#"{}"#),
    ("GET", "/contacts", ""),
    ("GET", "/contacts/{p}", ""),
    ("PUT", "/contacts/{p}", r#"{"name": "b"}"#),
    ("DELETE", "/contacts/{b}", ""),
    ("GET", "/contacts/find_by_external_id/a", ""),
    ("GET", "/contacts/find_by_external_id/{b}", ""),
    ("POST", "/contacts/{p}/archive", ""),
    ("POST", "/contacts/{p}/unarchive", ""),
    ("POST", "/contacts/{p}/block", ""),
    ("GET", "/contacts/{p}/tags", ""),
    ("POST", "/contacts/{p}/tags", r#"{"id": "{t}"}"#),
    ("DELETE", "/contacts/{p}/tags/{t}", ""),
    ("GET", "/contacts/{p}/companies", ""),
    ("POST", "/contacts/{p}/companies", r#"{"id": "{c}"}"#),
    ("DELETE", "/contacts/{p}/companies/{c}", ""),
    ("GET", "/contacts/{p}/notes", ""),
    ("POST", "/contacts/{p}/notes", r#"{"body": "x"}"#),
    ("POST", "/companies/{c}/notes", r#"{"body": "x"}"#),
    ("GET", "/notes/{b}", ""),
    ("GET", "/tags", ""),
    ("POST", "/tags", r#"{"name": "x"}"#),
    ("POST", "/tags", r#"{"name": "x", "users": [{"id": "{p}"}]}"#),
    ("GET", "/tags/{t}", ""),
    ("DELETE", "/tags/{b}", ""),
    ("GET", "/events?type=user&user_id=a", ""),
    ("POST", "/events", r#"{"event_name": "x", "created_at": 1772366400, "user_id": "a"}"#),
    (
        "POST",
        "/events/summaries",
        r#"{"user_id": "a", "event_summaries": {"event_name": "x", "count": 1, "first": 1, "last": 2}}"#,
    ),
    ("GET", "/data_attributes", ""),
    ("POST", "/data_attributes", r#"{"name": "x", "model": "contact", "data_type": "string"}"#),
    ("PUT", "/data_attributes/{d}", r#"{"label": "x"}"#),
    ("POST", "/companies", r#"{"company_id": "a", "name": "b"}"#),
    ("PUT", "/companies/{c}", r#"{"name": "c"}"#),
    ("GET", "/companies/{c}", ""),
    ("GET", "/companies/{c}/contacts", ""),
    ("POST", "/companies/list", ""),
    ("GET", "/companies", ""),
    ("GET", "/companies/scroll", ""),
];

fn bad_id() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "0",
        "-1",
        "x",
        "%00",
        "%ff",
        "9007199254740993",
        "99999999999999999999",
        "%F0%9F%99%82",
    ])
}

fn query_text() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "per_page",
        "page",
        "starting_after",
        "type",
        "user_id",
        "email",
        "summary",
        "before",
        "order",
        "name",
        "tag_id",
        "scroll_param",
        "model",
    ]);
    let value = prop::sample::select(vec![
        "1",
        "0",
        "-9223372036854775808",
        "9223372036854775807",
        "user",
        "a",
        "a%40b.c",
        "e30",
        "%27%3B--",
        "true",
        "1.1",
        "contact",
        "asc",
    ]);
    let pairs = prop::collection::vec((name, value), 0..4);
    pairs.prop_map(|pairs| {
        let text: Vec<_> = pairs.iter().map(|(n, v)| format!("{n}={v}")).collect();
        if text.is_empty() { String::new() } else { format!("?{}", text.join("&")) }
    })
}

/// Bodies made of the names that routes look at, with values of every kind.
fn bodies(ids: Vec<String>) -> impl Strategy<Value = Value> {
    const NAMES: [&str; 44] = [
        "role",
        "external_id",
        "email",
        "phone",
        "name",
        "avatar",
        "signed_up_at",
        "last_seen_at",
        "owner_id",
        "unsubscribed_from_emails",
        "custom_attributes",
        "id",
        "from",
        "into",
        "query",
        "field",
        "operator",
        "value",
        "sort",
        "order",
        "pagination",
        "per_page",
        "starting_after",
        "users",
        "companies",
        "untag",
        "company_id",
        "user_id",
        "event_name",
        "created_at",
        "metadata",
        "event_summaries",
        "count",
        "first",
        "last",
        "model",
        "data_type",
        "archived",
        "label",
        "plan",
        "size",
        "monthly_spend",
        "seats",
        "custom_attributes.seats",
    ];
    const TEXTS: [&str; 30] = [
        "",
        " ",
        "a",
        "user",
        "lead",
        "a@b.c",
        "x'; drop table contacts; --",
        "%",
        "_",
        "\\",
        "\u{0}",
        "🙂",
        "\u{202e}",
        "é\u{301}",
        "AND",
        "OR",
        "=",
        "!=",
        "~",
        "IN",
        "<",
        "^",
        "name",
        "custom_attributes.seats",
        "created_at",
        "contact",
        "integer",
        "1772366400",
        "NaN",
        "tag_id",
    ];
    let texts = ids.into_iter().chain(TEXTS.map(String::from)).collect::<Vec<_>>();
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop::sample::select(vec![0, 1, -1, 1_772_366_400, i64::MAX, i64::MIN])
            .prop_map(Value::from),
        prop::sample::select(vec![0.5, -0.0, 1e308, 1e-308]).prop_map(Value::from),
        prop::sample::select(texts).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        Just(Value::from("x".repeat(2_000))),
    ];
    let inner =
        leaf.prop_recursive(3, 24, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                fields(inner),
            ]
        });
    fn fields(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
        let name = prop::sample::select(NAMES.to_vec());
        prop::collection::vec((name, inner), 0..7).prop_map(|pairs| {
            pairs
                .into_iter()
                .map(|(n, v)| (n.to_owned(), v))
                .collect::<serde_json::Map<_, _>>()
                .into()
        })
    }
    prop_oneof![6 => fields(inner.clone()), 1 => inner, 2 => tree().prop_map(|query| json!({"query": query}))]
}

/// Trees of conditions that make sense.
fn tree() -> impl Strategy<Value = Value> {
    let text = |field: &'static str, values: Vec<&'static str>| {
        let single = prop::sample::select(vec!["=", "!=", "~", "!~", "^", "$"]);
        let values = prop::sample::select(values);
        prop_oneof![
            4 => (single, values.clone()).prop_map(move |(o, v)| is(field, o, json!(v))),
            1 => (prop::sample::select(vec!["IN", "NIN"]), prop::collection::vec(values, 1..3)).prop_map(move |(o, v)| is(field, o, json!(v))),
            1 => prop::sample::select(vec!["=", "!="]).prop_map(move |o| is(field, o, Value::Null)),
        ]
    };
    let number = |field: &'static str, values: std::ops::Range<i64>, unit: i64| {
        let single = prop::sample::select(vec!["=", "!=", "<", ">", "<=", ">="]);
        let base = if unit == 1 { 0 } else { NOON.0 / 1000 - 2 * DAY };
        let values = values.prop_map(move |n| base + n * unit);
        prop_oneof![
            4 => (single, values.clone()).prop_map(move |(o, v)| is(field, o, json!(v))),
            1 => (prop::sample::select(vec!["IN", "NIN"]), prop::collection::vec(values, 1..3)).prop_map(move |(o, v)| is(field, o, json!(v))),
            1 => prop::sample::select(vec!["=", "!="]).prop_map(move |o| is(field, o, Value::Null)),
        ]
    };
    let truth = |field: &'static str| {
        (prop::sample::select(vec!["=", "!="]), any::<bool>())
            .prop_map(move |(o, v)| is(field, o, json!(v)))
    };
    let leaf = prop_oneof![
        text("name", vec!["ADA", "a", "%", "_", "élan", "100%", "b"]),
        text("email", vec!["x1@b.c", "X", "@", "b.c", "y2@mail.b.c"]),
        text("external_id", vec!["u1", "U2", "2", "u"]),
        text("custom_attributes.plan", vec!["PRO", "free", "a%", "%", "r"]),
        number("custom_attributes.seats", 0..7, 1),
        number("signed_up_at", 0..8, DAY / 2),
        truth("custom_attributes.beta"),
        truth("unsubscribed_from_emails"),
        truth("marked_email_as_spam"),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        (prop::sample::select(vec!["AND", "OR"]), prop::collection::vec(inner, 1..4))
            .prop_map(|(o, v)| json!({"operator": o, "value": v}))
    })
}

/// Whether a person, as the API shows them, matches: what the documentation says, without a database.
fn holds(query: &Value, person: &Value) -> bool {
    let operator = query["operator"].as_str().unwrap();
    let parts = || query["value"].as_array().unwrap().iter();
    match operator {
        "AND" => return parts().all(|q| holds(q, person)),
        "OR" => return parts().any(|q| holds(q, person)),
        "!=" => return !compares("=", query, person),
        "NIN" => {
            return !parts()
                .any(|v| compares("=", &json!({"field": query["field"], "value": v}), person));
        }
        "IN" => {
            return parts()
                .any(|v| compares("=", &json!({"field": query["field"], "value": v}), person));
        }
        "!~" => return !compares("~", query, person),
        _ => {}
    }
    compares(operator, query, person)
}

fn compares(operator: &str, query: &Value, person: &Value) -> bool {
    let field = query["field"].as_str().unwrap();
    let has = match field.strip_prefix("custom_attributes.") {
        Some(name) => &person["custom_attributes"][name],
        None => &person[field],
    };
    let wants = &query["value"];
    if wants.is_null() || has.is_null() {
        return operator == "=" && wants.is_null() && has.is_null();
    }
    match (has, wants) {
        (Value::String(has), Value::String(wants)) => {
            let (has, wants) = (has.to_lowercase(), wants.to_lowercase());
            match operator {
                "=" => has == wants,
                "~" => has.contains(&wants),
                "^" => has.starts_with(&wants),
                _ => has.ends_with(&wants),
            }
        }
        (Value::Bool(has), Value::Bool(wants)) => has == wants,
        _ => {
            let whole = |v: &Value| {
                if field.ends_with("_at") { v.as_i64().unwrap() / DAY } else { v.as_i64().unwrap() }
            };
            let order = whole(has).cmp(&whole(wants));
            match operator {
                "=" => order.is_eq(),
                "<" => order.is_lt(),
                ">" => order.is_gt(),
                "<=" => order.is_le(),
                _ => order.is_ge(),
            }
        }
    }
}
