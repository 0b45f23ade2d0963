//! Messages for certain people end by themselves once nobody is left whom they could reach, and the tag that takes people out is
//! switched on while one runs.

use axum::http::StatusCode;
use rapport::error::Error;
use rapport::id::WorkspaceId;
use rapport::live::Topic;
use rapport::outbound::{self, Draft, Key, State, Switches, When, Whom};
use rapport::owner::Owner;
use serde_json::{Value, json};

use crate::companies::ada;
use crate::on_both;
use crate::outbound::{
    detail, draft, email, mailing, person, read_by, save, settle, standing, start, tag, try_start,
    vip, write,
};
use crate::support::TestApp;

const HOUR: i64 = 3_600_000;

fn to(people: &[rapport::id::ContactId], draft: Draft) -> Draft {
    let people: Vec<_> = people.iter().map(ToString::to_string).collect();
    Draft { people: people.join(","), whom: Whom::Chosen, ..draft }
}

on_both! {
    async fn a_message_to_chosen_people_ends_when_all_of_it_went_out(app: TestApp) {
        let (grace, alan) = (person(&app, "grace").await, person(&app, "alan").await);
        let all = json!({"all": []});
        let tagged = Switches { opt_out: "no news".into(), ..Switches::default() };
        let rule = vip(&app).await;
        let follows = start(&app, &draft(Whom::All, rule, "For whoever comes")).await;
        tag(&app, "users", "alan", "no news", true).await;
        let id = save(&app, &to(&[grace, alan], Draft { switches: tagged, ..draft(Whom::Chosen, all.clone(), "**News**") })).await;
        try_start(&app, id, "").await.unwrap();
        assert_eq!(detail(&app, id).await.brief.state, State::Running);
        app.pass(10 * 60_000);
        let workspace = WorkspaceId(app.number("select id from workspaces order by id limit 1").await);
        let told = || app.state.hub.touched_lately(workspace, Topic::Messages, app.state.clock.now());
        assert!(!told());
        settle(&app).await;
        assert!(told(), "whoever looks at it asks again");
        let over = detail(&app, id).await;
        assert_eq!((over.brief.state, over.brief.counts.sent, over.brief.counts.excluded), (State::Finished, 1, 1));
        let (_, said) = app.api("GET", &format!("/outbound/{id}"), Value::Null).await;
        assert_eq!(said["state"], json!("finished"), "{said}");
        assert_eq!(read_by(&app, "grace").await, ["News"]);
        // The page says it without a script, and the profile what became of it.
        let token = ada(&app).await;
        let (_, page) = app.get(&token, &format!("/outbound/{id}")).await;
        assert!(page.contains("Sent to 1 person. There is nobody left whom it could reach."), "{page}");
        assert!(page.contains("<strong>News</strong>") && !page.contains("Stop for good"), "{page}");
        assert_eq!(over.brief.name, "Welcome");
        for (who, words) in [(grace, "Sent"), (alan, "Left out: they are opted out by a tag")] {
            let (_, body) = app.get(&token, &format!("/do/message_standings?owner=contact-{who}")).await;
            let all: Vec<outbound::Standing> = serde_json::from_str(&body).unwrap();
            let of = all.iter().find(|one| one.id == id).unwrap_or_else(|| panic!("{body}"));
            assert!(of.said.starts_with(words), "{}", of.said);
            assert!(of.can_leave.is_none() && of.can_join.is_none() && !of.can_name, "it is over");
        }
        // The other one goes on, though it has nobody either.
        assert_eq!(detail(&app, follows).await.brief.state, State::Running);
        let mut w = write(&app).await;
        assert!(matches!(outbound::pause(&mut w, id).await, Err(Error::Conflict(_))));
        let late = draft(Whom::Chosen, all, "Other");
        assert!(matches!(outbound::save(&mut w, Some((id, over.version)), &late, "UTC").await, Err(Error::Conflict(_))));
        outbound::stop(&mut w, id).await.unwrap();
        w.commit().await.unwrap();
        assert_eq!(detail(&app, id).await.brief.state, State::Finished, "there is nothing to stop");
    }

    async fn who_waits_keeps_it_under_way_and_who_is_gone_does_not(app: TestApp) {
        let (grace, alan) = (person(&app, "grace").await, person(&app, "alan").await);
        let all = json!({"all": []});
        // It is Sunday noon.
        let monday = When::Hours(vec![rapport::messenger::Hours { day: 0, from: 540, to: 1020 }]);
        let hours = start(&app, &to(&[grace, alan], Draft { when: monday, ..draft(Whom::Chosen, all.clone(), "On Monday") })).await;
        assert_eq!(detail(&app, hours).await.brief.state, State::Running);
        let soon = Draft { starts: "2026-03-02T18:00".into(), ..draft(Whom::Chosen, all.clone(), "Soon") };
        let soon = start(&app, &to(&[alan], soon)).await;
        assert_eq!(detail(&app, soon).await.brief.state, State::Running, "it has not begun");
        let (_, found) = app.api("GET", "/contacts/find_by_external_id/alan", Value::Null).await;
        let (status, said) = app.api("DELETE", &format!("/contacts/{}", found["id"].as_str().unwrap()), Value::Null).await;
        assert!(status.is_success(), "{said}");
        app.pass(21 * HOUR);
        settle(&app).await;
        let over = detail(&app, hours).await;
        assert_eq!((over.brief.state, over.brief.counts.sent), (State::Finished, 1), "{:?}", over.brief.counts);
        app.pass(10 * HOUR);
        settle(&app).await;
        assert_eq!(detail(&app, soon).await.brief.state, State::Finished, "nobody is left");
    }

    async fn one_for_those_who_match_now_ends_once_all_were_looked_at(app: TestApp) {
        let calls: Vec<_> = (0..1_100).map(|n| json!({"type": "identify", "userId": format!("u{n}")})).collect();
        for part in calls.chunks(500) {
            app.call("batch", &json!({ "batch": part })).await;
        }
        let id = save(&app, &draft(Whom::Now, json!({"all": []}), "Hello")).await;
        try_start(&app, id, "1100").await.unwrap();
        outbound::run_due(&app.state).await.unwrap();
        assert_eq!(detail(&app, id).await.brief.state, State::Running, "nobody was looked at yet");
        settle(&app).await;
        let over = detail(&app, id).await;
        assert_eq!((over.brief.state, over.brief.counts.sent), (State::Finished, 1_100));
        let left = "select (select count(*) from segments where message_id > 0) + (select count(*) from segment_members m \
                    join segments s on s.workspace_id = m.workspace_id and s.id = m.segment_id where s.message_id > 0)";
        assert_eq!(app.number(left).await, 0, "its audience is kept no longer");
        // Who comes to match later was not meant.
        person(&app, "late").await;
        settle(&app).await;
        assert_eq!(app.number("select count(*) from deliveries").await, 1_100);
    }

    async fn what_is_sent_again_opens_it_once_more(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        app.call("identify", &json!({"userId": "grace", "traits": {"email": "refused@example.com"}})).await;
        let grace = person(&app, "grace").await;
        let id = start(&app, &to(&[grace], email(Whom::Chosen, json!({"all": []}), "Hi", "Text"))).await;
        let now = detail(&app, id).await.brief;
        assert_eq!((now.state, now.counts.failed), (State::Finished, 1));
        app.call("identify", &json!({"userId": "grace", "traits": {"email": "grace@example.com"}})).await;
        let token = ada(&app).await;
        let form = format!("id={id}&contact={grace}");
        let (status, body) = app.form(Some(&token), "/do/send_again", &form).await;
        assert!(status.is_success() || status.is_redirection(), "{body}");
        assert_eq!(detail(&app, id).await.brief.state, State::Running);
        settle(&app).await;
        let now = detail(&app, id).await.brief;
        assert_eq!((now.state, now.counts.sent, smtp.kept().len()), (State::Finished, 1, 1));
        // Of one whose end has come nobody is sent anything again.
        let key = Key { contact: grace, company: rapport::id::CompanyId(0), run: 0 };
        app.call("identify", &json!({"userId": "grace", "traits": {"email": "refused@example.com"}})).await;
        let dated = Draft { stops: "2026-03-02T12:00".into(), ..email(Whom::Chosen, json!({"all": []}), "Two", "Text") };
        let id = start(&app, &to(&[grace], dated)).await;
        assert_eq!(detail(&app, id).await.brief.state, State::Finished);
        app.pass(48 * HOUR);
        let mut w = write(&app).await;
        assert!(matches!(outbound::send_again(&mut w, id, key).await, Err(Error::Conflict(_))));
    }

    async fn what_is_sent_again_while_the_audience_is_let_go_is_sent(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        app.call("identify", &json!({"userId": "grace", "traits": {"email": "refused@example.com"}})).await;
        let grace = person(&app, "grace").await;
        let id = save(&app, &email(Whom::Now, json!({"all": []}), "Hi", "Text")).await;
        try_start(&app, id, "1").await.unwrap();
        rapport::segments::run_due(&app.state).await.unwrap();
        let claim = outbound::claim(&app.state).await.unwrap().unwrap();
        outbound::mail(&app.state, &claim).await.unwrap();
        assert_eq!(detail(&app, id).await.brief.counts.failed, 1);
        // As the first step of its end leaves it: it runs, and she is in its audience no more.
        let mut c = app.state.db.begin().await.unwrap();
        let sql = "delete from segment_members where segment_id in (select id from segments where message_id > 0)";
        let gone: Result<rapport::server::db::Changed, _> = rapport::run!(c, |x| sqlx::query(sql).execute(x));
        assert_eq!(gone.unwrap().0, 1);
        c.commit().await.unwrap();
        app.call("identify", &json!({"userId": "grace", "traits": {"email": "grace@example.com"}})).await;
        let key = Key { contact: grace, company: rapport::id::CompanyId(0), run: 0 };
        let mut w = write(&app).await;
        outbound::send_again(&mut w, id, key).await.unwrap();
        w.commit().await.unwrap();
        outbound::run_due(&app.state).await.unwrap();
        let now = detail(&app, id).await.brief;
        assert_eq!((now.state, now.counts.sent, now.counts.excluded, smtp.kept().len()), (State::Finished, 1, 0, 1));
        assert_eq!(app.number("select count(*) from segments where message_id > 0").await, 0);
    }

    async fn people_are_taken_out_by_a_tag_that_is_named_while_it_runs(app: TestApp) {
        let rule = vip(&app).await;
        let (grace, alan) = (person(&app, "grace").await, person(&app, "alan").await);
        let id = start(&app, &draft(Whom::All, rule, "Offer")).await;
        let token = ada(&app).await;
        let now = standing(&app, Owner::Contact(grace)).await;
        assert!(now.can_name && now.can_leave.is_none());
        let opt = async |who: rapport::id::ContactId, join: bool, tag: &str| {
            let form = format!("owner=contact-{who}&message={id}&join={join}&tag={tag}");
            let answer = app.form(Some(&token), "/do/opt", &form).await;
            settle(&app).await;
            answer
        };
        let (status, said) = opt(grace, false, "").await;
        assert_eq!(status, StatusCode::CONFLICT, "{said}");
        let (status, said) = opt(grace, false, &"x".repeat(101)).await;
        assert!(status == StatusCode::BAD_REQUEST && said.contains("opt_out"), "{said}");
        // A tag that there is, which somebody has already, is as good as a new one.
        tag(&app, "users", "alan", "no offers", true).await;
        let (status, said) = opt(grace, false, "No+offers").await;
        assert!(status.is_success(), "{said}");
        assert_eq!(detail(&app, id).await.switches.opt_out, "no offers");
        for who in ["grace", "alan"] {
            tag(&app, "users", who, "vip", true).await;
            assert!(read_by(&app, who).await.is_empty(), "{who}");
        }
        for who in [grace, alan] {
            let now = standing(&app, Owner::Contact(who)).await;
            assert_eq!(now.said, "Not in: they are opted out by a tag");
            assert!(!now.can_name && now.can_join.is_some());
        }
        // Back in, it reaches her: the audience goes by the tag.
        let (status, said) = opt(grace, true, "").await;
        assert!(status.is_success(), "{said}");
        assert_eq!(read_by(&app, "grace").await, ["Offer"]);
        // It stays the tag that it is, by the REST API too.
        let path = format!("/outbound/{id}");
        for (value, right) in [(json!("other"), false), (Value::Null, false), (json!("no offers"), true)] {
            let (status, said) = app.api("PUT", &path, json!({"opt_out_tag": value})).await;
            assert_eq!(status == StatusCode::OK, right, "{said}");
        }
    }

    async fn the_page_of_a_message_under_way_names_the_tag_too(app: TestApp) {
        let grace = person(&app, "grace").await;
        tag(&app, "users", "grace", "no", true).await;
        let monday = When::Hours(vec![rapport::messenger::Hours { day: 0, from: 540, to: 1020 }]);
        let id = start(&app, &to(&[grace], Draft { when: monday, ..draft(Whom::Chosen, json!({"all": []}), "Hello") })).await;
        let token = ada(&app).await;
        let (_, page) = app.get(&token, &format!("/outbound/{id}")).await;
        assert!(page.contains("name=\"opt_out\""), "{page}");
        let version = detail(&app, id).await.version;
        let form = format!("id={id}&version={version}&name=Hello&body=Hello&channel=chat&opt_out=no&hours=always");
        let (status, said) = app.form(Some(&token), "/do/save_message", &form).await;
        assert!(status.is_success() || status.is_redirection(), "{said}");
        settle(&app).await;
        let over = detail(&app, id).await;
        assert_eq!((over.brief.state, over.brief.counts.excluded), (State::Finished, 1));
        let (_, page) = app.get(&token, &format!("/outbound/{id}")).await;
        assert!(!page.contains("name=\"opt_out\""));
        // Without a name it has the first words of its text.
        let id = save(&app, &Draft { name: String::new(), ..draft(Whom::All, json!({"all": []}), "## The **winter** [catalogue](https://x.example)") }).await;
        assert_eq!(detail(&app, id).await.brief.name, "The winter catalogue");
    }
}

