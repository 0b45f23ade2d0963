//! Segments of many people: a filling that is stopped, a process that ends anywhere, a rule that takes too long, and the
//! estimate that comes before the number.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::task::Poll;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use rapport::attributes::Subject;
use rapport::error::Error;
use rapport::id::{MessageId, TeammateId};
use rapport::outbound;
use rapport::segments::{self, Predicate};
use rapport::server::clock::Clock;
use rapport::server::db::{Conn, Db, Write};
use rapport::server::state::AppState;
use serde_json::{Value, json};

use crate::companies::{ada, group};
use crate::on_both;
use crate::segments::rules::Random;
use crate::segments::{changes, check, is, make, members, rules, settle, tag, workspace};
use crate::support::TestApp;

/// Runs a statement that takes the workspace and a number.
pub async fn fill(app: &TestApp, sql: &'static str, many: i64) {
    let workspace = workspace(app).await;
    let mut w = Write::begin(&app.state, workspace, TeammateId(0)).await.unwrap();
    let done: Result<rapport::server::db::Changed, _> =
        rapport::run!(w.conn, |c| sqlx::query(sql).bind(workspace).bind(many).execute(c));
    done.unwrap();
    w.commit().await.unwrap();
}

/// So many people, with numbers far beyond those that are given out, every third of whom has ten sessions.
pub async fn people(app: &TestApp, many: i64) {
    let sql = "insert into contacts (workspace_id, id, role, external_id, external_key, name, name_key, created_at, updated_at, last_seen_at, session_count) \
               with recursive n (i) as (select 1 union all select i + 1 from n where i < $2) \
               select $1, 10000000 + 4 * i, 'user', 'x' || i, 'x' || i, 'Person ' || i, 'person ' || i, 1, 1, 1, case when i % 3 = 0 then 10 else 1 end from n";
    fill(app, sql, many).await;
    let sql = "insert into contact_identities (workspace_id, kind, value, contact_id) \
               with recursive n (i) as (select 1 union all select i + 1 from n where i < $2) \
               select $1, 'external_id', 'x' || i, 10000000 + 4 * i from n";
    fill(app, sql, many).await;
    let sql = "update workspace_seq set people = people + $2 where workspace_id = $1";
    fill(app, sql, many).await;
}

fn text(rule: Value) -> String {
    json!({"version": 1, "rule": rule}).to_string()
}

/// The time of a condition on an event.
fn ago(days: i64) -> Value {
    json!({"op": "less_than_days_ago", "value": days})
}

/// Polls what is done so many times and then forgets it, as if the process had ended between two statements; answers
/// whether it came to its end.
async fn cut<F: Future>(work: F, after: usize) -> bool {
    let mut work = pin!(work);
    let mut left = after;
    std::future::poll_fn(move |cx| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        work.as_mut().poll(cx).map(|_| true)
    })
    .await
}

/// The process ends and another one begins, with nothing but the database.
async fn restart(app: &mut TestApp) {
    let now = app.state.clock.now();
    let db = Db::open(&app.url).await.unwrap();
    let mut state = AppState::new(db, Clock::Fixed(AtomicI64::new(now.0)), false);
    state.data_dir = app.folder.path().to_owned();
    state.geo = rapport::server::geo::Geo::open(["tests/data/places.mmdb"]).unwrap();
    app.state = Arc::new(state);
}

/// Looks at all that is due in a process that ends again and again.
async fn broken(app: &mut TestApp, r: &mut Random<'_>) {
    for _ in 0..3 {
        let after = 1 + r(60);
        let state = app.state.clone();
        if cut(segments::run_due(&state), after).await {
            break;
        }
        drop(state);
        restart(app).await;
        let sql = "select count(*) from segments s where members <> (select count(*) from segment_members m \
                   where m.workspace_id = s.workspace_id and m.segment_id = s.id)";
        assert_eq!(app.number(sql).await, 0, "the number is that of the members at any moment");
    }
}

