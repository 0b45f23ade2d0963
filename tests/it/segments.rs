//! Segments: membership follows the data, says why, and is what a plain look at everyone finds.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use rapport::attributes::Subject;
use rapport::companies::list::{self, Asked, Filter};
use rapport::error::Error;
use rapport::id::{CompanyId, SegmentId, TeammateId, WorkspaceId};
use rapport::segments::{self, Along, Predicate};
use rapport::server::dates::Dates;
use rapport::server::db::Write;
use serde_json::{Value, json};

use crate::companies::{ada, group, visit};
use crate::on_both;
use crate::support::TestApp;

const DAY: i64 = 86_400_000;

pub async fn workspace(app: &TestApp) -> WorkspaceId {
    WorkspaceId(app.number("select id from workspaces order by id limit 1").await)
}

pub async fn make(
    app: &TestApp,
    subject: Subject,
    name: &str,
    rule: Value,
) -> Result<SegmentId, Error> {
    let predicate = Predicate::read(&json!({"version": 1, "rule": rule})).map_err(Error::from)?;
    let mut w = Write::begin(&app.state, workspace(app).await, TeammateId(0)).await?;
    let id = segments::create(&mut w, subject, name, &predicate).await?;
    w.commit().await?;
    Ok(id)
}

pub async fn settle(app: &TestApp) {
    rapport::jobs::run_due(&app.state).await.unwrap();
    rapport::companies::sweep(&app.state).await.unwrap();
    segments::run_due(&app.state).await.unwrap();
}

pub async fn members(app: &TestApp, id: SegmentId) -> BTreeSet<i64> {
    let sql = "select subject_id from segment_members where workspace_id = $1 and segment_id = $2";
    let workspace = workspace(app).await;
    let mut c = app.state.db.read().await.unwrap();
    let rows: Result<Vec<(i64,)>, _> = rapport::run!(c, |x| sqlx::query_as::<_, (i64,)>(sql)
        .bind(workspace)
        .bind(id)
        .fetch_all(x));
    rows.unwrap().into_iter().map(|(id,)| id).collect()
}

/// Every segment's members are those whom its rule finds, and as many as it says.
pub async fn check(app: &TestApp, said: &str) {
    let workspace = workspace(app).await;
    let all: Vec<(SegmentId, String, String, i64, String)> = {
        let sql = "select id, subject, rule, members, name from segments where workspace_id = $1 and archived_at = 0 order by id";
        let mut c = app.state.db.read().await.unwrap();
        let rows: Result<Vec<_>, _> = rapport::run!(c, |x| {
            sqlx::query_as::<_, (SegmentId, String, String, i64, String)>(sql)
                .bind(workspace)
                .fetch_all(x)
        });
        rows.unwrap()
    };
    let mut c = app.state.db.read().await.unwrap();
    let known = segments::known(&mut c, workspace).await.unwrap();
    let now = app.state.clock.now();
    for (id, subject, rule, count, name) in all {
        let subject = Subject::from_word(&subject).unwrap();
        let predicate = Predicate::parse(&rule).unwrap();
        let expected: BTreeSet<i64> = match segments::resolve(&known, subject, Some(id), &predicate)
        {
            Ok(resolved) => {
                let sets = segments::all(&mut c, workspace, subject, &resolved, now).await.unwrap();
                for along in [Along::Asked, Along::Order] {
                    let all = (0, 100_000);
                    let ids = segments::ids(&mut c, workspace, subject, &resolved, now, along, all);
                    assert_eq!(sets, ids.await.unwrap(), "{said}: {along:?}: {name}: {rule}");
                }
                let counted = segments::count(&mut c, workspace, subject, &resolved, now);
                assert_eq!(counted.await.unwrap() as usize, sets.len(), "{said}: {name}: {rule}");
                // By two connections it is the same.
                let limit = std::time::Duration::from_secs(60);
                let mut two = app.state.db.read_within(limit).await.unwrap();
                let both = segments::all(&mut two, workspace, subject, &resolved, now);
                assert_eq!(both.await.unwrap(), sets, "{said}: {name}: {rule}");
                sets.into_iter().collect()
            }
            Err(_) => BTreeSet::new(),
        };
        assert_eq!(members(app, id).await, expected, "{said}: {name}: {rule}");
        assert_eq!(count as usize, expected.len(), "{said}: {name}");
    }
}

/// The kinds and reasons of what the streams say of segments, in order.
pub async fn told(app: &TestApp) -> Vec<(String, Value)> {
    let sql = "select kind, data from activity where kind in ('segment_entered', 'segment_left') order by seq";
    let mut c = app.state.db.read().await.unwrap();
    let rows: Result<Vec<(String, String)>, _> =
        rapport::run!(c, |x| sqlx::query_as::<_, (String, String)>(sql).fetch_all(x));
    rows.unwrap()
        .into_iter()
        .map(|(kind, data)| (kind, serde_json::from_str(&data).unwrap()))
        .collect()
}

pub fn is(field: &str, op: &str, value: Value) -> Value {
    json!({"field": field, "op": op, "value": value})
}

pub async fn tag(app: &TestApp, whom: &str, id: &str, name: &str, on: bool) {
    let who = if whom == "users" { json!({"user_id": id}) } else { json!({"company_id": id}) };
    let mut who = who;
    if !on {
        who["untag"] = json!(true);
    }
    app.api("POST", "/tags", json!({"name": name, whom: [who]})).await;
}

