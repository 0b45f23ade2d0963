//! Goals: who reached what a message was for after they got it, once, and with the people behind it.

use axum::http::StatusCode;
use rapport::contacts::{Occurrence, track as track_all};
use rapport::id::{ContactId, MessageId};
use rapport::outbound::{self, Draft, Goal, People, Whom};
use rapport::owner::Owner;
use rapport::segments::Predicate;
use serde_json::{Value, json};

use crate::companies::{ada, group};
use crate::messenger::{boot, post, proved};
use crate::on_both;
use crate::outbound::{
    detail, draft, email, mailing, person, read_by, settle, standing, start, tag, vip, write,
};
use crate::support::TestApp;

const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;

fn rule(rule: Value) -> String {
    Predicate::read(&json!({"version": 1, "rule": rule})).unwrap().text()
}

fn within(days: i64, goal: Value, of: Draft) -> Draft {
    Draft { goal: Some(Goal { rule: rule(goal), days }), ..of }
}

fn done(event: &str) -> Value {
    json!({"event": event, "op": "occurred"})
}

async fn track(app: &TestApp, id: &str, event: &str) {
    app.call("track", &json!({"userId": id, "event": event})).await;
    settle(app).await;
}

async fn reached(app: &TestApp, id: MessageId) -> i64 {
    detail(app, id).await.brief.counts.goal
}

