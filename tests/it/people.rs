//! The list of people, and one person's stream, page by page.

use axum::http::StatusCode;
use rapport::contacts::{People, Profile};
use rapport::stream::Page;
use rapport::teammates::sign_in;
use serde_json::json;

use crate::on_both;
use crate::support::TestApp;

async fn ada(app: &TestApp) -> String {
    sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap()
}

on_both! {
    async fn the_list_pages_through_everyone_once(app: TestApp) {
        for n in 0..120 {
            app.call("identify", &json!({"userId": format!("u{n}"), "traits": {"name": format!("Person {n}")}})).await;
        }
        let token = ada(&app).await;
        let (mut path, mut seen) = ("/do/people?find=".to_owned(), std::collections::BTreeSet::new());
        loop {
            let (status, body) = app.get(&token, &path).await;
            assert_eq!(status, StatusCode::OK);
            let people: People = serde_json::from_str(&body).unwrap();
            assert_eq!(people.total, 120);
            for (contact, _) in people.rows {
                assert!(seen.insert(contact.id), "{} came twice", contact.id);
            }
            let Some(after) = people.next else { break };
            path = format!("/do/people?find=&after={after}");
        }
        assert_eq!(seen.len(), 120);
    }

    async fn people_are_found_by_how_name_address_or_id_begin_in_any_script(app: TestApp) {
        for (id, name, email) in [("a-1", "Émile Zola", "zola@example.com"), ("b-1", "ÉMILIE", "em@example.com"), ("c%_1", "Ann", "ann@example.com")] {
            app.call("identify", &json!({"userId": id, "traits": {"name": name, "email": email}})).await;
        }
        let token = ada(&app).await;
        for (find, total) in [("%C3%89mil", 2), ("ZOLA", 1), ("c%25_", 1), ("b-1", 1), ("mile", 0), ("%25", 0), ("", 3)] {
            let (_, body) = app.get(&token, &format!("/do/people?find={find}")).await;
            let people: People = serde_json::from_str(&body).unwrap();
            assert_eq!((people.total, people.rows.len() as i64), (total, total), "{find}");
        }
    }

    async fn a_stream_pages_in_the_senders_order_and_folds_equal_events(app: TestApp) {
        for day in 1..=20 {
            let at = format!("2025-01-{day:02}T10:00:00Z");
            for _ in 0..3 {
                app.call("track", &json!({"userId": "u", "event": "Ordered", "timestamp": at})).await;
            }
        }
        let (token, contact) = (ada(&app).await, app.number("select id from contacts").await);
        let (mut before, mut lines, mut last) = (String::new(), 0, i64::MAX);
        loop {
            let (_, body) = app.get(&token, &format!("/do/stream?contact={contact}&facet=event&limit=7{before}")).await;
            let page: Page = serde_json::from_str(&body).unwrap();
            for line in page.days.iter().flat_map(|d| &d.folds).flat_map(|f| std::iter::once(&f.newest).chain(&f.rest)) {
                assert!(line.at.at.0 <= last);
                last = line.at.at.0;
                lines += 1;
            }
            let Some(older) = page.older else { break };
            before = format!("&before={older}");
        }
        assert_eq!(lines, 60);
        let (_, body) = app.get(&token, &format!("/do/stream?contact={contact}&facet=event&limit=500")).await;
        let page: Page = serde_json::from_str(&body).unwrap();
        assert_eq!(page.days.len(), 20);
        assert!(page.days.iter().all(|d| d.folds.len() == 1 && d.folds[0].rest.len() == 2));
        assert_eq!(page.days[0].title, "Monday 20 January 2025");
    }

    async fn a_profile_counts_events_and_shows_data(app: TestApp) {
        app.call("identify", &json!({"userId": "u", "traits": {"name": "Grace", "plan": "pro"}})).await;
        app.call("track", &json!({"userId": "u", "event": "Ordered", "timestamp": "2025-01-01T10:00:00Z"})).await;
        app.call("track", &json!({"userId": "u", "event": "Ordered", "timestamp": "2024-01-01T10:00:00Z"})).await;
        let (token, contact) = (ada(&app).await, app.number("select id from contacts").await);
        let (_, body) = app.get(&token, &format!("/do/profile?id={contact}")).await;
        let profile: Profile = serde_json::from_str(&body).unwrap();
        assert_eq!(profile.events[0].count, 2);
        assert_eq!(profile.events[0].first.exact, "1 January 2024, 10:00 UTC");
        assert_eq!((profile.data[0].label.as_str(), profile.data[0].value.as_str()), ("plan", "pro"));
        assert_eq!(app.number("select count(*) from event_days").await, 2);
        let (_, html) = app.get(&token, &format!("/contacts/{contact}")).await;
        for text in ["Grace", "Ordered", "plan", "pro"] {
            assert!(html.contains(text), "the page has {text} before any script");
        }
        assert!(!html.contains(" style="), "the policy forbids style attributes");
    }

    async fn bad_cursors_are_refused(app: TestApp) {
        app.call("identify", &json!({"userId": "u"})).await;
        let (token, contact) = (ada(&app).await, app.number("select id from contacts").await);
        for path in [
            "/do/people?find=&after=x".to_owned(),
            "/do/people?find=&after=1.x".to_owned(),
            format!("/do/stream?contact={contact}&limit=5&before=99"),
            format!("/do/stream?contact={contact}&limit=x"),
            "/do/profile?id=x".to_owned(),
        ] {
            let (status, body) = app.get(&token, &path).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{path}: {body}");
        }
    }
}