on_both! {
    async fn a_tag_moves_someone_in_and_out_and_the_stream_says_why(app: TestApp) {
        app.call("identify", &json!({"userId": "grace", "traits": {"name": "Grace"}})).await;
        app.call("identify", &json!({"userId": "alan", "traits": {"name": "Alan"}})).await;
        tag(&app, "users", "alan", "VIP", true).await;
        let vip = app.number("select id from tags").await;
        settle(&app).await;
        let id = make(&app, Subject::Contact, "Important", is("tag", "is", json!(vip.to_string()))).await.unwrap();
        settle(&app).await;
        assert_eq!(members(&app, id).await.len(), 1, "the first filling finds who is there");
        assert!(told(&app).await.is_empty(), "and tells of it in one line, not one each");
        assert_eq!(app.number("select count(*) from activity where data like '%segment_filled%'").await, 1);
        tag(&app, "users", "grace", "VIP", true).await;
        settle(&app).await;
        assert_eq!(members(&app, id).await.len(), 2);
        tag(&app, "users", "grace", "VIP", false).await;
        settle(&app).await;
        let told = told(&app).await;
        assert_eq!(told.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), ["segment_entered", "segment_left"]);
        assert_eq!(told[0].1, json!({"name": "Important", "why": ["Tag is VIP"]}));
        assert_eq!(told[1].1["why"], json!(["not any more: Tag is VIP"]));
        check(&app, "after tags").await;
    }

    async fn the_segments_of_the_start_come_whatever_came_before_them(app: TestApp) {
        // Attributes, a tag and a segment before anything was looked at.
        app.call("identify", &json!({"userId": "grace", "traits": {"plan": "pro"}})).await;
        tag(&app, "users", "grace", "VIP", true).await;
        let own = make(&app, Subject::Contact, "Active", is("custom_attributes.plan", "is", json!("pro"))).await.unwrap();
        for _ in 0..2 {
            settle(&app).await;
            assert_eq!(app.number("select count(*) from segments where builtin <> ''").await, 8);
        }
        assert_eq!(members(&app, own).await.len(), 1);
        check(&app, "all of them").await;
    }

    async fn a_rule_filters_companies_without_being_a_segment(app: TestApp) {
        for (id, plan, seats) in [("navy", "enterprise", 40), ("mill", "Enterprise", 3), ("shop", "free", 50)] {
            group(&app, id, id, json!({"name": id, "plan": plan, "seats": seats})).await;
        }
        settle(&app).await;
        let here = workspace(&app).await;
        let now = app.state.clock.now();
        let rule = json!({"all": [is("plan", "is", json!("enterprise")), is("custom_attributes.seats", "at_least", json!(10))]});
        let rule = json!({"version": 1, "rule": rule}).to_string();
        let filter = Filter { rule, ..Filter::default() };
        let mut c = app.state.db.read().await.unwrap();
        let found = list::ids(&mut c, here, &filter, now).await.unwrap();
        assert_eq!(found.len(), 1);
        let ruled = segments::Ruled::find(&mut c, here, Subject::Company, &filter.rule, now).await.unwrap();
        let following = list::following(&mut c, here, &filter, ruled.as_ref(), now, (CompanyId(0), 10)).await.unwrap();
        assert_eq!(following.iter().map(|company| company.company_id.as_str()).collect::<Vec<_>>(), ["navy"]);
        let dates = Dates::new("UTC", now);
        let asked = Asked { filter: filter.clone(), ..Asked::default() };
        let page = list::list(&mut c, &dates, here, TeammateId(0), &asked).await.unwrap();
        assert_eq!((page.total, page.rows.len()), (1, 1));
        assert_eq!(page.said, "Companies where Plan is enterprise and seats is at least 10.");
        app.outsider().await;
        let other = WorkspaceId(app.number("select max(id) from workspaces").await);
        let found = list::ids(&mut c, other, &filter, now).await;
        assert!(matches!(found, Err(Error::Invalid { .. })), "another workspace has no such attribute");
        let filter = Filter { rule: "nonsense".into(), ..filter };
        assert!(matches!(list::ids(&mut c, here, &filter, now).await, Err(Error::Invalid { .. })));
        drop(c);
        // The file says so before it begins, and has them otherwise.
        let token = ada(&app).await;
        let (status, said) = app.get(&token, "/companies/export.csv?rule=nonsense").await;
        assert!(status.is_client_error() && !said.contains("company_id"), "{status}: {said}");
        let rule = url::form_urlencoded::byte_serialize(asked.filter.rule.as_bytes()).collect::<String>();
        let (status, file) = app.get(&token, &format!("/companies/export.csv?rule={rule}")).await;
        assert!(status.is_success() && file.contains("navy") && !file.contains("mill"), "{status}: {file}");
        check(&app, "as it was").await;
    }

    async fn values_that_people_have_are_offered_the_usual_ones_first(app: TestApp) {
        for (who, plan) in [("a", "Pro"), ("b", "free"), ("c", "pro"), ("d", "100%_\\"), ("e", "")] {
            app.call("identify", &json!({"userId": who, "traits": {"plan": plan, "seats": 4, "email": format!("{who}@Sub.Example")}})).await;
        }
        group(&app, "a", "navy", json!({"name": "US Navy", "plan": "enterprise", "sector": "sea"})).await;
        group(&app, "b", "mill", json!({"monthlySpend": 49})).await;
        group(&app, "c", "shop", json!({"monthlySpend": 49.5})).await;
        let here = workspace(&app).await;
        let mut c = app.state.db.read().await.unwrap();
        let mut offered = async |workspace, of, field: &str, typed: &str| segments::values(&mut c, workspace, of, field, typed).await.unwrap();
        let (people, companies) = (Subject::Contact, Subject::Company);
        let plans = offered(here, people, "custom_attributes.plan", "").await;
        assert_eq!(plans.len(), 3, "{plans:?}");
        assert_eq!(plans[0].to_lowercase(), "pro", "two have it");
        assert_eq!(offered(here, people, "custom_attributes.plan", " FR").await, ["free"]);
        assert_eq!(offered(here, people, "custom_attributes.plan", "%_\\").await, ["100%_\\"]);
        assert_eq!(offered(here, people, "email_domain", "").await, ["Sub.Example"]);
        assert_eq!(offered(here, companies, "plan", "enter").await, ["enterprise"]);
        assert_eq!(offered(here, companies, "custom_attributes.sector", "").await, ["sea"]);
        // Numbers as people write them.
        assert_eq!(offered(here, people, "custom_attributes.seats", "").await, ["4"]);
        assert_eq!(offered(here, people, "session_count", "").await, ["0"]);
        assert_eq!(offered(here, companies, "user_count", "").await, ["1"]);
        assert_eq!(offered(here, companies, "monthly_spend", "4").await, ["49", "49.5"]);
        for (workspace, of, field) in [
            (WorkspaceId(here.0 + 1), people, "custom_attributes.plan"),
            (WorkspaceId(here.0 + 1), companies, "plan"),
            (WorkspaceId(here.0 + 1), people, "custom_attributes.seats"),
            (here, people, "custom_attributes.nothing"),
            (here, people, "last_seen_at"),
            (here, people, "'; drop table contacts; --"),
        ] {
            assert!(offered(workspace, of, field, "").await.is_empty(), "{field}");
        }
    }

    async fn what_an_event_has_in_its_metadata_is_offered(app: TestApp) {
        for (total, gift) in [(json!(20), true), (json!("Twenty"), true), (json!(20), false)] {
            app.call("track", &json!({"userId": "a", "event": "Paid", "properties": {"total": total, "gift": gift}})).await;
        }
        let here = workspace(&app).await;
        let mut c = app.state.db.read().await.unwrap();
        let mut offered = async |workspace, event: &str, key: &str, typed: &str| segments::metadata(&mut c, workspace, event, key, typed).await.unwrap();
        assert_eq!(offered(here, "Paid", "", "").await, ["gift", "total"]);
        assert_eq!(offered(here, "Paid", "", "TO").await, ["total"]);
        assert_eq!(offered(here, "Paid", "total", "").await, ["20", "Twenty"]);
        assert_eq!(offered(here, "Paid", "total", "twe").await, ["Twenty"]);
        assert!(offered(here, "Other", "", "").await.is_empty());
        assert!(offered(WorkspaceId(here.0 + 1), "Paid", "", "").await.is_empty());
    }

    async fn metadata_is_found_as_it_was_typed_whether_it_was_sent_as_a_number_or_in_digits(app: TestApp) {
        let token = ada(&app).await;
        for (user, sku) in [("number", json!(42)), ("digits", json!("42")), ("zeros", json!("0042")), ("long", json!("100-A")), ("hundred", json!(100)), ("half", json!(4.5))] {
            let properties = json!({"sku": sku, "gift": user == "number"});
            app.call("track", &json!({"userId": user, "event": "Paid", "properties": properties})).await;
        }
        settle(&app).await;
        // As the builder's form sends it, and as the API does.
        let begun = json!({"version": 1, "rule": {"all": [{"event": "Paid", "op": "occurred"}]}}).to_string();
        for (n, (op, value, found, said)) in [
            ("is", "42", 2, "sku is 42"),
            ("is", "0042", 2, "sku is 0042"),
            ("is_not", "42", 4, "sku is not 42"),
            ("contains", "100", 1, "sku contains 100"),
            ("starts_with", "00", 1, "sku starts with 00"),
            ("ends_with", "42", 2, "sku ends with 42"),
            ("greater", "20", 2, "sku is greater than 20"),
            ("at_most", "4.5", 1, "sku is at most 4.5"),
            ("has_any_value", "", 6, "sku has any value"),
        ]
        .into_iter()
        .enumerate()
        {
            let form = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs([("of", "contact"), ("name", &format!("By {n}")), ("rule", &begun), ("rows[0][path]", "0"), ("rows[0][field]", "event")])
                .extend_pairs([("rows[0][event]", "Paid"), ("rows[0][op]", "occurred"), ("rows[0][count]", "1")])
                .extend_pairs([("rows[0][key]", "sku"), ("rows[0][key_op]", op), ("rows[0][key_value]", value)])
                .finish();
            let (status, built) = app.form(Some(&token), "/do/save_segment", &form).await;
            assert!(status.is_success() || status.is_redirection(), "{status}: {built}");
            settle(&app).await;
            let id = SegmentId(app.number("select max(id) from segments").await);
            assert_eq!(members(&app, id).await.len(), found, "{op} {value}");
            let (_, kept) = app.api("GET", &format!("/segments/{id}"), Value::Null).await;
            let (_, seen) = app.api("POST", "/segments/preview", json!({"rule": kept["rule"]})).await;
            assert_eq!(seen["sentence"], json!(format!("People where Paid has occurred where {said}.")));
        }
        // Several are asked of one and the same time.
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("of", "contact"), ("name", "Two"), ("rule", &begun), ("rows[0][path]", "0"), ("rows[0][field]", "event")])
            .extend_pairs([("rows[0][event]", "Paid"), ("rows[0][op]", "occurred"), ("rows[0][count]", "1")])
            .extend_pairs([("rows[0][key]", "sku"), ("rows[0][key_op]", "is"), ("rows[0][key_value]", "42")])
            .extend_pairs([("rows[0][key2]", "gift"), ("rows[0][key2_op]", "is_false"), ("rows[0][key3]", "")])
            .finish();
        let (status, built) = app.form(Some(&token), "/do/save_segment", &form).await;
        assert!(status.is_success() || status.is_redirection(), "{status}: {built}");
        settle(&app).await;
        let two = SegmentId(app.number("select max(id) from segments").await);
        let digits = app.number("select id from contacts where external_id = 'digits'").await;
        assert_eq!(members(&app, two).await.into_iter().collect::<Vec<_>>(), [digits]);
        // A number that the API sends is a number.
        let number = make(&app, Subject::Contact, "Number", json!({"event": "Paid", "op": "occurred", "metadata": [is("sku", "is", json!(42))]})).await.unwrap();
        settle(&app).await;
        assert_eq!(members(&app, number).await.len(), 1);
        check(&app, "metadata").await;
    }

    async fn what_is_too_long_ago_to_count_is_left_out_and_the_rest_says_why(app: TestApp) {
        settle(&app).await;
        let paid = async |total: i64| {
            app.call("track", &json!({"userId": "a", "event": "Paid", "properties": {"total": total, "note": "x"}})).await;
        };
        let window = |days: i64| json!([{"op": "less_than_days_ago", "value": days}]);
        let rules = [
            ("Twice", json!({"event": "Paid", "op": "at_least", "count": 2, "when": window(30)})),
            ("Large", json!({"event": "Paid", "op": "at_least", "count": 2, "when": window(30), "metadata": [is("total", "greater", json!(10))]})),
            ("Once large", json!({"event": "Paid", "op": "occurred", "metadata": [is("total", "greater", json!(50))]})),
            ("First", json!({"event": "Paid", "op": "first", "when": [{"op": "more_than_days_ago", "value": 60}], "metadata": [is("total", "is", json!(7))]})),
            ("Last", json!({"event": "Paid", "op": "last", "when": window(30), "metadata": [is("total", "is", json!(7))]})),
        ];
        let mut ids = Vec::new();
        for (name, rule) in rules {
            ids.push(make(&app, Subject::Contact, name, rule).await.unwrap());
        }
        paid(7).await;
        paid(99).await;
        app.pass(70 * DAY);
        paid(20).await;
        paid(30).await;
        paid(5).await;
        settle(&app).await;
        let inside = async |app: &TestApp| {
            let mut inside = Vec::new();
            for id in &ids {
                inside.push(!members(app, *id).await.is_empty());
            }
            inside
        };
        assert_eq!(inside(&app).await, [true, true, true, true, false]);
        let person = app.number("select id from contacts").await;
        let (_, why) = app.api("GET", &format!("/segments/{}/explain?contact_id={}", ids[1], rapport::contacts::public_id(rapport::id::ContactId(person))), Value::Null).await;
        let value = why["conditions"][0]["value"].as_str().unwrap();
        assert!(value.starts_with("5 times, first ") && value.ends_with("; 2 of them count"), "{why}");
        check(&app, "within the window").await;
        // Nobody looked for ten days after their moments had come: the reason is theirs all the same.
        app.pass(40 * DAY);
        settle(&app).await;
        assert_eq!(inside(&app).await, [false, false, true, true, false]);
        let all = told(&app).await;
        let left: Vec<_> = all.iter().filter(|(kind, data)| kind == "segment_left" && data["name"] != "Active" && data["name"] != "New").collect();
        assert_eq!(left.len(), 2, "{all:?}");
        for (_, data) in left {
            assert!(data["why"][0].as_str().is_some_and(|why| why.starts_with("not any more: Paid has occurred at least twice")), "{data}");
        }
        check(&app, "after the window").await;
    }

    async fn why_somebody_is_in_a_segment_is_found_out_for_the_one_that_is_asked_for(app: TestApp) {
        app.call("identify", &json!({"userId": "grace", "traits": {"plan": "pro"}})).await;
        settle(&app).await;
        let id = make(&app, Subject::Contact, "Pros", is("custom_attributes.plan", "is", json!("pro"))).await.unwrap();
        let firms = make(&app, Subject::Company, "Firms", json!({"all": []})).await.unwrap();
        settle(&app).await;
        let (here, now) = (workspace(&app).await, app.state.clock.now());
        let grace = app.number("select id from contacts where external_id = 'grace'").await;
        let dates = Dates::new("UTC", now);
        let mut c = app.state.db.read().await.unwrap();
        let all = segments::standings(&app.state, &mut c, here, Subject::Contact, grace).await.unwrap();
        assert_eq!((all[0].name.as_str(), all[0].inside), ("Pros", true));
        assert!(all.iter().all(|s| s.id != firms) && all.len() > 3 && !all[all.len() - 1].inside);
        let token = ada(&app).await;
        let (_, mine) = app.get(&token, &format!("/do/standings?owner=contact-{grace}")).await;
        let mine: Value = serde_json::from_str(&mine).unwrap();
        let (_, others) = app.get(&token, &format!("/do/other_standings?owner=contact-{grace}")).await;
        let others: Vec<Value> = serde_json::from_str(&others).unwrap();
        assert_eq!(mine["inside"][0]["name"], "Pros");
        assert_eq!(mine["others"], others.len());
        assert_eq!(mine["inside"].as_array().unwrap().len() + others.len(), all.len());
        let found = segments::explain(&app.state, &mut c, &dates, here, Subject::Contact, grace, id).await.unwrap().unwrap();
        assert!(found.standing.inside);
        assert_eq!((found.reasons[0].said.as_str(), found.reasons[0].value.as_str()), ("plan is pro", "pro"));
        for (workspace, of, segment) in [
            (here, Subject::Contact, firms),
            (here, Subject::Company, id),
            (here, Subject::Contact, SegmentId(1)),
        ] {
            let found = segments::explain(&app.state, &mut c, &dates, workspace, of, grace, segment).await;
            assert_eq!(found, Ok(None));
        }
    }

    async fn time_alone_moves_those_whose_moment_has_come_and_nobody_else(app: TestApp) {
        settle(&app).await;
        visit(&app, "grace").await;
        app.pass(DAY);
        visit(&app, "alan").await;
        settle(&app).await;
        check(&app, "at first").await;
        app.pass(29 * DAY - 1);
        settle(&app).await;
        assert!(told(&app).await.iter().all(|(kind, _)| kind == "segment_entered"), "a millisecond before nothing happens");
        app.pass(1);
        settle(&app).await;
        let all = told(&app).await;
        let last = &all[all.len() - 2..];
        let names: BTreeSet<_> = last.iter().map(|(kind, data)| (kind.clone(), data["name"].as_str().unwrap().to_owned())).collect();
        assert_eq!(names, BTreeSet::from([("segment_left".into(), "Active".into()), ("segment_entered".into(), "Slipping away".into())]));
        let entered = last.iter().find(|(kind, _)| kind == "segment_entered").unwrap();
        assert_eq!(entered.1["why"], json!(["Last seen is more than 30 days ago"]));
        check(&app, "after 30 days").await;
        app.pass(31 * DAY);
        settle(&app).await;
        check(&app, "after 61 days").await;
        assert_eq!(app.number("select count(*) from segment_turns").await, 0, "nothing is left to wait for");
    }

    async fn what_happens_to_a_company_moves_its_people(app: TestApp) {
        for n in 0..30 {
            group(&app, &format!("u{n}"), "navy", json!({"name": "Navy"})).await;
        }
        app.call("identify", &json!({"userId": "alone"})).await;
        tag(&app, "companies", "navy", "Key account", true).await;
        let tag_id = app.number("select id from tags").await;
        let by_tag = make(&app, Subject::Contact, "Of key accounts", json!({"company": is("tag", "is", json!(tag_id))})).await.unwrap();
        let both = json!({"company": {"all": [is("plan", "is", json!("pro")), is("custom_attributes.seats", "at_least", json!(10))]}});
        group(&app, "u0", "navy", json!({"plan": "free", "seats": 5})).await;
        let by_plan = make(&app, Subject::Contact, "Of large ones", both).await.unwrap();
        settle(&app).await;
        assert_eq!((members(&app, by_tag).await.len(), members(&app, by_plan).await.len()), (30, 0));
        group(&app, "u0", "navy", json!({"plan": "Pro", "seats": 12})).await;
        tag(&app, "companies", "navy", "Key account", false).await;
        settle(&app).await;
        assert_eq!((members(&app, by_tag).await.len(), members(&app, by_plan).await.len()), (0, 30));
        check(&app, "after the company").await;
        let told = told(&app).await;
        let entered = told.iter().find(|(kind, data)| kind == "segment_entered" && data["name"] == "Of large ones").unwrap();
        assert_eq!(entered.1["why"], json!(["Plan is pro", "seats is at least 10"]));
    }

    async fn a_rule_that_makes_no_sense_any_more_matches_nobody_and_says_so(app: TestApp) {
        app.call("identify", &json!({"userId": "a", "traits": {"beta": true}})).await;
        let id = make(&app, Subject::Contact, "Beta", is("custom_attributes.beta", "is_true", Value::Null)).await.unwrap();
        settle(&app).await;
        assert_eq!(members(&app, id).await.len(), 1);
        let attribute = app.number("select id from attributes").await;
        let (status, body) = app.api("PUT", &format!("/data_attributes/{attribute}"), json!({"archived": true})).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        settle(&app).await;
        assert_eq!(members(&app, id).await.len(), 0);
        assert!(app.text("select fault from segments where name = 'Beta'").await.contains("no attribute beta"));
        let (status, _) = app.api("PUT", &format!("/data_attributes/{attribute}"), json!({"archived": false})).await;
        assert_eq!(status, StatusCode::OK);
        settle(&app).await;
        assert_eq!(members(&app, id).await.len(), 1);
        check(&app, "brought back").await;
    }

    async fn the_api_makes_looks_at_explains_and_archives_segments(app: TestApp) {
        settle(&app).await;
        let (_, grace) = app.api("POST", "/contacts", json!({"external_id": "grace", "name": "Grace", "custom_attributes": {"plan": "pro"}})).await;
        app.api("POST", "/contacts", json!({"external_id": "alan", "custom_attributes": {"plan": "free"}})).await;
        settle(&app).await;
        let rule = json!({"version": 1, "rule": {"all": [is("custom_attributes.plan", "is", json!("PRO")), is("last_seen_at", "is_unknown", Value::Null)]}});
        let (status, seen) = app.api("POST", "/segments/preview", json!({"rule": rule})).await;
        assert_eq!((status, &seen["count"], &seen["sample"][0]["id"]), (StatusCode::OK, &json!(1), &grace["id"]), "{seen}");
        let (status, made) = app.api("POST", "/segments", json!({"name": "Pros", "rule": rule})).await;
        assert_eq!((status, &made["filled"]), (StatusCode::OK, &json!(false)), "{made}");
        settle(&app).await;
        let id = made["id"].as_str().unwrap();
        let (_, now) = app.api("GET", &format!("/segments/{id}"), Value::Null).await;
        assert_eq!((&now["count"], &now["filled"], &now["person_type"]), (&json!(1), &json!(true), &json!("user")), "{now}");
        let person = grace["id"].as_str().unwrap();
        let (_, hers) = app.api("GET", &format!("/contacts/{person}/segments"), Value::Null).await;
        assert_eq!(hers["data"].as_array().unwrap().iter().map(|s| s["name"].clone()).collect::<Vec<_>>(), [json!("Pros")]);
        let (_, why) = app.api("GET", &format!("/segments/{id}/explain?contact_id={person}"), Value::Null).await;
        assert_eq!(why["member"], json!(true));
        assert_eq!(why["conditions"][0], json!({"depth": 0, "condition": "plan is PRO", "value": "pro", "holds": true}));
        let other = json!({"rule": {"version": 1, "rule": is("custom_attributes.plan", "is", json!("free"))}});
        let mut body = other.clone();
        body["id"] = json!(id);
        let (_, seen) = app.api("POST", "/segments/preview", body).await;
        assert_eq!((&seen["enter"]["count"], &seen["leave"]["count"]), (&json!(1), &json!(1)), "{seen}");
        app.api("PUT", &format!("/segments/{id}"), other).await;
        settle(&app).await;
        let (_, list) = app.api("GET", "/segments?include_count=true", Value::Null).await;
        let listed = list["segments"].as_array().unwrap();
        assert_eq!(listed.iter().find(|s| s["id"] == id).unwrap()["count"], json!(1));
        assert_eq!(listed.len(), 9, "those from the start too: {list}");
        let (status, refused) = app.api("POST", "/segments", json!({"name": "x", "rule": {"version": 1, "rule": {"any": [is("nope", "is", json!("a"))]}}})).await;
        assert_eq!((status, &refused["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("rule.0")), "{refused}");
        assert_eq!(app.api("DELETE", &format!("/segments/{id}"), Value::Null).await.0, StatusCode::OK);
        let (_, hers) = app.api("GET", &format!("/contacts/{person}/segments"), Value::Null).await;
        assert_eq!(hers["data"], json!([]));
        let builtin = listed.iter().find(|s| s["name"] == "Active").unwrap()["id"].as_str().unwrap();
        assert_eq!(app.api("DELETE", &format!("/segments/{builtin}"), Value::Null).await.0, StatusCode::FORBIDDEN);
        check(&app, "after the api").await;
    }

    async fn rules_that_cannot_be_are_refused_at_their_place(app: TestApp) {
        settle(&app).await;
        let refused = async |rule: Value| match make(&app, Subject::Contact, "x", rule).await {
            Err(Error::Invalid { field, message }) => (field, message),
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(json!({"all": [is("email", "is", json!("a")), is("emial", "is", json!("a"))]})).await, ("rule.1".into(), "there is no field emial".into()));
        assert_eq!(refused(is("email", "greater", json!(3))).await.0, "rule");
        assert_eq!(refused(is("session_count", "greater", json!("many"))).await.1, "write a number");
        assert_eq!(refused(is("last_seen_at", "on", json!("yesterday"))).await.1, "give a day, such as 2026-03-01");
        assert_eq!(refused(is("last_seen_at", "less_than_days_ago", json!(-1))).await.1, "give a whole number of days, from 0 to 36525");
        assert!(refused(is("tag", "is", json!("12"))).await.1.contains("not there any more"));
        assert_eq!(refused(json!({"event": "", "op": "occurred"})).await.1, "write the name of an event");
        assert!(refused(json!({"company": {"company": is("plan", "is", json!("a"))}})).await.1.contains("in no company"));
        // Groups that ask nothing are not for nothing.
        let groups = |many: usize| json!({"any": vec![json!({"all": []}); many]});
        assert_eq!(refused(groups(400)).await, ("rule.399".into(), "a rule has at most 400 groups".into()));
        assert_eq!(refused(json!({"any": vec![is("email", "is", json!("a")); 501]})).await.0, "rule.500");
        let many = make(&app, Subject::Contact, "Many", groups(300)).await.unwrap();
        let twice = json!({"any": [is("segment", "is", json!(many.0)), is("segment", "is_not", json!(many.0))]});
        assert_eq!(refused(twice).await, ("rule.1".into(), "a rule has at most 400 groups, those of the segments that it names included".into()));
        let a = make(&app, Subject::Contact, "A", is("email", "contains", json!("@"))).await.unwrap();
        let b = make(&app, Subject::Contact, "B", is("segment", "is", json!(a.0))).await.unwrap();
        let around = Predicate::read(&json!({"version": 1, "rule": is("segment", "is_not", json!(b.0))})).unwrap();
        let mut w = Write::begin(&app.state, workspace(&app).await, TeammateId(0)).await.unwrap();
        let error = segments::update(&mut w, a, None, None, Some(&around)).await.unwrap_err();
        assert!(error.to_string().contains("asks for itself"), "{error}");
        let error = segments::archive(&mut w, a, true).await.unwrap_err();
        assert!(error.to_string().contains("B asks for this segment"), "{error}");
        drop(w);
        assert!(matches!(make(&app, Subject::Contact, "a", json!({"all": []})).await, Err(Error::Taken { .. })));
        // Text that means something elsewhere means nothing here.
        app.call("identify", &json!({"userId": "odd", "traits": {"name": "100%_\\' or 1=1"}})).await;
        for (n, (op, value)) in [("contains", "%"), ("contains", "_"), ("ends_with", "1=1"), ("contains", "\\'"), ("starts_with", ".*")].iter().enumerate() {
            make(&app, Subject::Contact, &format!("odd {n}"), is("name", op, json!(value))).await.unwrap();
        }
        settle(&app).await;
        check(&app, "odd texts").await;
    }

    async fn membership_is_the_same_as_computed_from_scratch_after_any_changes(app: TestApp) {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = move |n: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % n as u64) as usize
        };
        let token = ada(&app).await;
        // Otherwise nobody here did anything often enough.
        app.state.segments.kept.keep_from(1);
        let mut r: &mut dyn FnMut(usize) -> usize = &mut random;
        // What rules may name is there before they do.
        for n in 0..3 {
            group(&app, "u0", &format!("c{n}"), json!({"seats": 3, "tier": "gold"})).await;
            tag(&app, "users", "u0", &format!("t{n}"), true).await;
            tag(&app, "companies", "c0", &format!("t{n}"), true).await;
        }
        app.call("identify", &json!({"userId": "u0", "traits": {"plan": "Pro", "seats": 3, "beta": true, "endsOn": "2026-02-20"}})).await;
        let tags: Vec<i64> = {
            let mut c = app.state.db.read().await.unwrap();
            let sql = "select id from tags order by id";
            let rows: Result<Vec<(i64,)>, _> = rapport::run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).fetch_all(x));
            rows.unwrap().into_iter().map(|(id,)| id).collect()
        };
        settle(&app).await;
        let cases: usize = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
        let mut made = Vec::new();
        for n in 0..60 {
            let subject = if r(5) == 0 { Subject::Company } else { Subject::Contact };
            let rule = rules::rule(&mut r, subject, &tags, &made, 3);
            match make(&app, subject, &format!("s{n}"), rule.clone()).await {
                Ok(id) => made.push((subject, id)),
                Err(error) => panic!("{error}: {rule}"),
            }
        }
        settle(&app).await;
        check(&app, "filled").await;
        for step in 0..cases {
            for _ in 0..1 + r(6) {
                changes::one(&app, &token, &mut r).await;
            }
            settle(&app).await;
            check(&app, &format!("step {step}")).await;
        }
    }
}