async fn listed(app: &TestApp, id: MessageId, more: &str) -> People {
    let token = ada(app).await;
    let (status, body) =
        app.get(&token, &format!("/do/message_receivers?id={id}&which=goal{more}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

on_both! {
    async fn what_they_do_after_they_got_it_counts_once_and_within_its_days(app: TestApp) {
        let audience = vip(&app).await;
        for id in ["grace", "alan", "bob"] {
            person(&app, id).await;
            tag(&app, "users", id, "vip", true).await;
        }
        let alan = person(&app, "alan").await;
        track(&app, "alan", "Bought").await;
        app.pass(MINUTE);
        let id = start(&app, &within(7, done("Bought"), draft(Whom::All, audience, "Buy"))).await;
        assert_eq!(detail(&app, id).await.brief.goal, "Bought has occurred, within 7 days of receipt");
        for who in ["grace", "alan"] {
            assert_eq!(read_by(&app, who).await, ["Buy"]);
        }
        // Bob has not got it yet: what he does is not its doing.
        track(&app, "bob", "Bought").await;
        assert_eq!(reached(&app, id).await, 0, "what they did before counts as little");
        let said = standing(&app, Owner::Contact(alan)).await.said;
        assert!(said.ends_with("the goal not yet: it counts until Sunday 8 March, 12:01"), "{said}");

        app.pass(DAY);
        track(&app, "alan", "Bought").await;
        track(&app, "alan", "Looked").await;
        let at = app.number("select max(goal_at) from deliveries").await;
        app.pass(MINUTE);
        track(&app, "alan", "Bought").await;
        assert_eq!((reached(&app, id).await, app.number("select max(goal_at) from deliveries").await), (1, at));
        let people = listed(&app, id, "").await;
        assert_eq!((people.rows.len(), people.rows[0].id, people.goal), (1, alan, true));
        assert_eq!(listed(&app, id, "&day=2026-03-02").await.rows.len(), 1);
        assert_eq!(listed(&app, id, "&day=2026-03-01").await.rows.len(), 0);
        assert_eq!(detail(&app, id).await.days.last().unwrap().counts, [0, 0, 0, 1]);
        let said = standing(&app, Owner::Contact(alan)).await.said;
        assert!(said.ends_with("reached the goal 1 minute ago"), "{said}");
        let token = ada(&app).await;
        let (_, page) = app.get(&token, &format!("/outbound/{id}")).await;
        assert!(page.contains("Reached the goal") && page.contains("Bought has occurred, within 7 days of receipt"), "{page}");
        let (_, page) = app.get(&token, &format!("/outbound/{id}/goal")).await;
        assert!(page.contains("alan Hopper"), "{page}");
        let (_, found) = app.api("GET", &format!("/outbound/{id}"), Value::Null).await;
        assert_eq!((&found["counts"]["goal"], &found["goal"]["days"]), (&json!(1), &json!(7)), "{found}");
        let (_, found) = app.api("GET", &format!("/outbound/{id}/people?which=goal"), Value::Null).await;
        assert_eq!(found["data"].as_array().unwrap().len(), 1, "{found}");

        // Too late for Grace, and for nobody to be counted twice.
        app.pass(6 * DAY);
        track(&app, "grace", "Bought").await;
        assert_eq!(reached(&app, id).await, 1);
        // Another message has no goal: its page asks for none.
        let other = start(&app, &draft(Whom::Later, vip(&app).await, "Hi")).await;
        let (_, page) = app.get(&token, &format!("/outbound/{other}")).await;
        assert!(!page.contains("Reached the goal"), "{page}");
    }

    async fn who_had_reached_it_before_reaches_nothing_and_a_stopped_message_counts_on(app: TestApp) {
        let audience = vip(&app).await;
        for id in ["grace", "alan"] {
            let plan = if id == "alan" { "pro" } else { "free" };
            app.call("identify", &json!({"userId": id, "traits": {"plan": plan}})).await;
            tag(&app, "users", id, "vip", true).await;
        }
        let goal = json!({"all": [
            {"field": "custom_attributes.plan", "op": "is", "value": "pro"},
            {"not": {"event": "Left", "op": "occurred"}},
        ]});
        let id = start(&app, &within(30, goal, draft(Whom::Now, audience, "Go pro"))).await;
        app.pass(MINUTE);
        let mut w = write(&app).await;
        outbound::stop(&mut w, id).await.unwrap();
        w.commit().await.unwrap();
        for id in ["grace", "alan"] {
            app.call("identify", &json!({"userId": id, "traits": {"plan": "pro", "seats": 3}})).await;
        }
        settle(&app).await;
        assert_eq!(reached(&app, id).await, 1, "Alan was pro before");
        assert_eq!(listed(&app, id, "").await.rows[0].id, person(&app, "grace").await);
    }

    async fn coming_into_a_segment_counts_with_the_company_it_went_out_for(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        app.call("identify", &json!({"userId": "grace", "traits": {"email": "grace@example.com"}})).await;
        for firm in ["navy", "army"] {
            group(&app, "grace", firm, json!({"name": firm, "plan": "free"})).await;
        }
        let mut w = write(&app).await;
        let pro = json!({"company": {"field": "plan", "op": "is", "value": "pro"}});
        let segment = rapport::segments::create(&mut w, rapport::attributes::Subject::Contact, "Pro", &Predicate::read(&json!({"version": 1, "rule": pro})).unwrap()).await.unwrap();
        w.commit().await.unwrap();
        settle(&app).await;
        let firms = json!({"company": {"field": "plan", "op": "is", "value": "free"}});
        let message = Draft { per_company: Some(true), goal: Some(Goal { rule: Goal::of_segment(segment).text(), days: 3 }), ..email(Whom::All, firms, "Go pro", "Do") };
        let id = start(&app, &message).await;
        assert_eq!(smtp.kept().len(), 2);
        app.pass(MINUTE);
        group(&app, "grace", "army", json!({"name": "army", "plan": "pro"})).await;
        settle(&app).await;
        let people = listed(&app, id, "").await;
        let firms: Vec<_> = people.rows.iter().map(|row| row.company.clone().unwrap().1).collect();
        assert_eq!(firms, ["army"]);
    }

    async fn what_they_did_before_is_never_a_goal_reached_however_it_is_asked(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        app.call("identify", &json!({"userId": "grace", "traits": {"email": "grace@example.com"}})).await;
        // As of somebody who did it a great many times.
        app.state.segments.kept.keep_from(1);
        let paid = async |event: &str, total: i64, ago: i64| {
            let at = jiff::Timestamp::from_millisecond(app.state.clock.now().plus(-ago).0).unwrap();
            let sent = json!({"userId": "grace", "event": event, "timestamp": at.to_string(), "properties": {"total": total}});
            assert_eq!(app.call("track", &sent).await.0, StatusCode::OK);
            settle(&app).await;
        };
        for event in ["Paid", "Refunded"] {
            paid(event, 500, 0).await;
        }
        app.pass(10 * MINUTE);
        let large = |op: &str, count: i64, when: Value| json!({"event": "Paid", "op": op, "count": count, "when": when, "metadata": [{"field": "total", "op": "greater", "value": 100}]});
        let lately = json!([{"op": "less_than_days_ago", "value": 3}]);
        let goals = [
            done("Paid"),
            large("occurred", 0, json!([])),
            large("at_least", 2, json!([])),
            large("occurred", 0, lately.clone()),
            large("exactly", 1, lately),
            json!({"all": [done("Looked"), {"event": "Refunded", "op": "not_occurred"}]}),
            json!({"all": [done("Looked"), {"not": large("at_least", 1, json!([]))}]}),
        ];
        let mut ids = Vec::new();
        for (n, goal) in goals.into_iter().enumerate() {
            let everybody = json!({"field": "email", "op": "contains", "value": "@"});
            ids.push(start(&app, &within(7, goal, email(Whom::All, everybody, &format!("Goal {n}"), "Do"))).await);
        }
        assert_eq!(smtp.kept().len(), ids.len());
        app.pass(MINUTE);
        let met = async || {
            let mut out = Vec::new();
            for (n, id) in ids.iter().enumerate() {
                if reached(&app, *id).await > 0 {
                    out.push(n);
                }
            }
            out
        };
        // Heard of late: it was before they got the message.
        paid("Paid", 500, 5 * MINUTE).await;
        assert_eq!(met().await, [0_usize; 0]);
        paid("Paid", 50, 0).await;
        assert_eq!(met().await, [0]);
        paid("Looked", 0, 0).await;
        assert_eq!(met().await, [0, 5, 6]);
        paid("Paid", 500, 0).await;
        assert_eq!(met().await, [0, 1, 3, 4, 5, 6]);
        paid("Paid", 200, 30_000).await;
        assert_eq!(met().await, [0, 1, 2, 3, 4, 5, 6]);
    }

    async fn a_form_without_a_script_keeps_the_goal_and_refuses_by_field(app: TestApp) {
        let token = ada(&app).await;
        track(&app, "grace", "Bought").await;
        let form = |more: &str| format!("name=News&body=Hi&whom=all&{more}");
        let (status, said) = app.form(Some(&token), "/do/save_message", &form("goal=event&goal_event=Bought&goal_days=14")).await;
        assert!(status.is_redirection() || status.is_success(), "{said}");
        let id = MessageId(app.number("select max(id) from messages").await);
        assert_eq!(detail(&app, id).await.goal, Some(Goal { rule: rule(done("Bought")), days: 14 }));
        let (_, page) = app.get(&token, &format!("/outbound/{id}")).await;
        for part in ["name=\"goal_event\"", "value=\"Bought\"", "name=\"goal_days\"", "value=\"14\""] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let count = app.number("select count(*) from messages").await;
        for wrong in ["goal=event&goal_days=7", "goal=segment&goal_segment=&goal_days=7", "goal=segment&goal_segment=99&goal_days=7", "goal=event&goal_event=x&goal_days=0", "goal=rule&goal_rule=x&goal_days=7"] {
            app.form(Some(&token), "/do/save_message", &form(wrong)).await;
            assert_eq!(app.number("select count(*) from messages").await, count, "{wrong}");
        }
        // By programs, in the rule language.
        let sent = json!({"admin_id": app.number("select id from teammates").await.to_string(), "body": "Hi", "goal": {"rule": {"version": 1, "rule": done("Bought")}, "days": 5}});
        let (status, made) = app.api("POST", "/outbound", sent.clone()).await;
        assert_eq!((status, &made["goal"]["days"]), (StatusCode::OK, &json!(5)), "{made}");
        let path = format!("/outbound/{}", made["id"].as_str().unwrap());
        let (_, changed) = app.api("PUT", &path, json!({"goal": null})).await;
        assert_eq!(changed["goal"], Value::Null, "{changed}");
        for goal in [json!("x"), json!({"days": 5}), json!({"rule": {"version": 1, "rule": {"all": []}}, "days": 5}), json!({"rule": {"version": 1, "rule": done("B")}, "days": 900}),
            json!({"rule": {"version": 1, "rule": {"field": "no_such", "op": "is", "value": "x"}}, "days": 5})] {
            let mut wrong = sent.clone();
            wrong["goal"] = goal.clone();
            let (status, said) = app.api("POST", "/outbound", wrong).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{goal}");
            assert!(said.to_string().contains("goal"), "{goal}: {said}");
        }
        // Another workspace sees nothing of it.
        let eve = app.outsider().await;
        let (status, _) = app.api_with(&eve, "GET", &format!("/outbound/{id}/people?which=goal"), Value::Null).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }

    async fn a_visitor_who_turns_out_to_be_known_keeps_what_they_reached(app: TestApp) {
        let (token, first) = boot(&app, None, json!({})).await;
        let lead = ContactId(app.number("select id from contacts where role = 'lead'").await);
        let all = json!({"field": "role", "op": "is", "value": "lead"});
        let message = within(7, done("Bought"), draft(Whom::All, all, "Hello"));
        let id = start(&app, &message).await;
        post(&app, "ping", &token, json!({})).await;
        assert_eq!(detail(&app, id).await.brief.counts.sent, 1);
        app.pass(MINUTE);
        let mut w = write(&app).await;
        let properties = json!({});
        let at = app.state.clock.now();
        track_all(&mut w, &[Occurrence { contact: lead, event: "Bought", at, properties: &properties }]).await.unwrap();
        w.commit().await.unwrap();
        settle(&app).await;
        assert_eq!(reached(&app, id).await, 1);
        boot(&app, first["visitor"].as_str(), proved(&app, "grace")).await;
        settle(&app).await;
        assert_eq!(app.number("select count(*) from contacts where merged_into = 0").await, 1);
        let people = listed(&app, id, "").await;
        assert_eq!(people.rows[0].id, person(&app, "grace").await);
    }
}
