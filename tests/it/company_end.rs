//! Companies that are merged and deleted: nothing is lost, nothing stands twice, and old ids go on answering.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rapport::companies::end::{self, Brief, Ending, Merging};
use rapport::id::{CompanyId, TeammateId, WorkspaceId};
use rapport::jobs;
use rapport::server::db::Write;
use rapport::teammates::{Role, invite, join, sign_in};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::companies::{ada, arriving, check, group, profile, says_more_comes, visit};
use crate::on_both;
use crate::support::TestApp;

const DAY: i64 = 86_400_000;

async fn numbers(app: &TestApp, sql: &'static str, owner: i64) -> Vec<i64> {
    let mut c = app.state.db.read().await.unwrap();
    let found: Result<Vec<(i64,)>, _> =
        rapport::run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).bind(owner).fetch_all(x));
    found.unwrap().into_iter().map(|(n,)| n).collect()
}

/// The entries of a stream, by number.
async fn stream(app: &TestApp, kind: &str, owner: i64) -> Vec<i64> {
    let sql = match kind {
        "company" => {
            "select seq from stream where owner_kind = 'company' and owner_id = $1 order by seq"
        }
        _ => "select seq from stream where owner_kind = 'contact' and owner_id = $1 order by seq",
    };
    numbers(app, sql, owner).await
}

async fn company(app: &TestApp, name: &'static str) -> i64 {
    match name {
        "navy" => app.number("select id from companies where company_id = 'navy'").await,
        "fleet" => app.number("select id from companies where company_id = 'fleet'").await,
        _ => app.number("select id from companies where company_id = 'third'").await,
    }
}

async fn form(app: &TestApp, token: &str, path: &str, form: String) -> (StatusCode, String) {
    app.form(Some(token), path, &form).await
}

/// Lets the seconds pass in which an end can be undone, and what was begun happen.
async fn settle(app: &TestApp) {
    app.pass(15_001);
    jobs::run_due(&app.state).await.unwrap();
}

/// Ends a company at once, so that what follows in steps can be looked at before it does.
async fn end_now(app: &TestApp, company: i64, into: Option<i64>) {
    let workspace = WorkspaceId(app.number("select id from workspaces order by id limit 1").await);
    let who = TeammateId(app.number("select id from teammates order by id limit 1").await);
    let mut w = Write::begin(&app.state, workspace, who).await.unwrap();
    match into {
        Some(into) => {
            end::merge(&mut w, CompanyId(company), CompanyId(into)).await.unwrap();
        }
        None => end::delete(&mut w, CompanyId(company)).await.unwrap(),
    }
    w.commit().await.unwrap();
}

async fn ending(app: &TestApp, token: &str, company: i64) -> Option<Ending> {
    profile(app, token, company).await.ending
}

/// Two companies: grace in one, alan in the other, and ada in both, at different times.
async fn two(app: &TestApp, token: &str) -> (i64, i64) {
    let navy =
        json!({"name": "US Navy", "plan": "pro", "createdAt": "2025-01-01T00:00:00Z", "seats": 5});
    let fleet = json!({"name": "Fleet", "plan": "team", "website": "https://fleet.example", "createdAt": "2024-01-01T00:00:00Z", "seats": 9, "ships": 3});
    group(app, "grace", "navy", navy.clone()).await;
    group(app, "ada", "navy", navy).await;
    group(app, "alan", "fleet", fleet.clone()).await;
    app.pass(DAY);
    visit(app, "ada").await;
    app.pass(DAY);
    group(app, "ada", "fleet", fleet).await;
    for user in ["ada", "alan", "grace"] {
        app.pass(DAY);
        visit(app, user).await;
        app.call("track", &json!({"userId": user, "event": "Order completed"})).await;
    }
    let (navy, fleet) = (company(app, "navy").await, company(app, "fleet").await);
    for (path, what) in [
        ("/do/add_tag", format!("owner=company-{fleet}&name=key")),
        ("/do/add_tag", format!("owner=company-{fleet}&name=both")),
        ("/do/add_tag", format!("owner=company-{navy}&name=both")),
        ("/do/add_note", format!("owner=company-{fleet}&body=Of+the+fleet")),
        ("/do/add_note", format!("owner=company-{navy}&body=Of+the+navy")),
    ] {
        let (status, body) = form(app, token, path, what).await;
        assert!(status.is_success(), "{path}: {body}");
    }
    (navy, fleet)
}