/// How many wait and are due.
const DUE: &str =
    "select count(*) from deliveries where state = 'waiting' and due_at < 9007199254740991";

on_both! {
    async fn what_a_paused_message_has_due_is_in_nobodys_way_and_goes_out_when_it_goes_on(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let calls: Vec<_> = (0..620).map(|n| json!({"type": "identify", "userId": format!("u{n}"), "traits": {"email": format!("u{n}@example.com")}})).collect();
        for part in calls.chunks(310) {
            app.call("batch", &json!({ "batch": part })).await;
        }
        let id = save(&app, &email(Whom::Now, json!({"all": []}), "To all", "Text")).await;
        try_start(&app, id, "620").await.unwrap();
        rapport::segments::run_due(&app.state).await.unwrap();
        let mut w = write(&app).await;
        outbound::pause(&mut w, id).await.unwrap();
        w.commit().await.unwrap();
        outbound::run_due(&app.state).await.unwrap();
        assert_eq!((app.number(DUE).await, smtp.kept().len()), (620, 0), "they keep their moment");
        assert_eq!(outbound::claim(&app.state).await.unwrap(), None);
        assert_eq!(detail(&app, id).await.brief.counts.waiting, 620);
        let mut w = write(&app).await;
        outbound::resume(&mut w, id).await.unwrap();
        w.commit().await.unwrap();
        // What was just asked for is not behind all of the others.
        app.pass(60_000);
        let grace = person(&app, "u5").await;
        let one = save(&app, &to(&[grace], email(Whom::Chosen, json!({"all": []}), "To one", "Text"))).await;
        try_start(&app, one, "").await.unwrap();
        outbound::run_due(&app.state).await.unwrap();
        let kept = smtp.kept();
        assert_eq!(kept.len(), 621);
        let place = kept.iter().position(|mail| mail.words().contains("Subject: To one")).unwrap();
        assert!(place <= 100, "it was number {place}");
        for id in [id, one] {
            assert_eq!(detail(&app, id).await.brief.state, State::Finished);
        }
    }

    async fn what_a_stopped_message_has_due_never_goes_out(app: TestApp) {
        let rule = json!({"all": []});
        let people = [person(&app, "grace").await, person(&app, "alan").await];
        let monday = When::Hours(vec![rapport::messenger::Hours { day: 0, from: 540, to: 1020 }]);
        let id = start(&app, &to(&people, Draft { when: monday, ..draft(Whom::Chosen, rule, "Later") })).await;
        let mut w = write(&app).await;
        outbound::stop(&mut w, id).await.unwrap();
        w.commit().await.unwrap();
        app.pass(30 * HOUR);
        settle(&app).await;
        assert_eq!(detail(&app, id).await.brief.counts.waiting, 2);
        assert!(read_by(&app, "grace").await.is_empty());
    }
}