/// Rules made up.
pub mod rules {
    use super::*;

    pub type Random<'a> = &'a mut dyn FnMut(usize) -> usize;

    fn one<T: Clone>(r: &mut Random<'_>, from: &[T]) -> T {
        from[r(from.len())].clone()
    }

    fn date(r: &mut Random<'_>) -> (&'static str, Value) {
        match r(8) {
            n @ 0..=2 => (
                ["more_than_days_ago", "less_than_days_ago", "exactly_days_ago"][n],
                json!([0, 1, 2, 7, 30][r(5)]),
            ),
            n @ 3..=5 => {
                (["after", "on", "before"][n - 3], json!(format!("2026-03-{:02}", 1 + r(20))))
            }
            6 => ("is_unknown", Value::Null),
            _ => ("has_any_value", Value::Null),
        }
    }

    fn text(r: &mut Random<'_>, values: &[&str]) -> (&'static str, Value) {
        let op = one(
            r,
            &[
                "is",
                "is_not",
                "starts_with",
                "ends_with",
                "contains",
                "does_not_contain",
                "is_unknown",
                "has_any_value",
            ],
        );
        (
            op,
            if op.ends_with("unknown") || op.ends_with("value") {
                Value::Null
            } else {
                json!(one(r, values))
            },
        )
    }