on_both! {
    async fn a_filling_stops_where_it_is_goes_on_from_there_and_ends(app: TestApp) {
        let mut app = app;
        settle(&app).await;
        people(&app, 1_800).await;
        let id = make(&app, Subject::Contact, "Often here", is("session_count", "at_least", json!(5))).await.unwrap();
        let place = workspace(&app).await;
        assert!(segments::step(&app.state, place).await.unwrap());
        let (status, answer) = app.api("PUT", &format!("/segments/{id}"), json!({"paused": true})).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!((&answer["paused"], &answer["filled"]), (&json!(true), &json!(false)));
        let part = members(&app, id).await;
        assert!((1..600).contains(&part.len()), "{}", part.len());
        settle(&app).await;
        assert_eq!(members(&app, id).await, part, "nobody else is looked at");
        restart(&mut app).await;
        settle(&app).await;
        assert_eq!(members(&app, id).await, part, "and not in another process either");
        // Who changes is looked at all the same.
        app.call("identify", &json!({"userId": "x3", "traits": {"name": "Somebody"}})).await;
        app.call("page", &json!({"userId": "x1800"})).await;
        settle(&app).await;
        assert!(members(&app, id).await.contains(&(10_000_000 + 4 * 1_800)));
        let (_, answer) = app.api("PUT", &format!("/segments/{id}"), json!({"paused": false})).await;
        assert_eq!(answer["paused"], false);
        assert_eq!(members(&app, id).await.len(), part.len() + 1, "it goes on from where it was");
        settle(&app).await;
        assert_eq!(members(&app, id).await.len(), 600);
        check(&app, "after a stop").await;
        // Nothing is left to stop; another rule begins anew.
        let (_, answer) = app.api("PUT", &format!("/segments/{id}"), json!({"paused": true})).await;
        assert_eq!((&answer["paused"], &answer["filled"]), (&json!(false), &json!(true)));
        let rule = json!({"version": 1, "rule": is("session_count", "at_most", json!(5))});
        app.api("PUT", &format!("/segments/{id}"), json!({"rule": rule})).await;
        let (_, answer) = app.api("PUT", &format!("/segments/{id}"), json!({"paused": true})).await;
        assert_eq!(answer["paused"], true, "before anybody was looked at");
        let rule = json!({"version": 1, "rule": is("session_count", "at_most", json!(9))});
        app.api("PUT", &format!("/segments/{id}"), json!({"rule": rule})).await;
        settle(&app).await;
        check(&app, "after another rule").await;
    }

    async fn membership_is_right_after_the_process_ended_anywhere(app: TestApp) {
        let mut app = app;
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut random = move |n: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % n as u64) as usize
        };
        // Half an hour off, and summer time begins while the days pass.
        fill(&app, "update workspaces set time_zone = 'America/St_Johns' where id = $1 and $2 = 0", 0).await;
        let mut r: Random<'_> = &mut random;
        let token = ada(&app).await;
        for n in 0..3 {
            group(&app, "u0", &format!("c{n}"), json!({"seats": 3, "tier": "gold"})).await;
            tag(&app, "users", "u0", &format!("t{n}"), true).await;
            tag(&app, "companies", "c0", &format!("t{n}"), true).await;
        }
        let traits = json!({"plan": "Pro", "seats": 3, "beta": true, "endsOn": "2026-02-20"});
        app.call("identify", &json!({"userId": "u0", "traits": traits})).await;
        let tags: Vec<i64> = (0..3).map(i64::from).collect();
        let first = app.number("select min(id) from tags").await;
        settle(&app).await;
        // Enough that a filling takes several steps.
        people(&app, 1_100).await;
        let mut made = Vec::new();
        let known: Vec<i64> = tags.iter().map(|_| first).collect();
        for n in 0..12 {
            let subject = if r(4) == 0 { Subject::Company } else { Subject::Contact };
            let rule = rules::rule(&mut r, subject, &known, &made, 2);
            made.push((subject, make(&app, subject, &format!("s{n}"), rule).await.unwrap()));
            broken(&mut app, &mut r).await;
        }
        settle(&app).await;
        check(&app, "filled in pieces").await;
        let steps: usize = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(25);
        for step in 0..steps {
            for _ in 0..1 + r(4) {
                changes::one(&app, &token, &mut r).await;
            }
            rapport::jobs::run_due(&app.state).await.unwrap();
            rapport::companies::sweep(&app.state).await.unwrap();
            broken(&mut app, &mut r).await;
            settle(&app).await;
            check(&app, &format!("step {step}")).await;
        }
    }

    async fn a_rule_that_takes_too_long_is_cut_short_and_says_so(app: TestApp) {
        people(&app, 4_000).await;
        let place = workspace(&app).await;
        // As much as a rule may ask, of text that is looked through from end to end.
        let one = is("name", "contains", json!("e".repeat(900) + "z"));
        let other = json!({"not": {"event": "Nothing", "op": "at_most", "count": 3, "when": [ago(90)]}});
        let rule = json!({"any": [{"any": vec![one; 300]}, {"any": vec![other; 90]}]});
        let predicate = Predicate::read(&json!({"version": 1, "rule": rule})).unwrap();
        let known = segments::known(&mut app.state.db.read().await.unwrap(), place).await.unwrap();
        let rule = segments::resolve(&known, Subject::Contact, None, &predicate).unwrap();
        let now = app.state.clock.now();
        let limit = Duration::from_millis(200);
        let began = Instant::now();
        let mut c = app.state.db.read_within(limit).await.unwrap();
        let mut found = Ok(0);
        for _ in 0..200 {
            found = segments::count(&mut c, place, Subject::Contact, &rule, now).await;
            if found.is_err() {
                break;
            }
        }
        assert_eq!(found, Err(Error::TooSlow));
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        drop(c);
        // The connection serves whoever asks next, with a limit of their own.
        let mut c = app.state.db.read_within(Duration::from_secs(60)).await.unwrap();
        assert_eq!(segments::count(&mut c, place, Subject::Contact, &rule, now).await, Ok(0));
        // Those who wait while others take their time are told as well, and whoever asks for anything else does not wait.
        let mut held = vec![c];
        let refused = loop {
            match app.state.db.read_within(Duration::from_millis(500)).await {
                Ok(c) if held.len() < 16 => held.push(c),
                Ok(_) => panic!("as many as there are connections may take long"),
                Err(error) => break error,
            }
        };
        assert_eq!(refused, Error::TooSlow);
        assert!((3..=6).contains(&held.len()), "{}", held.len());
        let began = Instant::now();
        for _ in 0..3 {
            app.state.db.begin().await.unwrap().commit().await.unwrap();
            drop(app.state.db.read().await.unwrap());
        }
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
        // What another one of a question's two connections gives back is free again.
        held.clear();
        assert!(app.state.db.read_within(limit).await.is_ok());
        assert!(Error::TooSlow.sentence().starts_with("This takes too long"));
        assert_eq!(Error::TooSlow.status(), 422);
    }

    async fn the_people_of_a_draft_are_counted_by_a_connection_that_is_cut_short(app: TestApp) {
        ada(&app).await;
        let place = workspace(&app).await;
        let limited = async |id: MessageId| {
            let c = outbound::reader(&app.state.db, place, id).await.unwrap();
            matches!(c, Conn::SqliteWithin(..) | Conn::PostgresWithin(..))
        };
        let rule = is("name", "contains", json!("a"));
        let id = crate::outbound::save(&app, &crate::outbound::draft(outbound::Whom::All, rule, "Hello")).await;
        assert!(limited(id).await);
        assert!(!limited(MessageId(1)).await, "one that is not there");
        crate::outbound::try_start(&app, id, "").await.unwrap();
        assert!(!limited(id).await, "who gets it is kept");
    }

    async fn a_rule_is_said_in_english_whatever_it_asks(app: TestApp) {
        settle(&app).await;
        app.call("identify", &json!({"userId": "ada"})).await;
        tag(&app, "users", "ada", "VIP", true).await;
        let tagged = app.number("select id from tags").await;
        let active = app.number("select id from segments where name = 'Active' and subject = 'contact'").await;
        let paid = json!({"event": "Paid", "op": "at_least", "count": 3, "when": [ago(90)], "metadata": [is("total", "greater", json!(20))]});
        let cased = json!({"field": "name", "op": "contains", "value": "Ann", "exact_case": true});
        for (rule, said) in [
            (json!({"all": []}), "All people."),
            (json!({"any": []}), "Nobody."),
            (json!({"company": {"all": []}}), "People where there is a company of theirs."),
            (json!({"event": "Paid", "op": "occurred", "metadata": [is("total", "less", json!(2.5)), is("total", "at_least", json!(1.0))]}), "People where Paid has occurred where total is less than 2.5 and total is at least 1."),
            (json!({"all": [is("session_count", "at_least", json!(3)), cased]}), "People where Sessions is at least 3 and Name contains Ann, in capitals and small letters as written."),
            (is("segment", "is_not", json!(active)), "People where they are not in the segment Active."),
            (json!({"event": "Paid", "op": "exactly", "count": 1}), "People where Paid has occurred exactly once."),
            (
                json!({"all": [
                    is("last_seen_at", "less_than_days_ago", json!(1)),
                    {"any": [is("tag", "is", json!(tagged)), {"company": is("plan", "is", json!("pro"))}]},
                    {"not": {"all": [is("name", "starts_with", json!("a")), is("email", "is_unknown", Value::Null)]}},
                    paid,
                ]}),
                "People where Last seen is less than 1 day ago and (Tag is VIP or there is a company of theirs where Plan is pro) \
                 and it is not so that (Name starts with a and E-mail is unknown) \
                 and Paid has occurred at least 3 times less than 90 days ago where total is greater than 20.",
            ),
        ] {
            let (status, seen) = app.api("POST", "/segments/preview", json!({"rule": {"version": 1, "rule": rule}})).await;
            assert_eq!((status, &seen["sentence"]), (StatusCode::OK, &json!(said)), "{rule}");
        }
    }

    async fn the_api_says_in_which_segments_a_company_is_and_why(app: TestApp) {
        settle(&app).await;
        group(&app, "u0", "navy", json!({"name": "Navy", "plan": "Pro"})).await;
        group(&app, "u1", "army", json!({"name": "Army", "plan": "free"})).await;
        let paying = make(&app, Subject::Company, "Paying", json!({"all": [is("plan", "is", json!("pro")), is("user_count", "at_least", json!(1))]})).await.unwrap();
        settle(&app).await;
        for (key, inside) in [("navy", true), ("army", false)] {
            let (_, company) = app.api("GET", &format!("/companies?company_id={key}"), Value::Null).await;
            let id = company["id"].as_str().unwrap();
            let (status, list) = app.api("GET", &format!("/companies/{id}/segments"), Value::Null).await;
            let names: Vec<_> = list["data"].as_array().unwrap().iter().map(|s| s["name"].clone()).collect();
            assert_eq!((status, names.contains(&json!("Paying"))), (StatusCode::OK, inside), "{list}");
            let (_, why) = app.api("GET", &format!("/segments/{paying}/explain?company_id={id}"), Value::Null).await;
            assert_eq!(why["member"], json!(inside), "{why}");
            let plan = why["conditions"].as_array().unwrap().iter().find(|c| c["condition"] == "Plan is pro").unwrap();
            assert_eq!(plan["holds"], json!(inside), "{why}");
        }
        for path in ["/companies/999999999/segments".to_owned(), format!("/segments/{paying}/explain?company_id=999999999")] {
            let (status, answer) = app.api("GET", &path, Value::Null).await;
            assert!(status.is_client_error(), "{path}: {answer}");
        }
    }

    async fn segments_stand_in_each_other_only_so_deep(app: TestApp) {
        settle(&app).await;
        app.call("identify", &json!({"userId": "ada", "traits": {"name": "Ada"}})).await;
        let deep = |inner: Value| json!({"not": {"not": inner}});
        let mut last = make(&app, Subject::Contact, "c0", deep(is("name", "is", json!("ada")))).await.unwrap();
        for n in 1..10 {
            last = make(&app, Subject::Contact, &format!("c{n}"), deep(is("segment", "is", json!(last.0)))).await.unwrap();
        }
        settle(&app).await;
        check(&app, "ten deep").await;
        assert_eq!(members(&app, last).await.len(), 1);
        let (status, why) = app.api("GET", &format!("/segments/{last}"), Value::Null).await;
        assert_eq!((status, &why["count"]), (StatusCode::OK, &json!(1)));
        // So deep in groups besides, nothing is looked up: a stack has an end.
        let steep = |inner: Value| (0..16).fold(inner, |inner, _| json!({"not": inner}));
        let mut under = make(&app, Subject::Contact, "s0", steep(is("name", "is", json!("ada")))).await.unwrap();
        under = make(&app, Subject::Contact, "s1", steep(is("segment", "is", json!(under.0)))).await.unwrap();
        let refused = make(&app, Subject::Contact, "s2", steep(is("segment", "is", json!(under.0)))).await;
        assert!(matches!(refused, Err(Error::Invalid { ref message, .. }) if message.contains("at most 40 deep")), "{refused:?}");
        // One more around them is deeper than anything may be, and says where.
        let one = make(&app, Subject::Contact, "c10", json!({"all": [is("name", "is", json!("a")), is("segment", "is", json!(last.0))]})).await.unwrap();
        let refused = make(&app, Subject::Contact, "c11", json!({"all": [is("name", "is", json!("a")), is("segment", "is", json!(one.0))]})).await;
        match refused {
            Err(Error::Invalid { field, message }) => {
                assert_eq!((field.as_str(), message.as_str()), ("rule.1", "segments stand at most 10 deep in each other"));
            }
            other => panic!("{other:?}"),
        }
    }

    async fn a_rule_of_a_tag_that_was_deleted_says_so_and_matches_nobody(app: TestApp) {
        settle(&app).await;
        app.call("identify", &json!({"userId": "ada"})).await;
        tag(&app, "users", "ada", "VIP", true).await;
        let tagged = app.number("select id from tags").await;
        let id = make(&app, Subject::Contact, "Important", is("tag", "is", json!(tagged.to_string()))).await.unwrap();
        let others = make(&app, Subject::Contact, "Others", is("tag", "is_not", json!(tagged.to_string()))).await.unwrap();
        app.call("identify", &json!({"userId": "alan"})).await;
        settle(&app).await;
        assert_eq!((members(&app, id).await.len(), members(&app, others).await.len()), (1, 1));
        let (status, body) = app.api("DELETE", &format!("/tags/{tagged}"), Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        settle(&app).await;
        assert_eq!((members(&app, id).await.len(), members(&app, others).await.len()), (0, 0));
        assert!(app.text("select fault from segments where name = 'Others'").await.contains("this tag is not there any more"));
        check(&app, "without its tag").await;
        let rule = json!({"version": 1, "rule": {"any": [is("name", "is", json!("a")), is("tag", "is", json!(tagged.to_string()))]}});
        let (status, refused) = app.api("POST", "/segments/preview", json!({"rule": rule})).await;
        assert_eq!((status, &refused["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("rule.1")), "{refused}");
    }

    async fn the_first_number_of_many_is_an_estimate_that_says_how_far_it_may_be_off(app: TestApp) {
        people(&app, 1_000).await;
        let place = workspace(&app).await;
        let now = app.state.clock.now();
        let rule = text(is("session_count", "at_least", json!(5)));
        let estimate = async |app: &TestApp, rule: &str| {
            let mut c = app.state.db.read().await.unwrap();
            segments::estimate(&mut c, place, Subject::Contact, None, rule, now).await.unwrap()
        };
        assert_eq!(estimate(&app, &rule).await, None, "of few the exact number comes as fast");
        let sql = "insert into contacts (workspace_id, id, role, name_key, created_at, updated_at, last_seen_at, session_count, archived_at) \
                   with recursive n (i) as (select 1 union all select i + 1 from n where i < $2) \
                   select $1, 20000000 + 4 * i, 'user', 'n' || i, 1, 1, 1, case when i % 4 = 0 then 10 else 1 end, 0 from n";
        fill(&app, sql, 60_000).await;
        fill(&app, "update workspace_seq set people = people + $2 where workspace_id = $1", 60_000).await;
        for (rule, exact) in [
            (is("session_count", "at_least", json!(5)), 15_333),
            (json!({"all": []}), 61_001),
            (json!({"any": []}), 0),
            (json!({"not": is("session_count", "at_least", json!(5))}), 45_668),
            (is("name", "contains", json!("99")), 0),
        ] {
            let found = estimate(&app, &text(rule.clone())).await.unwrap();
            if exact > 0 {
                assert!((found.count - exact).abs() <= found.error + found.error / 2 + 1, "{rule}: {found:?}, {exact}");
            }
            assert!(found.error < 6_000, "{found:?}");
        }
        // Whether a message would go to everybody is told by the sample, as long as that leaves somebody out.
        let all = app.number("select people from workspace_seq").await;
        for (rule, everybody) in [
            (is("session_count", "at_least", json!(5)), None),
            (json!({"not": {"event": "Paid", "op": "occurred", "metadata": [is("total", "greater", json!(1))]}}), Some(all)),
            (json!({"all": []}), Some(all)),
        ] {
            let predicate = Predicate::read(&json!({"version": 1, "rule": rule})).unwrap();
            let mut c = app.state.db.read().await.unwrap();
            let found = segments::audience::everybody(&mut c, place, &predicate, now).await.unwrap();
            assert_eq!(found, everybody, "{rule}");
        }
        // Of events, attributes, tags and companies too, each of which is looked up in its own table.
        let token = ada(&app).await;
        group(&app, "u0", "c0", json!({"seats": 3, "plan": "pro"})).await;
        tag(&app, "users", "u0", "VIP", true).await;
        app.call("identify", &json!({"userId": "u0", "traits": {"plan": "Pro", "seats": 3, "beta": true}})).await;
        app.call("track", &json!({"userId": "u0", "event": "Paid", "properties": {"total": 3}})).await;
        let tagged = app.number("select min(id) from tags").await;
        for rule in [
            is("tag", "is_not", json!(tagged.to_string())),
            is("custom_attributes.plan", "is_not", json!("pro")),
            is("custom_attributes.seats", "is_unknown", Value::Null),
            json!({"not": is("custom_attributes.beta", "is_true", Value::Null)}),
            json!({"not": {"company": is("plan", "is", json!("pro"))}}),
            json!({"event": "Paid", "op": "not_occurred"}),
            json!({"event": "Paid", "op": "at_most", "count": 2, "when": [ago(9)], "metadata": [is("total", "greater", json!(1))]}),
            json!({"not": {"event": "Paid", "op": "first", "when": [ago(9)]}}),
        ] {
            let found = estimate(&app, &text(rule.clone())).await.unwrap();
            assert!(found.count > 60_000, "{rule}: {found:?}");
        }
        let body = format!("of=contact&rule={}", url::form_urlencoded::byte_serialize(text(is("session_count", "at_least", json!(5))).as_bytes()).collect::<String>());
        let (status, answer) = app.form(Some(&token), "/do/estimate_segment", &body).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert!(answer.contains("\"error\":"), "{answer}");
    }
}