/// With limits, who sends holds the workspace's sending: who has come waits for them, and not until the next sign of life.
#[tokio::test(flavor = "multi_thread")]
async fn who_arrives_waits_for_those_who_are_sending() {
    let app = TestApp::new(crate::support::Engine::Postgres).await;
    let rule = vip(&app).await;
    let grace = person(&app, "grace").await;
    let token = ada(&app).await;
    let (status, said) = app
        .form(
            Some(&token),
            "/do/save_limits",
            "form[minute]=&form[domain]=&form[messages]=3&form[days]=7",
        )
        .await;
    assert!(status.is_success() || status.is_redirection(), "{said}");
    start(&app, &draft(Whom::All, rule, "Hello")).await;
    tag(&app, "users", "grace", "vip", true).await;
    let workspace = app.number("select id from workspaces order by id limit 1").await;
    let pool = sqlx::PgPool::connect(&app.url).await.unwrap();
    let mut other = pool.begin().await.unwrap();
    let hold = "select pg_advisory_xact_lock($1 + (cast(1 as bigint) << 60))";
    sqlx::query(hold).bind(workspace).execute(&mut *other).await.unwrap();
    let arrives = outbound::arrive(&app.state, WorkspaceId(workspace), grace);
    let ends = async move {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        other.commit().await.unwrap();
    };
    let (arrived, ()) = futures::join!(arrives, ends);
    assert!(arrived.unwrap());
    assert_eq!(app.number("select count(*) from deliveries where state = 'sent'").await, 1);
}