    fn number(r: &mut Random<'_>) -> (&'static str, Value) {
        let op = one(
            r,
            &[
                "is",
                "is_not",
                "greater",
                "less",
                "at_least",
                "at_most",
                "is_unknown",
                "has_any_value",
            ],
        );
        (
            op,
            if op.ends_with("unknown") || op.ends_with("value") {
                Value::Null
            } else {
                json!(r(5))
            },
        )
    }

    /// Degrees of the places that people here are in, and others.
    fn degrees(r: &mut Random<'_>) -> (&'static str, Value) {
        let (op, value) = number(r);
        let degrees = [51.5142, 58.4167, -0.0931, 15.6167, 20.0];
        (op, if value.is_null() { value } else { json!(degrees[r(degrees.len())]) })
    }

    fn truth(r: &mut Random<'_>) -> (&'static str, Value) {
        (one(r, &["is_true", "is_false", "is_unknown", "has_any_value"]), Value::Null)
    }

    fn field(name: &str, (op, value): (&str, Value), exact: bool) -> Value {
        let mut out = json!({"field": name, "op": op});
        if !value.is_null() {
            out["value"] = value;
        }
        if exact {
            out["exact_case"] = json!(true);
        }
        out
    }

    fn event(r: &mut Random<'_>) -> Value {
        let op = one(
            r,
            &["occurred", "not_occurred", "at_least", "at_most", "exactly", "first", "last"],
        );
        let mut out = json!({"event": one(r, &["Ordered", "Paid", "Never"]), "op": op});
        if op.starts_with("at_") || op == "exactly" {
            out["count"] = json!(r(4));
        }
        let windows = if op == "first" || op == "last" { 1 + r(2) } else { r(3) };
        let when: Vec<_> = (0..windows)
            .map(|_| {
                loop {
                    let (op, value) = date(r);
                    if !value.is_null() {
                        break json!({"op": op, "value": value});
                    }
                }
            })
            .collect();
        out["when"] = json!(when);
        let metadata: Vec<_> = (0..r(2))
            .map(|_| match r(3) {
                0 => field("total", number(r), false),
                1 => field("sku", text(r, &["A1", "a", "B", "7", "07"]), r(2) == 0),
                _ => field("gift", truth(r), false),
            })
            .collect();
        out["metadata"] = json!(metadata);
        out
    }