on_both! {
    async fn a_merge_is_seen_before_and_whole_after(app: TestApp) {
        let mut token = ada(&app).await;
        let (navy, fleet) = two(&app, &token).await;
        token = ada(&app).await;
        let (status, body) = app.get(&token, &format!("/do/merge_plan?from={fleet}&into={navy}")).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let plan: Merging = serde_json::from_str(&body).unwrap();
        assert_eq!((plan.from.people, plan.both, plan.from.notes), (2, 1, 1));
        assert_eq!((plan.from.tags.len(), plan.into.tags.len()), (2, 1));
        let differ = |name: &str| plan.differences.iter().find(|d| d.name == name).map(|d| (d.stays.as_deref(), d.goes.as_str()));
        assert_eq!(differ("Name"), Some((Some("US Navy"), "Fleet")));
        assert_eq!(differ("Website"), Some((None, "https://fleet.example")));
        assert_eq!(differ("seats"), Some((Some("5"), "9")));
        assert_eq!(differ("ships"), Some((None, "3")));
        assert_eq!(differ("Customer since").unwrap().0, None, "the earlier date is taken over");
        let (_, page) = app.get(&token, &format!("/companies/{fleet}/merge?into={navy}")).await;
        for text in ["2 people move; 1 of them are in both and stay once.", "You can undo it for 15 seconds", "taken over"] {
            assert!(page.contains(text), "the page has {text} before any script");
        }
        let (_, found) = app.get(&token, &format!("/do/other_companies?company={fleet}&find=us")).await;
        assert!(found.contains("US Navy") && !found.contains("Fleet"), "{found}");

        let mut before = stream(&app, "company", navy).await;
        before.extend(stream(&app, "company", fleet).await);
        before.sort_unstable();
        before.dedup();
        let merge = async |from: i64, into: i64, confirm: &str| {
            form(&app, &token, "/do/merge_companies", format!("from={from}&into={into}&confirm={confirm}")).await
        };
        let (status, body) = merge(fleet, navy, "US+Navy").await;
        assert!(status == StatusCode::BAD_REQUEST && body.contains("exactly as it is shown"), "{body}");
        assert_eq!(merge(navy, navy, "US+Navy").await.0, StatusCode::BAD_REQUEST, "into itself");
        let (status, body) = merge(fleet, navy, "Fleet").await;
        assert!(status.is_success() || status.is_redirection(), "{body}");
        settle(&app).await;
        check(&app).await;
        let after = stream(&app, "company", navy).await;
        assert!(before.iter().all(|seq| after.contains(seq)), "no entry is lost");
        let mut once = after.clone();
        once.dedup();
        assert_eq!(once, after, "none stands twice");
        assert_eq!(stream(&app, "company", fleet).await, Vec::<i64>::new());

        let p = profile(&app, &token, fleet).await;
        assert_eq!(p.company.id.0, navy, "the old number leads to the one that stays");
        assert_eq!((p.company.title().as_str(), p.company.plan.as_deref(), p.company.user_count), ("US Navy", Some("pro"), 3));
        assert_eq!(p.company.website.as_deref(), Some("https://fleet.example"));
        assert_eq!(p.company.session_count, 4, "ada's visits count once");
        assert_eq!(p.seen.unwrap().who.unwrap().1, "grace");
        assert_eq!(p.customer.as_deref(), Some("Customer for 2 years 2 months, since 1 January 2024"), "since the earlier date");
        let tags: Vec<_> = p.tags.iter().map(|t| t.name.as_str()).collect();
        assert_eq!(tags, ["both", "key"]);
        let data: Vec<_> = p.data.iter().map(|d| (d.value.name.as_str(), d.value.text.as_str())).collect();
        assert_eq!(data, [("seats", "5"), ("ships", "3")]);
        let (_, notes) = app.get(&token, &format!("/do/notes?owner=company-{navy}")).await;
        assert!(notes.contains("Of the fleet") && notes.contains("Of the navy"), "{notes}");
        let request = Request::get(format!("/companies/{fleet}"))
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, format!("rapport_session={token}"));
        let response = app.routes().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::FOUND, "the old address leads to the new one");
        assert_eq!(response.headers()[header::LOCATION], format!("/companies/{navy}"));
        let (_, list) = app.get(&token, "/do/companies?address=/companies").await;
        assert!(list.contains("\"total\":1") && !list.contains("Fleet"), "{list}");
        let (_, lines) = app.get(&token, &format!("/do/stream?owner=company-{navy}&facet=change&limit=20")).await;
        assert!(lines.contains("company_merged"), "{lines}");
        let (_, audit) = app.get(&token, "/do/audit?who=&action=company_merged").await;
        assert!(audit.contains("Merged a company into another"), "{audit}");

        group(&app, "new", "FLEET", json!({"name": "US Navy"})).await;
        assert_eq!(app.number("select count(*) from companies where merged_into = 0").await, 1, "the old id names the one that stays");
        assert_eq!(profile(&app, &token, navy).await.company.user_count, 4);
        check(&app).await;
        assert_eq!(merge(fleet, navy, "").await.0, StatusCode::OK, "pressed again");
        let (status, body) = merge(navy, fleet, "US+Navy").await;
        assert!(status == StatusCode::CONFLICT && body.contains("one company already"), "no circle: {body}");
        group(&app, "x", "third", json!({"name": "Third"})).await;
        let third = company(&app, "third").await;
        merge(navy, third, "US+Navy").await;
        settle(&app).await;
        for id in [navy, fleet] {
            assert_eq!(profile(&app, &token, id).await.company.id.0, third, "through both");
        }
        assert_eq!(merge(third, fleet, "Third").await.0, StatusCode::CONFLICT);
        check(&app).await;
    }

    async fn an_end_can_be_undone_for_some_seconds(app: TestApp) {
        let mut token = ada(&app).await;
        let (navy, fleet) = two(&app, &token).await;
        token = ada(&app).await;
        let merge = async |from: i64, into: i64, name: &str| {
            form(&app, &token, "/do/merge_companies", format!("from={from}&into={into}&confirm={name}")).await
        };
        let delete = async |company: i64, name: &str| {
            form(&app, &token, "/do/delete_company", format!("company={company}&confirm={name}")).await
        };
        let undo = async |app: &TestApp| {
            let job = app.number("select max(id) from jobs where kind = 'end_company'").await;
            form(app, &token, "/do/cancel_job", format!("job={job}")).await.0
        };

        merge(fleet, navy, "Fleet").await;
        app.pass(14_000);
        jobs::run_due(&app.state).await.unwrap();
        let said = ending(&app, &token, fleet).await.unwrap();
        assert_eq!((said.name.as_deref(), said.into), (Some("Ada Lovelace"), Some((CompanyId(navy), "US Navy".into()))));
        assert_eq!(said.at.at.0 - app.state.clock.now().0, 1_000, "it says when it happens");
        assert_eq!(said.clock.len(), "14:05:09".len(), "to the second: {}", said.clock);
        // Said once, with one way back, whichever part of the company is shown.
        for part in ["people", "stream", "facts"] {
            let (_, page) = app.get(&token, &format!("/companies/{fleet}?view={part}")).await;
            assert!(page.contains("merging this company into") && page.contains(&format!(">{}", said.clock)), "{part} says so, and when");
            assert_eq!(page.matches(">Undo<").count(), 1, "{part} leads back");
            assert!(!page.contains("Merging Fleet into US Navy: in a few"), "{part}: the line of the job stays away");
        }
        let (_, other) = app.get(&token, &format!("/companies/{navy}")).await;
        assert!(other.contains("Merging Fleet into US Navy: in a few seconds"), "where it is not said else the job says it");
        assert_eq!(other.matches(">Undo<").count(), 1);
        let (_, jobs) = app.get(&token, "/do/jobs").await;
        assert!(jobs.contains("Merging Fleet into US Navy"), "{jobs}");
        assert_eq!(merge(fleet, navy, "Fleet").await.0, StatusCode::OK, "pressed again");
        let (status, body) = delete(fleet, "Fleet").await;
        assert!(status == StatusCode::CONFLICT && body.contains("Undo that first"), "{body}");
        // What the product sends meanwhile is the company's.
        group(&app, "alan", "fleet", json!({"plan": "meanwhile"})).await;
        assert!(undo(&app).await.is_success());
        settle(&app).await;
        let kept = profile(&app, &token, fleet).await;
        assert_eq!((kept.company.id.0, kept.company.plan.as_deref(), kept.ending), (fleet, Some("meanwhile"), None));
        assert_eq!(app.number("select count(*) from jobs where kind = 'end_company'").await, 1, "pressed twice is once");

        delete(fleet, "Fleet").await;
        assert_eq!(ending(&app, &token, fleet).await.unwrap().into, None);
        assert!(undo(&app).await.is_success());
        settle(&app).await;
        assert_eq!(profile(&app, &token, fleet).await.company.user_count, 2, "nothing has changed");

        let (_, undone) = app.get(&token, &format!("/companies/{fleet}")).await;
        assert!(undone.contains("Deleting Fleet: undone, nothing has changed"), "how it ended is said by the job again");

        // Each of two is to become the other, and what is to stay is deleted: the first holds, the others are refused.
        merge(fleet, navy, "Fleet").await;
        let (status, body) = merge(navy, fleet, "US+Navy").await;
        assert!(status == StatusCode::CONFLICT && body.contains("The company that stays is about to be"), "{body}");
        let (status, body) = delete(navy, "US+Navy").await;
        assert!(status == StatusCode::CONFLICT && body.contains("Another company is about to be merged into this one"), "{body}");
        settle(&app).await;
        assert_eq!(profile(&app, &token, fleet).await.company.id.0, navy);
        assert_eq!(app.number("select count(*) from companies where merged_into = 0").await, 1);
        assert_eq!(undo(&app).await, StatusCode::NOT_FOUND, "too late");

        // A deletion that waits does not take the company with it that took its company in.
        group(&app, "x", "third", json!({"name": "Third"})).await;
        let third = company(&app, "third").await;
        delete(third, "Third").await;
        end_now(&app, third, Some(navy)).await;
        settle(&app).await;
        assert_eq!(profile(&app, &token, third).await.company.id.0, navy, "it is still there");

        // What is to stay is deleted by the API, which does not wait: nothing is lost, and the job says why. A page shows
        // several spaces as one, so that one is enough.
        group(&app, "y", "fourth", json!({"name": "Fourth  of  four"})).await;
        let fourth = app.number("select id from companies where company_id = 'fourth'").await;
        assert!(!merge(fourth, navy, "Fourthoffour").await.0.is_success());
        assert_eq!(merge(fourth, navy, "Fourth+of+four").await.0, StatusCode::OK);
        end_now(&app, navy, None).await;
        settle(&app).await;
        assert_eq!(profile(&app, &token, fourth).await.company.user_count, 1);
        let (_, jobs) = app.get(&token, "/do/jobs").await;
        assert!(jobs.contains("The company that was to stay is no longer there"), "{jobs}");
        check(&app).await;
    }

    async fn only_who_ends_a_company_can_undo_it(app: TestApp) {
        let mut token = ada(&app).await;
        let (_, fleet) = two(&app, &token).await;
        token = ada(&app).await;
        form(&app, &token, "/do/delete_company", format!("company={fleet}&confirm=Fleet")).await;
        let job = app.number("select id from jobs where kind = 'end_company'").await;
        let workspace = WorkspaceId(app.number("select id from workspaces order by id limit 1").await);
        let mut w = Write::begin(&app.state, workspace, TeammateId(0)).await.unwrap();
        let link = invite(&mut w, "bob@example.com", Role::Agent).await.unwrap();
        w.commit().await.unwrap();
        join(&app.state, &link, "Bob Byrne", "correct horse battery").await.unwrap();
        let other = sign_in(&app.state, "bob@example.com", "correct horse battery").await.unwrap();
        let (_, page) = app.get(&other, &format!("/companies/{fleet}")).await;
        assert!(page.contains("<bdi>Ada Lovelace") && page.contains("deleting this company at") && !page.contains(">Undo<"), "others see it coming");
        assert_eq!(form(&app, &other, "/do/cancel_job", format!("job={job}")).await.0, StatusCode::NOT_FOUND);
        settle(&app).await;
        assert_eq!(app.get(&token, &format!("/companies/{fleet}")).await.0, StatusCode::NOT_FOUND);
    }

    async fn a_long_stream_follows_in_steps_and_stands_once(app: TestApp) {
        let token = ada(&app).await;
        group(&app, "grace", "navy", json!({"name": "US Navy"})).await;
        group(&app, "grace", "fleet", json!({"name": "Fleet"})).await;
        group(&app, "alan", "fleet", json!({"name": "Fleet"})).await;
        for part in 0..4 {
            let user = if part % 2 == 0 { "grace" } else { "alan" };
            let calls: Vec<_> = (0..400).map(|n| json!({"type": "track", "userId": user, "event": format!("e{}", n % 7)})).collect();
            assert_eq!(app.call("batch", &json!({ "batch": calls })).await.0, StatusCode::OK);
        }
        let (navy, fleet) = (company(&app, "navy").await, company(&app, "fleet").await);
        let mut before = stream(&app, "company", navy).await;
        before.extend(stream(&app, "company", fleet).await);
        before.sort_unstable();
        before.dedup();
        assert!(before.len() > 1_600);
        end_now(&app, fleet, Some(navy)).await;
        let (_, body) = app.get(&token, "/do/jobs").await;
        assert!(body.contains("Merging into US Navy"), "{body}");
        assert_eq!(arriving(&app, &token, navy).await, (0, 1));
        assert!(says_more_comes(&app, &token, navy).await, "the stream of the other one is not whole yet");
        let job = app.number("select id from jobs").await;
        let (status, _) = form(&app, &token, "/do/cancel_job", format!("job={job}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "what has happened is not stopped half way");
        app.call("track", &json!({"userId": "alan", "event": "meanwhile"})).await;
        // It is merged further before its stream has followed.
        group(&app, "x", "third", json!({"name": "Third"})).await;
        let third = company(&app, "third").await;
        end_now(&app, navy, Some(third)).await;
        assert_eq!(arriving(&app, &token, third).await, (0, 2), "of both that it took in");
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(arriving(&app, &token, third).await, (0, 0));
        let after = stream(&app, "company", third).await;
        assert!(before.iter().all(|seq| after.contains(seq)), "no entry is lost");
        let mut once = after.clone();
        once.dedup();
        assert_eq!(once, after, "none stands twice");
        assert!(stream(&app, "company", fleet).await.is_empty() && stream(&app, "company", navy).await.is_empty());
        assert_eq!(app.number("select count(*) from jobs where state = 'done'").await, 2);
        check(&app).await;
    }

    async fn a_company_is_deleted_and_its_people_stay(app: TestApp) {
        let mut token = ada(&app).await;
        let (navy, fleet) = two(&app, &token).await;
        token = ada(&app).await;
        let alan = app.number("select id from contacts where external_id = 'alan'").await;
        let theirs = stream(&app, "contact", alan).await;
        let (_, body) = app.get(&token, &format!("/do/deletion_plan?company={fleet}")).await;
        let plan: Brief = serde_json::from_str(&body).unwrap();
        assert_eq!((plan.people, plan.notes, plan.data, plan.tags.len()), (2, 1, 2, 2));
        let (status, page) = app.get(&token, &format!("/companies/{fleet}/delete")).await;
        assert!(status == StatusCode::OK && page.contains("2 people stay") && page.contains("You can undo it for 15 seconds"), "{page}");
        let delete = async |confirm: &str| form(&app, &token, "/do/delete_company", format!("company={fleet}&confirm={confirm}")).await;
        assert_eq!(delete("fleet").await.0, StatusCode::BAD_REQUEST);
        let (status, body) = delete("Fleet").await;
        assert!(status.is_success() || status.is_redirection(), "{body}");
        settle(&app).await;
        assert_eq!(delete("Fleet").await.0, StatusCode::NOT_FOUND);
        assert!(app.get(&token, "/companies").await.1.contains("Deleting a company: done"));
        let (_, other) = app.get(&token, &format!("/companies/{navy}")).await;
        assert!(!other.contains("Deleting a company: done"), "what has ended of one is not said on another's page");
        assert_eq!(stream(&app, "contact", alan).await, theirs, "what they did stays with them");
        for path in [format!("/do/company?id={fleet}"), format!("/companies/{fleet}"), format!("/companies/{fleet}/delete")] {
            assert_eq!(app.get(&token, &path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(app.api("GET", &format!("/companies/{fleet}"), Value::Null).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.number("select count(*) from notes where owner_kind = 'company'").await, 1);
        for text in ["Of the fleet", "https://fleet.example"] {
            let kept = format!("%{text}%");
            let mut c = app.state.db.read().await.unwrap();
            let sql = "select count(*) from activity where data like $1";
            let found: Result<(i64,), _> = rapport::run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).bind(&kept).fetch_one(x));
            assert_eq!(found.unwrap().0, 0, "{text} is gone from the log");
        }
        check(&app).await;
        group(&app, "alan", "fleet", json!({})).await;
        let again = company(&app, "fleet").await;
        assert_ne!(again, fleet, "the same id later is a new company");
        let (_, stream) = app.get(&token, &format!("/do/stream?owner=company-{again}&limit=50")).await;
        assert!(stream.contains("Order completed"), "to which their history comes along");
        assert_eq!(profile(&app, &token, navy).await.company.user_count, 2);
        check(&app).await;
    }

    async fn a_long_stream_of_a_deleted_company_is_dropped_in_steps(app: TestApp) {
        group(&app, "grace", "navy", json!({"name": "US Navy"})).await;
        for _ in 0..3 {
            let calls: Vec<_> = (0..400).map(|_| json!({"type": "track", "userId": "grace", "event": "e"})).collect();
            app.call("batch", &json!({ "batch": calls })).await;
        }
        let (navy, grace) = (company(&app, "navy").await, app.number("select id from contacts").await);
        let theirs = stream(&app, "contact", grace).await;
        end_now(&app, navy, None).await;
        assert!(!stream(&app, "company", navy).await.is_empty());
        jobs::run_due(&app.state).await.unwrap();
        assert!(stream(&app, "company", navy).await.is_empty());
        assert_eq!(stream(&app, "contact", grace).await, theirs);
        assert_eq!(app.number("select count(*) from activity where kind = 'erased'").await, 2, "that the company became known, and by what name");
    }

    async fn the_api_knows_merged_and_deleted_companies(app: TestApp) {
        let token = ada(&app).await;
        let (navy, fleet) = two(&app, &token).await;
        let (status, said) = app.api("GET", "/companies?company_id=fleet", Value::Null).await;
        assert_eq!((status, said["id"].as_str()), (StatusCode::OK, Some(fleet.to_string().as_str())));
        let token = ada(&app).await;
        form(&app, &token, "/do/merge_companies", format!("from={fleet}&into={navy}&confirm=Fleet")).await;
        settle(&app).await;
        for path in [format!("/companies/{fleet}"), "/companies?company_id=fleet".into(), format!("/companies/{navy}")] {
            let (status, said) = app.api("GET", &path, Value::Null).await;
            assert_eq!((status, said["id"].as_str()), (StatusCode::OK, Some(navy.to_string().as_str())), "{path}");
        }
        let (_, said) = app.api("POST", "/companies", json!({"company_id": "fleet", "plan": "gold"})).await;
        assert_eq!((said["id"].as_str(), said["plan"]["name"].as_str()), (Some(navy.to_string().as_str()), Some("gold")));
        let (_, said) = app.api("GET", &format!("/companies/{fleet}/contacts"), Value::Null).await;
        assert_eq!(said["total_count"], 3);
        let (status, said) = app.api("DELETE", &format!("/companies/{fleet}"), Value::Null).await;
        assert_eq!(status, StatusCode::CONFLICT, "{said}");
        let (status, said) = app.api("DELETE", &format!("/companies/{navy}"), Value::Null).await;
        assert_eq!((status, &said["deleted"], said["id"].as_str()), (StatusCode::OK, &json!(true), Some(navy.to_string().as_str())));
        for id in [navy, fleet] {
            assert_eq!(app.api("GET", &format!("/companies/{id}"), Value::Null).await.0, StatusCode::NOT_FOUND);
            assert_eq!(app.api("DELETE", &format!("/companies/{id}"), Value::Null).await.0, StatusCode::NOT_FOUND);
        }
        let (_, said) = app.api("POST", "/companies", json!({"company_id": "fleet"})).await;
        assert_ne!(said["id"].as_str(), Some(fleet.to_string().as_str()), "a new one");
        check(&app).await;
    }

    async fn the_list_is_exported_as_it_is_filtered(app: TestApp) {
        let token = ada(&app).await;
        for part in 0..3 {
            let calls: Vec<_> = (0..400).map(|n| {
                let n = part * 400 + n;
                let traits = json!({"name": format!("Company, \"{n}\""), "plan": if n % 3 == 0 { "Free" } else { "Team" }, "monthlySpend": n, "seats": n});
                json!({"type": "group", "userId": format!("u{}", n % 10), "groupId": format!("id-{n}"), "traits": traits})
            }).collect();
            assert_eq!(app.call("batch", &json!({ "batch": calls })).await.0, StatusCode::OK);
        }
        let (status, all) = app.get(&token, "/companies/export.csv").await;
        assert_eq!(status, StatusCode::OK);
        let mut whole = Vec::new();
        let workspace = rapport::id::WorkspaceId(app.number("select id from workspaces").await);
        rapport::import::export(&app.state.db, workspace, rapport::import::Kind::Companies, &mut whole).await.unwrap();
        assert_eq!(all.as_bytes(), whole, "the file that the command line writes, and an import reads");
        let (_, free) = app.get(&token, "/companies/export.csv?plan=Free&sort=spend&after=x").await;
        assert_eq!(free.lines().count(), 401, "each once, and the heading");
        assert_eq!(free.lines().next(), all.lines().next());
        let (_, none) = app.get(&token, "/companies/export.csv?plan=None").await;
        assert_eq!(none.lines().count(), 1);
        let (_, page) = app.get(&token, "/companies?plan=Free").await;
        assert!(page.contains("Export all 400 as CSV") && page.contains("/companies/export.csv?plan=Free"));
    }
}