on_both! {
    async fn who_was_just_tagged_is_not_behind_all_the_people_of_a_company_that_was(app: TestApp) {
        let calls: Vec<_> = (0..1_500).map(|n| json!({"type": "group", "userId": format!("u{n}"), "groupId": "navy", "traits": {"name": "Navy"}})).collect();
        for part in calls.chunks(500) {
            app.call("batch", &json!({ "batch": part })).await;
        }
        person(&app, "grace").await;
        let tag = vip(&app).await;
        let rule = json!({"version": 1, "rule": {"any": [tag.clone(), {"company": tag}]}});
        let (status, said) = app.api("POST", "/segments", json!({"name": "Big", "person_type": "contact", "of": "contact", "rule": rule})).await;
        assert!(status.is_success(), "{said}");
        settle(&app).await;
        for whom in [json!({"companies": [{"company_id": "navy"}]}), json!({"users": [{"user_id": "grace"}]})] {
            let mut sent = whom;
            sent["name"] = json!("vip");
            let (status, said) = app.api("POST", "/tags", sent).await;
            assert_eq!(status, StatusCode::OK, "{said}");
        }
        rapport::segments::run_due(&app.state).await.unwrap();
        let entered = "select count(*) from activity a join segments s on s.workspace_id = a.workspace_id and s.id = a.ref_id \
                       where a.kind = 'segment_entered' and s.name = 'Big'";
        assert_eq!(app.number(entered).await, 1_501);
        let later = "select count(*) from activity a join segments s on s.workspace_id = a.workspace_id and s.id = a.ref_id \
                     where a.kind = 'segment_entered' and s.name = 'Big' and a.seq > (select b.seq from activity b \
                     join contacts p on p.workspace_id = b.workspace_id and p.id = b.contact_id and p.external_id = 'grace' \
                     where b.kind = 'segment_entered' and b.workspace_id = s.workspace_id and b.ref_id = s.id)";
        assert!(app.number(later).await > 500, "{} came later", app.number(later).await);
    }
}
