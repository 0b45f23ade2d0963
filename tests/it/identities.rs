//! Visitors who turn out to be users, and companies that people belong to.

use axum::http::StatusCode;
use serde_json::json;

use crate::on_both;
use crate::support::{NOON, TestApp};

on_both! {
    async fn a_visitor_who_identifies_brings_everything_along(app: TestApp) {
        app.call("page", &json!({"anonymousId": "a-1", "timestamp": "2026-03-01T09:00:00Z", "context": {"locale": "fr"}})).await;
        app.call("track", &json!({"anonymousId": "a-1", "event": "Looked"})).await;
        app.call("track", &json!({"userId": "u", "event": "Looked"})).await;
        app.call("identify", &json!({"anonymousId": "a-1", "traits": {"plan": "free", "name": "Visitor", "city": "Paris"}})).await;
        app.call("identify", &json!({"userId": "u", "traits": {"plan": "pro", "name": "Grace"}})).await;
        app.call("page", &json!({"userId": "u", "timestamp": "2026-03-01T09:20:00Z"})).await;
        assert_eq!(app.number("select count(*) from contacts where merged_into = 0").await, 2);

        app.call("identify", &json!({"userId": "u", "anonymousId": "a-1"})).await;
        assert_eq!(app.number("select count(*) from contacts where merged_into = 0").await, 1);
        assert_eq!(app.text("select name from contacts where merged_into = 0").await, "Grace");
        assert_eq!(app.text("select browser_language from contacts where merged_into = 0").await, "fr");
        assert_eq!(app.number("select count from event_counts").await, 2);
        assert_eq!(app.number("select count from event_days").await, 2);
        assert_eq!(app.number("select session_count from contacts where merged_into = 0").await, 1, "visits 20 minutes apart are one session");
        assert_eq!(app.number("select count(*) from sessions").await, 1);
        assert_eq!(app.text("select text from attribute_values v join attributes a on a.id = v.attribute_id where a.name = 'plan'").await, "pro");
        assert_eq!(app.text("select text from attribute_values v join attributes a on a.id = v.attribute_id where a.name = 'city'").await, "Paris");
        let strays = "select count(*) from stream s where s.owner_kind = 'contact' and s.owner_id in (select id from contacts where merged_into > 0)";
        assert_eq!(app.number(strays).await, 0);
        assert_eq!(app.number("select count(*) from activity a where a.contact_id in (select id from contacts where merged_into > 0)").await, 0);

        app.call("track", &json!({"anonymousId": "a-1", "event": "Looked"})).await;
        assert_eq!(app.number("select count from event_counts").await, 3, "the browser's id is the user's now");
        let lead = app.number("select id from contacts where merged_into > 0").await;
        let token = rapport::teammates::sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let (status, page) = app.get(&token, &format!("/do/profile?id={lead}")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("Grace"), "the old number answers with the survivor");
    }

    async fn all_of_it_in_one_batch_ends_the_same(app: TestApp) {
        let batch = json!([
            {"type": "page", "anonymousId": "a"}, {"type": "track", "anonymousId": "a", "event": "x"},
            {"type": "identify", "userId": "u", "anonymousId": "a", "traits": {"name": "Grace"}},
            {"type": "track", "anonymousId": "a", "event": "x"}, {"type": "track", "userId": "u", "event": "x"},
            {"type": "group", "userId": "u", "groupId": "Acme", "traits": {"name": "Acme Inc", "employees": 40, "plan": "pro", "monthlySpend": 99.5}},
        ]);
        let (status, answer) = app.call("batch", &json!({"batch": batch})).await;
        assert_eq!((status, &answer["rejected"]), (StatusCode::OK, &json!(null)));
        assert_eq!(app.number("select count(*) from contacts where merged_into = 0").await, 1);
        assert_eq!(app.number("select count from event_counts").await, 3);
        assert_eq!(app.number("select session_count from contacts where merged_into = 0").await, 1);
        let strays = "select count(*) from activity where contact_id in (select id from contacts where merged_into > 0)";
        assert_eq!(app.number(strays).await, 0);
        assert_eq!(app.number("select size from companies").await, 40);
        let history = "select count(*) from stream where owner_kind = 'company' and facet = 'event'";
        assert_eq!(app.number(history).await, 4, "three events and a session came along");
    }

    async fn two_users_of_one_browser_stay_two(app: TestApp) {
        app.call("identify", &json!({"userId": "u1", "anonymousId": "a"})).await;
        app.call("identify", &json!({"userId": "u2", "anonymousId": "a"})).await;
        app.call("alias", &json!({"userId": "u2", "previousId": "a"})).await;
        assert_eq!(app.number("select count(*) from contacts where merged_into = 0").await, 2);
    }

    async fn an_alias_names_the_visitor_that_a_user_was(app: TestApp) {
        app.call("track", &json!({"anonymousId": "a", "event": "x"})).await;
        app.call("alias", &json!({"userId": "u", "previousId": "a"})).await;
        assert_eq!(app.number("select count(*) from contacts where merged_into = 0").await, 1);
        let (status, _) = app.call("alias", &json!({"anonymousId": "b", "previousId": "a"})).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }

    async fn a_company_is_one_whatever_the_case_of_its_id(app: TestApp) {
        for (user, id) in [("u1", "Acme"), ("u2", "ACME"), ("u2", "acme")] {
            app.call("group", &json!({"userId": user, "groupId": id, "traits": {"tier": 1}})).await;
        }
        assert_eq!(app.text("select company_id from companies").await, "Acme");
        assert_eq!(app.number("select user_count from companies").await, 2);
        assert_eq!(app.number("select count(*) from activity where kind = 'company_joined'").await, 2);
        assert_eq!(app.number("select count(*) from activity where kind = 'company_changed'").await, 1, "the same facts again change nothing");
    }

    async fn a_merge_moves_companies_and_their_counts(app: TestApp) {
        app.call("group", &json!({"anonymousId": "a", "groupId": "acme"})).await;
        app.pass(60_000);
        app.call("page", &json!({"anonymousId": "a"})).await;
        app.pass(3_600_000);
        app.call("page", &json!({"userId": "u"})).await;
        assert_eq!(app.number("select session_count from companies").await, 1);
        app.call("identify", &json!({"anonymousId": "a", "userId": "u"})).await;
        assert_eq!(app.number("select session_count from companies").await, 2);
        assert_eq!(app.number("select user_count from companies").await, 1);
        assert_eq!(app.number("select last_seen_at from companies").await, NOON.0 + 3_660_000);
    }

    async fn unchanged_facts_leave_no_trace_and_changed_ones_say_what_they_were(app: TestApp) {
        for plan in ["free", "free", "pro"] {
            app.call("identify", &json!({"userId": "u", "traits": {"name": "Grace", "plan": plan}})).await;
        }
        assert_eq!(app.number("select count(*) from activity where kind = 'attributes_changed'").await, 2);
        let last = app.text("select data from activity where kind = 'attributes_changed' order by seq desc limit 1").await;
        assert_eq!(serde_json::from_str::<serde_json::Value>(&last).unwrap(), json!({"set": {"plan": "pro"}, "from": {"plan": "free"}}));
        app.call("identify", &json!({"userId": "u", "traits": {"plan": null, "name": null}})).await;
        assert_eq!(app.number("select count(*) from attribute_values").await, 0);
        assert_eq!(app.number("select count(*) from contacts where name is null").await, 1);
    }

    async fn a_batch_keeps_the_good_and_names_the_bad(app: TestApp) {
        let batch = json!([{"type": "track", "userId": "u", "event": "x"}, {"type": "track", "userId": "u"}, {"type": "dance", "userId": "u"}, 4]);
        let (status, answer) = app.call("batch", &json!({"batch": batch})).await;
        assert_eq!(status, StatusCode::OK);
        let indexes: Vec<_> = answer["rejected"].as_array().unwrap().iter().map(|r| r["index"].as_i64().unwrap()).collect();
        assert_eq!(indexes, [1, 2, 3], "{answer}");
        assert_eq!(app.number("select count from event_counts").await, 1);
        for body in [json!({"batch": [{"type": "track"}]}), json!({"batch": 4}), json!([]), json!({"batch": vec![json!({}); 501]})] {
            let (status, _) = app.call("batch", &body).await;
            assert_eq!(status, StatusCode::BAD_REQUEST);
        }
        let large = json!({"userId": "u", "event": "x", "properties": {"a": "x".repeat(33_000)}});
        let (status, answer) = app.call("track", &large).await;
        assert_eq!((status, answer["errors"][0]["message"].as_str()), (StatusCode::BAD_REQUEST, Some("body: send at most 32 KB a call")));
    }

    async fn a_sender_with_a_wrong_clock_is_put_right(app: TestApp) {
        let call = json!({"userId": "u", "event": "x", "timestamp": "2020-01-01T00:00:00Z", "sentAt": "2020-01-01T01:00:00Z"});
        app.call("track", &call).await;
        assert_eq!(app.number("select occurred_at from activity where kind = 'event'").await, NOON.0 - 3_600_000);
        let call = json!({"userId": "u", "event": "y", "timestamp": "1997-01-01T00:00:00Z", "sentAt": "2026-03-01T12:00:01Z"});
        app.call("track", &call).await;
        assert_eq!(app.number("select min(occurred_at) from activity where kind = 'event'").await, 852_076_800_000, "history stays as it was sent");
    }

    async fn a_declared_type_refuses_what_does_not_fit_and_nothing_is_written(app: TestApp) {
        app.call("identify", &json!({"userId": "u", "traits": {"seats": 4}})).await;
        let mut c = app.state.db.begin().await.unwrap();
        let done: Result<rapport::server::db::Changed, _> = rapport::run!(c, |x| sqlx::query("update attributes set declared = 1").execute(x));
        done.unwrap();
        c.commit().await.unwrap();
        let (status, answer) = app.call("identify", &json!({"userId": "new", "traits": {"seats": "many"}})).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(answer["errors"][0]["message"], "traits.seats: this attribute is a whole number");
        assert_eq!(app.number("select count(*) from contacts").await, 1);
    }
}
