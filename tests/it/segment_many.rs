//! Rules that many match: searches that count once, lists in their order, and what is done with all of them.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rapport::jobs;
use rapport::rest::Cursor;
use serde_json::{Value, json};

use crate::companies::{ada, group};
use crate::on_both;
use crate::segment_limits::{fill, people};
use crate::segments::is;
use crate::support::TestApp;

/// A page of a search, whose people are answered by number.
async fn page(app: &TestApp, query: &Value, after: &Value) -> (Vec<i64>, i64, Value) {
    let pagination = json!({"per_page": 150, "starting_after": after});
    let body = json!({"query": query, "pagination": pagination});
    let (status, answer) = app.api("POST", "/contacts/search", body).await;
    assert_eq!(status, StatusCode::OK, "{query}: {answer}");
    let number = |p: &Value| i64::from_str_radix(p["id"].as_str().unwrap(), 16).unwrap();
    let ids = answer["data"].as_array().unwrap().iter().map(number).collect();
    let next = answer["pages"]["next"]["starting_after"].clone();
    (ids, answer["total_count"].as_i64().unwrap(), next)
}

/// The numbers that a statement finds.
async fn numbers(app: &TestApp, sql: &'static str) -> Vec<i64> {
    let mut c = app.state.db.read().await.unwrap();
    let rows: Result<Vec<(i64,)>, _> =
        rapport::run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).fetch_all(x));
    rows.unwrap().into_iter().map(|(id,)| id).collect()
}

/// Thirty thousand people, a third of whom came often, half of whom have a tag, with ten in the archive.
async fn crowd(app: &TestApp) -> i64 {
    people(app, 30_000).await;
    fill(app, "insert into tags (workspace_id, id, name, name_key, created_at, created_by) values ($1, $2, 'half', 'half', 0, 0)", 77).await;
    let half = "insert into taggings (workspace_id, owner_kind, owner_id, tag_id, tagged_at, tagged_by) \
                select workspace_id, 'contact', id, $2, 0, 0 from contacts where workspace_id = $1 and id % 8 = 0";
    fill(app, half, 77).await;
    fill(
        app,
        "update contacts set archived_at = 1 where workspace_id = $1 and id <= $2",
        10_000_040,
    )
    .await;
    fill(app, "update workspace_seq set people = people - $2 where workspace_id = $1", 10).await;
    77
}