    pub fn rule(
        r: &mut Random<'_>,
        of: Subject,
        tags: &[i64],
        made: &[(Subject, SegmentId)],
        depth: usize,
    ) -> Value {
        if depth > 0 && r(2) == 0 {
            let several = |r: &mut Random<'_>| -> Vec<Value> {
                (0..r(4)).map(|_| rule(r, of, tags, made, depth - 1)).collect()
            };
            return match r(4) {
                0 => json!({"all": several(r)}),
                1 => json!({"any": several(r)}),
                2 => json!({"not": rule(r, of, tags, made, depth - 1)}),
                _ if of == Subject::Contact => {
                    json!({"company": rule(r, Subject::Company, tags, made, depth - 1)})
                }
                _ => json!({"all": several(r)}),
            };
        }
        let own: Vec<_> = made.iter().filter(|(subject, _)| *subject == of).collect();
        match (r(16), of) {
            (13, Subject::Contact) => field("updated_at", date(r), false),
            (14, Subject::Contact) => field(
                one(r, &["last_seen_ip", "avatar"]),
                text(r, &["81.2.69.142", "8", "2.", "PNG", "https://"]),
                r(3) == 0,
            ),
            (15, Subject::Contact) => {
                field(one(r, &["location.latitude", "location.longitude"]), degrees(r), false)
            }
            (11, Subject::Contact) => {
                field(one(r, &["has_hard_bounced", "marked_email_as_spam"]), truth(r), false)
            }
            (12, Subject::Contact) => {
                field(one(r, &["last_email_opened_at", "last_email_clicked_at"]), date(r), false)
            }
            (0, _) => field("tag", (one(r, &["is", "is_not"]), json!(one(r, tags))), false),
            (1, _) if !own.is_empty() => {
                field("segment", (one(r, &["is", "is_not"]), json!(own[r(own.len())].1.0)), false)
            }
            (2 | 3, Subject::Contact) => event(r),
            (4, Subject::Contact) => field(
                "custom_attributes.plan",
                text(r, &["pro", "Pro", "fr", "e", "%", "_"]),
                r(3) == 0,
            ),
            (5, _) => field("custom_attributes.seats", number(r), false),
            (6, Subject::Contact) => field("custom_attributes.beta", truth(r), false),
            (7, Subject::Contact) => field("custom_attributes.endsOn", date(r), false),
            (8, Subject::Contact) => field(
                one(
                    r,
                    &[
                        "name",
                        "email",
                        "email_domain",
                        "browser",
                        "location.city",
                        "location.region",
                        "utm_source",
                    ],
                ),
                text(r, &["ADA", "a", "x.org", "Lon", "@", "fire", "LONDON", "nd"]),
                r(3) == 0,
            ),
            (9, Subject::Contact) => field(
                one(r, &["session_count", "unsubscribed_from_emails"]),
                ("has_any_value", Value::Null),
                false,
            ),
            (10, Subject::Contact) => field(
                one(r, &["last_seen_at", "signed_up_at", "created_at", "first_seen_at"]),
                date(r),
                false,
            ),
            (_, Subject::Contact) => field("session_count", number(r), false),
            (2, _) => field("plan", text(r, &["pro", "P", "team"]), r(3) == 0),
            (3, _) => field("custom_attributes.tier", text(r, &["gold", "G"]), false),
            (4, _) => {
                field("health", ("is", json!(one(r, &["new", "active", "slipping_away"]))), false)
            }
            (6, _) => {
                let dates = ["last_seen_at", "remote_created_at", "created_at", "updated_at"];
                field(one(r, &dates), date(r), false)
            }
            (7, _) => field("name", text(r, &["Navy", "a"]), r(2) == 0),
            (8, _) => field("monthly_spend", number(r), false),
            _ => field(one(r, &["user_count", "session_count"]), number(r), false),
        }
    }
}