on_both! {
    async fn a_search_that_nearly_everyone_matches_is_counted_once_and_comes_in_order(app: TestApp) {
        let tag = crowd(&app).await;
        let ask = |field: &str, operator: &str, value: Value| json!({"field": field, "operator": operator, "value": value});
        let user = ask("role", "=", json!("user"));
        let both = json!({"operator": "AND", "value": [user, ask("tag_id", "=", json!(tag.to_string()))]});
        for (query, sql, many) in [
            (user.clone(), "select id from contacts where archived_at = 0 order by id desc", true),
            (ask("tag_id", "=", json!(tag.to_string())), "select id from contacts where archived_at = 0 and id % 8 = 0 order by id desc", true),
            (ask("tag_id", "!=", json!(tag.to_string())), "select id from contacts where archived_at = 0 and id % 8 <> 0 order by id desc", true),
            (both, "select id from contacts where archived_at = 0 and id % 8 = 0 order by id desc", true),
            (ask("last_seen_at", "=", json!(0)), "select id from contacts where archived_at = 0 order by id desc", true),
            (ask("name", "^", json!("person")), "select id from contacts where archived_at = 0 and name_key like 'person%' order by id desc", true),
            (ask("session_count", ">", json!(5)), "select id from contacts where archived_at = 0 and session_count > 5 order by id desc", false),
        ] {
            let expected = numbers(&app, sql).await;
            let (mut seen, mut after, mut totals) = (Vec::new(), Value::Null, Vec::new());
            for n in 0..4 {
                let (ids, total, next) = page(&app, &query, &after).await;
                seen.extend(ids);
                totals.push(total);
                after = next;
                if n == 1 {
                    // Some who match come last while the pages are read.
                    fill(&app, "update contacts set archived_at = 0 where workspace_id = $1 and id in (10000024, 10000032, 10000036, $2)", 0).await;
                    fill(&app, "update workspace_seq set people = people + $2 where workspace_id = $1", 3).await;
                }
            }
            assert_eq!(seen, expected[..600], "{query}");
            let now = numbers(&app, sql).await.len() as i64;
            assert!(now > expected.len() as i64, "{query}");
            let then = expected.len() as i64;
            let last = if many { then } else { now };
            assert_eq!(totals, [then, then, last, last], "{query}: of many the number is that of the first page");
            fill(&app, "update contacts set archived_at = 1 where workspace_id = $1 and id <= $2", 10_000_040).await;
            fill(&app, "update workspace_seq set people = people - $2 where workspace_id = $1", 3).await;
        }
        // What a caller makes up as the number is at most everyone.
        let (_, _, next) = page(&app, &user, &Value::Null).await;
        let bytes = URL_SAFE_NO_PAD.decode(next.as_str().unwrap()).unwrap();
        let cursor: Cursor = serde_json::from_slice(&bytes).unwrap();
        for (said, total) in [(i64::MAX, 29_990), (i64::MIN, 29_990), (0, 29_990)] {
            let made_up = Cursor { total: Some(said), ..cursor.clone() };
            let after = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&made_up).unwrap());
            let (ids, counted, _) = page(&app, &user, &json!(after)).await;
            assert_eq!((ids.len(), counted), (150, total), "{said}");
        }
    }

    async fn the_list_of_a_rule_that_many_match_is_whole_in_every_order(app: TestApp) {
        let tag = crowd(&app).await;
        let token = ada(&app).await;
        let rule = json!({"version": 1, "rule": is("tag", "is", json!(tag.to_string()))}).to_string();
        let expected = numbers(&app, "select id from contacts where archived_at = 0 and id % 8 = 0 order by name_key, id limit 100").await;
        let (mut after, mut seen) = (String::new(), Vec::new());
        for _ in 0..2 {
            let mut address = url::form_urlencoded::Serializer::new(String::new());
            address.append_pair("rule", &rule).append_pair("sort", "name");
            if !after.is_empty() {
                address.append_pair("after", &after);
            }
            let address = address.finish();
            let encoded: String = url::form_urlencoded::byte_serialize(format!("/people?{address}").as_bytes()).collect();
            let (status, body) = app.get(&token, &format!("/do/people?address={encoded}")).await;
            assert_eq!(status, StatusCode::OK, "{body}");
            let people: rapport::people::People = serde_json::from_str(&body).unwrap();
            assert_eq!(people.total, 14_995);
            seen.extend(people.rows.iter().map(|row| row.id.0));
            after = people.next.unwrap();
        }
        assert_eq!(seen, expected);
    }

    async fn all_who_match_are_tagged_in_steps_however_many_they_are(app: TestApp) {
        let tag = crowd(&app).await;
        let token = ada(&app).await;
        let rule = json!({"version": 1, "rule": is("session_count", "at_most", json!(5))}).to_string();
        let address: String = url::form_urlencoded::byte_serialize(
            format!("/people?rule={}", url::form_urlencoded::byte_serialize(rule.as_bytes()).collect::<String>()).as_bytes()).collect();
        let form = format!("of=contact&all=1&address={address}&name=quiet&change=add");
        let (status, body) = app.form(Some(&token), "/do/tag_selected", &form).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert_eq!(app.number("select total from jobs").await, 19_993);
        let length = app.number("select cast(length(input) as bigint) from jobs").await;
        assert!(length < 2 * 19_993, "the job does not carry numbers of eight digits: {length} characters");
        let (_, body) = app.get(&token, "/do/jobs").await;
        assert!(body.contains("\"total\":19993"), "{body}");
        jobs::run_due(&app.state).await.unwrap();
        let tagged = "select count(*) from taggings g join tags t on t.id = g.tag_id and t.name = 'quiet' \
                      join contacts p on p.id = g.owner_id and p.session_count <= 5 and p.archived_at = 0";
        assert_eq!(app.number(tagged).await, 19_993);
        assert_eq!(app.number("select count(*) from taggings").await, 15_000 + 19_993);
        // With another filter beside it, those of whom both hold.
        let form = format!("of=contact&all=1&address={address}%26tag%3D{tag}&name=quiet+half&change=add");
        app.form(Some(&token), "/do/tag_selected", &form).await;
        let both = numbers(&app, "select id from contacts where archived_at = 0 and id % 8 = 0 and session_count <= 5").await;
        assert_eq!(app.number("select total from jobs order by id desc limit 1").await, both.len() as i64);
        // A rule that nobody matches begins no job.
        let form = "of=contact&all=1&address=/people?find%3Dnobody&name=x&change=add";
        let (status, _) = app.form(Some(&token), "/do/tag_selected", form).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }

    async fn a_job_of_an_earlier_version_goes_on(app: TestApp) {
        group(&app, "u0", "c0", json!({})).await;
        let token = ada(&app).await;
        let person = app.number("select min(id) from contacts").await;
        let form = format!("of=contact&selected[0]={person}&address=/people&name=early&change=add");
        app.form(Some(&token), "/do/tag_selected", &form).await;
        // As it wrote whom it is for.
        let sql = "update jobs set input = '{\"kind\":\"tag\",\"tag\":' || (select id from tags) || ',\"add\":true,\"people\":[' || $2 || ']}' where workspace_id = $1";
        fill(&app, sql, person).await;
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select owner_id from taggings").await, person);
    }
}