/// Changes made up.
pub mod changes {
    use rapport::id::{ContactId, MessageId};
    use rapport::outbound;

    use super::rules::Random;
    use super::*;

    /// Somebody does something with an e-mail, complains of one, or has no address that mail gets to.
    async fn emailed(app: &TestApp, r: &mut Random<'_>) {
        let mut w = Write::begin(&app.state, workspace(app).await, TeammateId(0)).await.unwrap();
        let sql = "select id from contacts where merged_into = 0 order by id";
        let rows: Result<Vec<(ContactId,)>, _> =
            rapport::run!(w.conn, |c| sqlx::query_as::<_, (ContactId,)>(sql).fetch_all(c));
        let rows = rows.unwrap();
        let contact = rows[r(rows.len())].0;
        if r(4) == 0 {
            let details =
                rapport::contacts::Details { complained: Some(r(3) > 0), ..Default::default() };
            let (by, at) = (rapport::attributes::Writer::Product, w.now);
            rapport::contacts::update(&mut w, by, contact, &details, "x", at).await.unwrap();
            w.commit().await.unwrap();
            return;
        }
        let what = match r(4) {
            0 => None,
            1 => Some(outbound::Did::Clicked),
            2 => Some(outbound::Did::Machine),
            _ => Some(outbound::Did::Opened),
        };
        let Some(what) = what else {
            outbound::bounced(&mut w, &[contact]).await.unwrap();
            w.commit().await.unwrap();
            return;
        };
        let sql = "insert into deliveries (workspace_id, message_id, contact_id, state, due_at, matched_at, sent_at) \
                   values ($1, 1, $2, 'sent', 0, 0, 1) on conflict do nothing";
        let sent: Result<rapport::server::db::Changed, _> =
            rapport::run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(contact).execute(c));
        sent.unwrap();
        let key = outbound::Key { contact, company: CompanyId(0), run: 0 };
        outbound::did(&mut w, MessageId(1), key, what).await.unwrap();
        w.commit().await.unwrap();
    }

    fn pick(r: &mut Random<'_>, from: &[&'static str]) -> &'static str {
        from[r(from.len())]
    }

    pub async fn one(app: &TestApp, token: &str, r: &mut Random<'_>) {
        let user = format!("u{}", r(6));
        let company = format!("c{}", r(3));
        let name = format!("t{}", r(3));
        let at = app.state.clock.now().plus(-(r(10) as i64) * DAY / 3);
        let iso = jiff::Timestamp::from_millisecond(at.0).unwrap().to_string();
        let (status, body) = match r(17) {
            0 => app.call("identify", &json!({"userId": user, "traits": {"plan": (pick(r, &["Pro", "free", ""])), "seats": r(5)}})).await,
            1 => app.call("identify", &json!({"userId": user, "anonymousId": format!("a{}", r(4)), "traits": {"beta": r(2) == 0, "name": (pick(r, &["Ada", "ada x", "Bob"]))}})).await,
            2 => app.call("identify", &json!({"userId": user, "traits": {"email": format!("{user}@{}", (pick(r, &["x.org", "Mail.x.org"]))), "avatar": (pick(r, &["https://x.org/a.png", ""])), "createdAt": iso}})).await,
            3 => {
                let total = if r(3) == 0 { json!("2") } else { json!(r(5)) };
                let sku = if r(4) == 0 { json!(7) } else { json!(pick(r, &["A1", "a2", "b", "7", "07"])) };
                let properties = json!({"total": total, "sku": sku, "gift": r(2) == 0});
                app.call("track", &json!({"userId": user, "event": "Ordered", "properties": properties, "timestamp": iso})).await
            }
            4 => app.call("track", &json!({"anonymousId": format!("a{}", r(4)), "event": "Paid", "timestamp": iso})).await,
            6 => app.call("page", &json!({"anonymousId": format!("a{}", r(4)), "timestamp": iso, "context": {"ip": "89.160.20.112"}})).await,
            5 => app.call("page", &json!({"userId": user, "timestamp": iso, "context": {"ip": "81.2.69.142", "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "campaign": {"source": "a"}}})).await,
            7 => app.call("group", &json!({"userId": user, "groupId": company, "traits": {"name": (pick(r, &["Navy", "army"])), "plan": (pick(r, &["pro", "Team"])), "seats": r(5), "monthlySpend": r(5)}})).await,
            8 => {
                let on = r(2) == 0;
                tag(app, "users", &user, &name, on).await;
                return;
            }
            9 => {
                tag(app, "companies", &company, &name, r(2) == 0).await;
                return;
            }
            10 => {
                app.pass((1 + r(60)) as i64 * 3_600_000);
                return;
            }
            11 => {
                app.pass(r(12) as i64 * DAY);
                return;
            }
            14..=16 => {
                emailed(app, r).await;
                return;
            }
            12 => {
                let mut w = Write::begin(&app.state, workspace(app).await, TeammateId(0)).await.unwrap();
                let who = rapport::companies::known_as(&mut w.conn, w.workspace, &user).await;
                let of = rapport::companies::find_by_company_id(&mut w.conn, w.workspace, &company).await.unwrap();
                if let (Ok(who), Some(of)) = (who, of)
                    && rapport::companies::leave(&mut w, who, of.id).await.is_ok()
                {
                    w.commit().await.unwrap();
                }
                return;
            }
            _ => {
                let people: Vec<i64> = {
                    let mut c = app.state.db.read().await.unwrap();
                    let sql = "select id from contacts where merged_into = 0 order by id";
                    let rows: Result<Vec<(i64,)>, _> = rapport::run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).fetch_all(x));
                    rows.unwrap().into_iter().map(|(id,)| id).collect()
                };
                let id = people[r(people.len())];
                let action = pick(r, &["archive", "unarchive", "block", "unblock"]);
                app.form(Some(token), "/do/stand", &format!("contact={id}&action={action}")).await;
                return;
            }
        };
        assert_eq!(status, StatusCode::OK, "{body}");
    }
}
