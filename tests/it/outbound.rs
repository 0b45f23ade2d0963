//! Outbound messages: who gets one and who does not, that nobody gets it twice, and that each page can say why.

use std::pin::pin;
use std::sync::atomic::AtomicI64;
use std::task::{Context, Poll, Waker};

use axum::http::StatusCode;
use proptest::prelude::*;
use rapport::attributes::Subject;
use rapport::error::Error;
use rapport::id::{
    ContactId, ConversationId, MessageId, SubscriptionTypeId, TeammateId, WorkspaceId,
};
use rapport::outbound::{
    self, Again, Channel, Detail, Draft, People, Stage, Standing, State, Switches, When, Whom, Zone,
};
use rapport::owner::Owner;
use rapport::segments::{self, Predicate};
use rapport::server::clock::Clock;
use rapport::server::dates::Dates;
use rapport::server::db::{Db, Write};
use rapport::server::mail::Mailer;
use rapport::server::state::AppState;
use serde_json::{Value, json};

use crate::companies::{ada, group};
use crate::messenger::{boot, get, post, proved};
use crate::on_both;
use crate::support::smtp::Smtp;
use crate::support::{Engine, TestApp, properties};

const DAY: i64 = 86_400_000;

pub async fn write(app: &TestApp) -> Write<'_> {
    let workspace = WorkspaceId(app.number("select id from workspaces order by id limit 1").await);
    let ada = TeammateId(app.number("select id from teammates order by id limit 1").await);
    Write::begin(&app.state, workspace, ada).await.unwrap()
}

pub fn draft(whom: Whom, rule: Value, body: &str) -> Draft {
    Draft {
        name: "Welcome".into(),
        channel: Channel::Chat,
        subject: String::new(),
        body: body.into(),
        whom,
        rule: Predicate::read(&json!({"version": 1, "rule": rule})).unwrap(),
        people: String::new(),
        company: None,
        switches: Switches::default(),
        starts: String::new(),
        stops: String::new(),
        when: When::Always,
        zone: Zone::Workspace,
        per_company: None,
        about: SubscriptionTypeId(0),
        measured: true,
        again: Again::default(),
        goal: None,
    }
}

pub async fn save(app: &TestApp, draft: &Draft) -> MessageId {
    let mut w = write(app).await;
    let id = outbound::save(&mut w, None, draft, "UTC").await.unwrap();
    w.commit().await.unwrap();
    id
}

pub async fn try_start(app: &TestApp, id: MessageId, confirm: &str) -> Result<(), Error> {
    let mut w = write(app).await;
    outbound::start(&mut w, id, confirm).await?;
    w.commit().await?;
    Ok(())
}

pub async fn start(app: &TestApp, draft: &Draft) -> MessageId {
    let id = save(app, draft).await;
    // Asked for where the rule holds for everybody.
    let everybody =
        app.number("select coalesce(max(people), 0) from workspace_seq").await.to_string();
    try_start(app, id, &everybody).await.unwrap();
    settle(app).await;
    id
}

macro_rules! change {
    ($app:expr, $what:ident($($arg:expr),*)) => {{
        let mut w = write($app).await;
        outbound::$what(&mut w, $($arg),*).await.unwrap();
        w.commit().await.unwrap();
    }};
}

pub async fn settle(app: &TestApp) {
    rapport::jobs::run_due(&app.state).await.unwrap();
    segments::run_due(&app.state).await.unwrap();
    outbound::run_due(&app.state).await.unwrap();
}

pub async fn person(app: &TestApp, id: &str) -> ContactId {
    app.call("identify", &json!({"userId": id, "traits": {"name": format!("{id} Hopper")}})).await;
    let (_, found) =
        app.api("GET", &format!("/contacts/find_by_external_id/{id}"), Value::Null).await;
    let hex = found["id"].as_str().unwrap();
    ContactId(i64::from_str_radix(hex, 16).unwrap())
}

/// Tags a user, or a company, and lets what follows happen.
pub async fn tag(app: &TestApp, whom: &str, id: &str, name: &str, on: bool) {
    let mut who = if whom == "users" { json!({"user_id": id}) } else { json!({"company_id": id}) };
    if !on {
        who["untag"] = json!(true);
    }
    let (status, body) = app.api("POST", "/tags", json!({"name": name, whom: [who]})).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    settle(app).await;
}

pub async fn vip(app: &TestApp) -> Value {
    let mut w = write(app).await;
    let (tag, _) = rapport::tags::make(&mut w, "vip").await.unwrap();
    w.commit().await.unwrap();
    json!({"field": "tag", "op": "is", "value": tag.to_string()})
}

/// The texts that a person's Messenger lists, after a sign of life.
pub async fn read_by(app: &TestApp, id: &str) -> Vec<String> {
    let (token, _) = boot(app, None, proved(app, id)).await;
    let (status, home) = get(app, "home", &token).await;
    assert_eq!(status, StatusCode::OK);
    let texts = home["conversations"].as_array().unwrap().iter();
    texts.map(|c| c["text"].as_str().unwrap().to_owned()).collect()
}

pub async fn detail(app: &TestApp, id: MessageId) -> Detail {
    let mut c = app.state.db.read().await.unwrap();
    let workspace = WorkspaceId(app.number("select id from workspaces order by id limit 1").await);
    let dates = Dates::new("UTC", app.state.clock.now());
    outbound::detail(&mut c, &dates, workspace, id, true).await.unwrap().unwrap()
}

pub async fn standing(app: &TestApp, owner: Owner) -> Standing {
    let token = ada(app).await;
    let (status, body) = app.get(&token, &format!("/do/message_standings?owner={owner}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let all: Vec<Standing> = serde_json::from_str(&body).unwrap();
    all.into_iter().next().expect("a message is under way")
}

async fn sent(app: &TestApp) -> i64 {
    app.number("select count(*) from deliveries where state = 'sent'").await
}

on_both! {
    async fn a_message_to_a_list_is_for_those_whom_the_list_shows(app: TestApp) {
        let ada = ada(&app).await;
        for n in 0..3 {
            app.call("identify", &json!({"userId": format!("u{n}"), "traits": {"name": format!("Grace {n}"), "email": format!("g{n}@example.com")}})).await;
        }
        let of = async |list: &str| {
            let list: String = url::form_urlencoded::byte_serialize(list.as_bytes()).collect();
            let (status, body) = app.get(&ada, &format!("/do/blank_message?list={list}")).await;
            (status, serde_json::from_str::<Value>(&body).unwrap_or_default())
        };
        let (status, blank) = of("/people?tag=7&country=PT").await;
        assert_eq!((status, blank["people"].as_str()), (StatusCode::OK, Some("")));
        let rule: Value = serde_json::from_str(blank["rule"].as_str().unwrap()).unwrap();
        assert_eq!(rule["rule"]["all"].as_array().unwrap().len(), 2, "{rule}");
        let (_, blank) = of("/people?find=grace+1&sort=name").await;
        let one = app.number("select id from contacts where external_id = 'u1'").await;
        assert_eq!((blank["people"].as_str(), &blank["rule"]), (Some(one.to_string().as_str()), &Value::Null));
        let (status, _) = of("/people?find=nobody").await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "nobody is meant");
        let (_, blank) = of("").await;
        assert_eq!((blank["people"].as_str(), &blank["rule"]), (Some(""), &Value::Null));
        // Beyond what can be named one by one, it says what to do.
        let workspace = WorkspaceId(app.number("select id from workspaces order by id limit 1").await);
        let mut c = app.state.db.read().await.unwrap();
        let filter = rapport::people::Filter { find: "grace".into(), ..Default::default() };
        let many = rapport::people::meant(&mut c, workspace, &filter, crate::support::NOON, 2).await;
        assert!(matches!(many, Err(Error::Invalid { ref message, .. }) if message.contains("3 people")), "{many:?}");
    }

    async fn a_tag_brings_it_into_the_messenger_once_and_every_number_has_its_people(app: TestApp) {
        let rule = vip(&app).await;
        let grace = person(&app, "grace").await;
        person(&app, "alan").await;
        let (token, _) = boot(&app, None, proved(&app, "grace")).await;
        let id = start(&app, &draft(Whom::Later, rule, "Hi {{first_name | fallback: \"there\"}}, {{my_name}} here")).await;
        assert_eq!(standing(&app, Owner::Contact(grace)).await.said, "Not in: the rule does not hold");
        tag(&app, "users", "grace", "vip", true).await;
        assert_eq!(detail(&app, id).await.brief.counts.waiting, 1);
        assert_eq!(app.number("select count(*) from conversations").await, 0, "it is decided when they are there");
        let (_, news) = post(&app, "ping", &token, json!({})).await;
        assert_eq!((news["unread"].as_i64(), news["newest"]["text"].as_str()), (Some(1), Some("Hi grace, Ada Lovelace here")), "{news}");
        assert_eq!(news["newest"]["author"], "Ada Lovelace");

        // For the team it is closed until she answers, for her it is open.
        let conversation = app.number("select id from conversations where state = 'closed'").await;
        let (_, thread) = get(&app, &format!("conversations/{conversation}"), &token).await;
        assert_eq!(thread["open"], true);
        let part = thread["parts"][0]["id"].clone();
        post(&app, &format!("conversations/{conversation}/read"), &token, json!({"part": part})).await;
        assert!(standing(&app, Owner::Contact(grace)).await.said.ends_with("seen just now"));
        post(&app, &format!("conversations/{conversation}"), &token, json!({"body": "Thanks", "client_id": "t"})).await;
        assert_eq!(app.number("select count(*) from conversations where state = 'open' and assignee_id > 0").await, 1);
        let now = detail(&app, id).await.brief.counts;
        assert_eq!((now.waiting, now.sent, now.seen, now.replied, now.excluded, now.failed), (0, 1, 1, 1, 0, 0));
        for which in ["sent", "seen", "replied"] {
            let (_, body) = app.get(&ada(&app).await, &format!("/do/message_receivers?id={id}&which={which}")).await;
            let people: People = serde_json::from_str(&body).unwrap();
            assert_eq!((people.rows.len(), people.rows[0].id, people.rows[0].conversation), (1, grace, Some(ConversationId(conversation))));
        }

        // Out of the audience and in again: once is once.
        tag(&app, "users", "grace", "vip", false).await;
        tag(&app, "users", "grace", "vip", true).await;
        post(&app, "ping", &token, json!({})).await;
        assert_eq!(app.number("select count(*) from parts where author_kind = 'teammate'").await, 1);
        assert!(read_by(&app, "alan").await.is_empty());
        // A teammate closes it: then it is closed for her too.
        let form = format!("ids={conversation}&change=close");
        app.form(Some(&ada(&app).await), "/do/act", &form).await;
        let (_, thread) = get(&app, &format!("conversations/{conversation}"), &token).await;
        assert_eq!(thread["open"], false);
    }

    async fn who_matches_already_gets_it_only_where_the_author_says_so(app: TestApp) {
        let rule = vip(&app).await;
        for id in ["old", "new"] {
            person(&app, id).await;
        }
        tag(&app, "users", "old", "vip", true).await;
        for (whom, text) in [(Whom::Later, "later"), (Whom::All, "all"), (Whom::Now, "now")] {
            start(&app, &draft(whom, rule.clone(), text)).await;
        }
        tag(&app, "users", "new", "vip", true).await;
        let mut old = read_by(&app, "old").await;
        old.sort();
        assert_eq!(old, ["all", "now"]);
        let mut new = read_by(&app, "new").await;
        new.sort();
        assert_eq!(new, ["all", "later"]);
        let said = standing(&app, Owner::Contact(person(&app, "old").await)).await.said;
        assert!(said.starts_with("Sent"), "{said}");
    }

    async fn last_seen_is_as_it_was_before_the_visit(app: TestApp) {
        person(&app, "grace").await;
        app.call("page", &json!({"userId": "grace"})).await;
        app.pass(40 * DAY);
        let rule = json!({"field": "last_seen_at", "op": "more_than_days_ago", "value": 30});
        person(&app, "alan").await;
        app.call("page", &json!({"userId": "alan"})).await;
        start(&app, &draft(Whom::All, rule, "Welcome back")).await;
        assert_eq!(read_by(&app, "grace").await, ["Welcome back"]);
        assert!(read_by(&app, "alan").await.is_empty());
        settle(&app).await;
        assert_eq!(sent(&app).await, 1);
    }

    async fn tags_take_people_and_whole_companies_out_and_bring_them_in(app: TestApp) {
        let rule = vip(&app).await;
        let token = ada(&app).await;
        for id in ["grace", "alan", "bob", "carol"] {
            group(&app, id, if id == "bob" { "army" } else { "navy" }, json!({"name": "Firm"})).await;
        }
        let carol = person(&app, "carol").await;
        let switches = Switches { opt_in: "yes please".into(), opt_out: "no thanks".into(), exit: "bought".into() };
        let message = Draft { switches, ..draft(Whom::All, rule, "Offer") };
        let id = start(&app, &message).await;
        for who in ["grace", "alan", "bob"] {
            tag(&app, "users", who, "vip", true).await;
        }
        tag(&app, "users", "grace", "no thanks", true).await;
        tag(&app, "users", "alan", "bought", true).await;
        tag(&app, "companies", "army", "no thanks", true).await;
        for (who, said) in [
            ("grace", "Not in: they are opted out by a tag"),
            ("alan", "Not in: they have the exit tag"),
            ("bob", "Not in: they are opted out by a tag"),
            ("carol", "Not in: the rule does not hold"),
        ] {
            let contact = person(&app, who).await;
            assert_eq!(standing(&app, Owner::Contact(contact)).await.said, said, "{who}");
        }
        let opt = async |owner: Owner, join: bool| {
            let form = format!("owner={owner}&message={id}&join={join}");
            let (status, body) = app.form(Some(&token), "/do/opt", &form).await;
            assert!(status.is_success(), "{body}");
            settle(&app).await;
        };
        let why = standing(&app, Owner::Contact(carol)).await;
        assert!(!why.inside && !why.reasons.is_empty());
        assert_eq!(why.can_join.as_deref(), Some("Adds the tag yes please"));
        opt(Owner::Contact(carol), true).await;
        assert!(standing(&app, Owner::Contact(carol)).await.said.starts_with("In"));
        for who in ["grace", "alan", "bob"] {
            assert!(read_by(&app, who).await.is_empty(), "{who}");
        }
        assert_eq!(read_by(&app, "carol").await, ["Offer"]);
        let bob = person(&app, "bob").await;
        assert_eq!(standing(&app, Owner::Contact(bob)).await.can_join, None, "nothing of his own brings him in");
        // Back in: the company's tag comes off, and he gets it.
        let army = app.number("select id from companies where company_id = 'army'").await;
        let firm = Owner::Company(rapport::id::CompanyId(army));
        assert_eq!(standing(&app, firm).await.can_join.as_deref(), Some("Takes the tag no thanks off"));
        opt(firm, true).await;
        assert_eq!(read_by(&app, "bob").await, ["Offer"]);
        // Out again changes nothing for whoever has it.
        opt(firm, false).await;
        assert_eq!(sent(&app).await, 2);
        let (_, stream) = app.get(&token, &format!("/do/stream?owner={firm}&facet=tag&limit=10")).await;
        assert_eq!(stream.matches("no thanks").count(), 3, "each is in the stream: {stream}");
    }

    async fn pause_resume_stop_and_dates_hold(app: TestApp) {
        let rule = vip(&app).await;
        for id in ["a", "b", "c", "d"] {
            person(&app, id).await;
        }
        // Noon of 1 March 2026 is now.
        let dated = Draft { starts: "2026-03-02T12:00".into(), stops: "2026-03-04T12:00".into(), ..draft(Whom::Later, rule, "Soon") };
        let id = start(&app, &dated).await;
        assert_eq!(detail(&app, id).await.brief.begins.as_deref(), Some("Monday 2 March, 12:00"));
        tag(&app, "users", "a", "vip", true).await;
        assert!(read_by(&app, "a").await.is_empty(), "it has not begun");
        app.pass(DAY);
        assert_eq!(read_by(&app, "a").await, ["Soon"]);
        change!(&app, pause(id));
        tag(&app, "users", "b", "vip", true).await;
        assert!(read_by(&app, "b").await.is_empty(), "paused");
        change!(&app, resume(id));
        assert_eq!(read_by(&app, "b").await, ["Soon"]);
        tag(&app, "users", "c", "vip", true).await;
        app.pass(2 * DAY);
        assert!(read_by(&app, "c").await.is_empty(), "its end has come");
        settle(&app).await;
        let over = detail(&app, id).await;
        assert_eq!((over.brief.state, over.brief.counts.sent, over.brief.counts.waiting), (State::Stopped, 2, 1));
        assert_eq!(app.number("select count(*) from segments where message_id > 0").await, 0);
        tag(&app, "users", "d", "vip", true).await;
        assert_eq!(app.number("select count(*) from deliveries").await, 3);
    }

    async fn what_makes_no_sense_is_caught_before_anything_is_sent(app: TestApp) {
        let token = ada(&app).await;
        person(&app, "grace").await;
        let rule = r#"{"version":1,"rule":{"all":[]}}"#;
        let form = |body: &str, more: &str| {
            let mut out = url::form_urlencoded::Serializer::new(String::new());
            out.append_pair("body", body).append_pair("rule", rule).append_pair("name", "X");
            out.finish() + more
        };
        for (body, more, words) in [
            ("Hi {{ frist_name }}", "", "line 1, column 4"),
            ("", "", "write something first"),
            ("Hi", "&stops=2020-01-01T00:00", "the end is in the past"),
            ("Hi", "&starts=2020-01-01T00:00", "the beginning is in the past"),
            ("Hi", "&starts=soon", "choose a day and a time"),
            ("Hi", "&starts=2026-05-01T00:00&stops=2026-04-01T00:00", "the end is before the beginning"),
            ("Hi", "&whom=chosen&people=", "choose somebody"),
            ("Hi", "&whom=chosen&people=999", "choose somebody"),
            ("Hi", &format!("&opt_out={}", "x".repeat(101)), "at most 100 characters"),
        ] {
            let (status, said) = app.form(Some(&token), "/do/save_message", &form(body, more)).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{body}{more}: {said}");
            assert!(said.contains(words), "{body}{more}: {said}");
        }
        assert_eq!(app.number("select count(*) from messages").await, 0);
        // A rule that holds for everybody asks for the number.
        let id = save(&app, &draft(Whom::All, json!({"all": []}), "Hi")).await;
        for confirm in ["", "2", "everyone"] {
            let refused = try_start(&app, id, confirm).await.unwrap_err();
            assert!(refused.sentence().contains("type their number, 1,"), "{refused}");
        }
        try_start(&app, id, " 1 ").await.unwrap();
        assert!(matches!(try_start(&app, id, "1").await, Err(Error::Conflict(_))), "once");
        // Two who change the same: the second keeps what they wrote.
        let version = detail(&app, id).await.version;
        let mut w = write(&app).await;
        let text = draft(Whom::All, json!({"all": []}), "Hello");
        outbound::save(&mut w, Some((id, version)), &text, "UTC").await.unwrap();
        w.commit().await.unwrap();
        let mut w = write(&app).await;
        assert!(matches!(outbound::save(&mut w, Some((id, version)), &text, "UTC").await, Err(Error::Conflict(_))));
        assert!(matches!(outbound::delete(&mut w, id).await, Err(Error::Conflict(_))), "it was started");
        let copy = outbound::duplicate(&mut w, id).await.unwrap();
        w.commit().await.unwrap();
        assert_eq!((detail(&app, copy).await.brief.state, detail(&app, copy).await.body.as_str()), (State::Draft, "Hello"));
        change!(&app, delete(copy));
    }

    async fn a_worker_that_dies_at_any_moment_sends_nothing_twice_and_loses_nothing(app: TestApp) {
        const PEOPLE: i64 = 430;
        let batch: Vec<_> = (0..PEOPLE).map(|n| json!({"type": "identify", "userId": format!("u{n}")})).collect();
        app.call("batch", &json!({ "batch": batch })).await;
        let id = save(&app, &draft(Whom::Now, json!({"all": []}), "Hello")).await;
        try_start(&app, id, "430").await.unwrap();
        segments::run_due(&app.state).await.unwrap();
        // Each time a worker takes some and gets so many steps far; what it held is free after its lease.
        let mut steps = 0;
        while let Some(claim) = outbound::claim(&app.state).await.unwrap() {
            let far = step_through(outbound::deliver(&app.state, &claim), steps).await;
            if !far {
                // Somebody who comes meanwhile finds it taken.
                if let Some(other) = outbound::claim(&app.state).await.unwrap() {
                    assert_ne!(other.lease, claim.lease);
                    outbound::put_back(&app.state, &other, true).await.unwrap();
                }
                app.pass(2 * 60 * 60_000);
                let next = outbound::claim(&app.state).await.unwrap();
                // The one that was thought dead comes late: its rows are another's by now.
                outbound::deliver(&app.state, &claim).await.unwrap();
                if let Some(next) = next
                    && steps % 3 == 0
                {
                    outbound::deliver(&app.state, &next).await.unwrap();
                    outbound::deliver(&app.state, &next).await.unwrap();
                }
                app.pass(2 * 60 * 60_000);
            }
            steps += 1;
            assert!(steps < 400, "it comes to an end");
        }
        assert_eq!(sent(&app).await + app.number("select count(*) from deliveries where state = 'failed' and reason in ('tries', 'killed')").await, PEOPLE);
        assert_eq!(app.number("select count(*) from parts").await, sent(&app).await, "nobody twice");
        assert_eq!(app.number("select count(distinct contact_id) from conversations").await, sent(&app).await);
        assert_eq!(app.number("select count(*) from activity where kind = 'message_sent'").await, sent(&app).await);
        assert!(steps > 3, "some died");
    }

    async fn two_workers_and_the_person_at_once_say_it_once(app: TestApp) {
        let batch: Vec<_> = (0..60).map(|n| json!({"type": "identify", "userId": format!("u{n}")})).collect();
        app.call("batch", &json!({ "batch": batch })).await;
        let id = save(&app, &draft(Whom::Now, json!({"all": []}), "Hello")).await;
        try_start(&app, id, "60").await.unwrap();
        segments::run_due(&app.state).await.unwrap();
        let workers = async { futures::join!(outbound::run_due(&app.state), outbound::run_due(&app.state)) };
        let workspace = write(&app).await.workspace;
        let contact = ContactId(app.number("select min(id) from contacts").await);
        let arrivals = futures::future::join_all((0..4).map(|_| outbound::arrive(&app.state, workspace, contact)));
        let ((one, other), arrivals) = futures::join!(workers, arrivals);
        for done in [one, other] {
            done.unwrap();
        }
        assert!(arrivals.iter().all(Result::is_ok), "{arrivals:?}");
        app.pass(2 * 60_000);
        outbound::run_due(&app.state).await.unwrap();
        assert_eq!((sent(&app).await, app.number("select count(*) from parts").await), (60, 60));
    }

    async fn a_lead_that_turns_out_to_be_somebody_has_it_once(app: TestApp) {
        let rule = vip(&app).await;
        let grace = person(&app, "grace").await;
        let (token, first) = boot(&app, None, json!({})).await;
        let lead = ContactId(app.number("select id from contacts where role = 'lead'").await);
        start(&app, &draft(Whom::All, rule, "Hello")).await;
        let mut w = write(&app).await;
        rapport::tags::add(&mut w, lead, "vip").await.unwrap();
        w.commit().await.unwrap();
        settle(&app).await;
        post(&app, "ping", &token, json!({})).await;
        assert_eq!(sent(&app).await, 1);
        // The visitor signs in: the lead becomes Grace, who matches by the tag that came along.
        let (token, _) = boot(&app, first["visitor"].as_str(), proved(&app, "grace")).await;
        settle(&app).await;
        post(&app, "ping", &token, json!({})).await;
        assert_eq!(app.number("select count(*) from deliveries").await, 1);
        assert_eq!(app.number("select contact_id from deliveries where state = 'sent'").await, grace.0);
        assert_eq!(app.number("select count(*) from parts").await, 1);
    }

    async fn audiences_are_no_segments_that_anyone_sees(app: TestApp) {
        let rule = vip(&app).await;
        let grace = person(&app, "grace").await;
        start(&app, &draft(Whom::All, rule, "Hello")).await;
        tag(&app, "users", "grace", "vip", true).await;
        let hidden = app.number("select id from segments where message_id > 0").await;
        let token = ada(&app).await;
        // As a number by itself, not within a day or a count.
        let named = [format!(":{hidden},"), format!("[{hidden},"), format!(":{hidden}}}")];
        for path in ["/do/segments", "/do/segment_choices", "/do/inbox_views", &format!("/do/standings?owner=contact-{grace}")] {
            let (_, body) = app.get(&token, path).await;
            assert!(!body.contains("Welcome") && !named.iter().any(|n| body.contains(n)), "{path}: {body}");
        }
        let (_, list) = app.api("GET", "/segments", Value::Null).await;
        assert!(!list.to_string().contains("Welcome"));
        let (status, _) = app.api("GET", &format!("/segments/{hidden}"), Value::Null).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (_, stream) = app.get(&token, &format!("/do/stream?owner=contact-{grace}&facet=segment&limit=10")).await;
        assert!(!stream.contains("Welcome"), "{stream}");
        // A segment may still have the name.
        let (status, body) = app.api("POST", "/segments", json!({"name": "Welcome", "person_type": "contact", "of": "contact", "rule": {"version": 1, "rule": {"all": []}}})).await;
        assert!(status.is_success(), "{body}");
    }

    async fn each_reads_their_own_data_and_a_preview_is_for_anyone(app: TestApp) {
        let token = ada(&app).await;
        app.call("identify", &json!({"userId": "grace", "traits": {"name": "Grace Hopper", "email": "grace@example.com", "seats": 12, "trial": true}})).await;
        group(&app, "grace", "navy", json!({"name": "US Navy", "fleet": "Pacific"})).await;
        let body = "{{ custom_attributes.seats }} seats{% if custom_attributes.trial %}, on trial{% endif %}, {{ company }} {{ company_attributes.fleet }} {{ phone | fallback: \"no phone\" }}";
        let form = url::form_urlencoded::Serializer::new(String::new()).append_pair("body", body).append_pair("who", "GRACE@example.com").finish();
        let (status, said) = app.form(Some(&token), "/do/preview_message", &form).await;
        assert_eq!(status, StatusCode::OK, "{said}");
        assert!(said.contains("12 seats, on trial, US Navy Pacific no phone"), "{said}");
        let grace = app.number("select id from contacts").await;
        let chosen = Draft { people: format!("{grace},{grace}, 7"), per_company: Some(false), ..draft(Whom::Chosen, json!({"all": []}), body) };
        start(&app, &chosen).await;
        assert_eq!(read_by(&app, "grace").await, ["12 seats, on trial, US Navy Pacific no phone"]);
        assert_eq!(standing(&app, Owner::Contact(ContactId(grace))).await.stage, Some(Stage::Sent));
        // The stream says that it was this message, and not a teammate by themselves.
        let (_, stream) = app.get(&token, &format!("/do/stream?owner=contact-{grace}&facet=conversation&limit=10")).await;
        assert!(stream.contains("\"name\":\"Welcome\""), "{stream}");
        let form = url::form_urlencoded::Serializer::new(String::new()).append_pair("body", body).append_pair("who", "nobody").finish();
        let (_, said) = app.form(Some(&token), "/do/preview_message", &form).await;
        assert!(said.contains("Nobody has this"), "{said}");
    }
}

pub fn email(whom: Whom, rule: Value, subject: &str, body: &str) -> Draft {
    Draft { channel: Channel::Email, subject: subject.into(), ..draft(whom, rule, body) }
}

pub async fn mailing(engine: Engine) -> (TestApp, Smtp) {
    let smtp = Smtp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::with(engine, folder, |s| {
        s.mail = Some(smtp.mailer());
        s.public_url = "https://inbox.example".into();
    });
    (app.await, smtp)
}

/// What a person's mail program, or they, send to the link.
pub async fn press(app: &TestApp, method: &str, link: &str, body: &str) -> (StatusCode, String) {
    let path = link.strip_prefix("https://inbox.example").unwrap();
    let request = axum::http::Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from(body.to_owned()))
        .unwrap();
    let (status, body) = app.send(request).await;
    (status, String::from_utf8(body).unwrap())
}

on_both! {
    async fn an_email_is_whole_and_one_press_ends_all_of_them(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let rule = vip(&app).await;
        let mut ids = Vec::new();
        for (id, address) in [("grace", "grace@example.com"), ("alan", "alan@example.com"), ("bob", "no address"), ("carol", "")] {
            ids.push(person(&app, id).await);
            let traits = json!({"name": format!("{id} Hopper"), "email": address});
            app.call("identify", &json!({"userId": id, "traits": traits})).await;
        }
        let id = start(&app, &email(Whom::All, rule.clone(), "For {{ first_name }}", "Hi {{ first_name }}, **welcome** to [us](https://us.example)\n\n![A kettle](https://us.example/k.png)")).await;
        for who in ["grace", "bob", "carol"] {
            tag(&app, "users", who, "vip", true).await;
        }
        let kept = smtp.kept();
        assert_eq!(kept.len(), 1, "{kept:?}");
        let words = kept[0].words();
        for part in [
            "Subject: For grace", "From: \"Ada Lovelace from Analytical Engines\" <rapport@example.com>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "List-Unsubscribe: <https://inbox.example/unsubscribe/", "Content-Type: text/plain", "Content-Type: text/html",
            "Hi grace, welcome to us (https://us.example)\r\n\r\nA kettle\r\n", "<strong>welcome</strong>", "href=\"https://inbox.example/led/", "prefers-color-scheme",
            "<img src=\"https://us.example/k.png\" alt=\"A kettle\"",
        ] {
            assert!(words.contains(part), "{part}: {words}");
        }
        let now = detail(&app, id).await.brief.counts;
        assert_eq!((now.sent, now.excluded, now.waiting), (1, 2, 0));
        let token = ada(&app).await;
        let (_, body) = app.get(&token, &format!("/do/message_receivers?id={id}&which=excluded")).await;
        assert_eq!(body.matches("no e-mail address").count(), 2, "{body}");
        let (_, stream) = app.get(&token, &format!("/do/stream?owner=contact-{}&facet=outbound&limit=5", ids[0])).await;
        assert!(stream.contains("email_sent") && stream.contains("Welcome"), "{stream}");
        assert_eq!(app.number("select count(*) from conversations").await, 0);

        // Looking does nothing; one press does, and can be taken back; a link that is not ours does nothing.
        let rest = words.split_once("/unsubscribe/").unwrap().1;
        let link = format!("https://inbox.example/unsubscribe/{}", rest.split('>').next().unwrap());
        let (status, page) = press(&app, "GET", &link, "").await;
        assert!(status == StatusCode::OK && page.contains("Analytical Engines"), "{page}");
        assert_eq!(app.number("select count(*) from contacts where unsubscribed = 1").await, 0);
        for wrong in [format!("{link}x"), link.replace(&id.to_string(), "1"), "https://inbox.example/unsubscribe/x".into()] {
            let (status, _) = press(&app, "POST", &wrong, "List-Unsubscribe=One-Click").await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{wrong}");
        }
        assert_eq!(app.number("select count(*) from contacts where unsubscribed = 1").await, 0);
        let (status, _) = press(&app, "POST", &link, "List-Unsubscribe=One-Click").await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(app.number("select count(*) from contacts where unsubscribed = 1 and external_id = 'grace'").await, 1);
        assert_eq!(detail(&app, id).await.brief.counts.unsubscribed, 1);
        start(&app, &email(Whom::All, rule.clone(), "Second", "Again")).await;
        assert_eq!(smtp.kept().len(), 1, "honoured at once");
        start(&app, &draft(Whom::All, rule, "In the Messenger")).await;
        assert_eq!(read_by(&app, "grace").await, ["In the Messenger"]);
        press(&app, "POST", &link, "again=1").await;
        assert_eq!(app.number("select count(*) from contacts where unsubscribed = 1").await, 0);
    }

    async fn an_email_that_cannot_go_says_so(plain: TestApp) {
        let rule = vip(&plain).await;
        let id = save(&plain, &email(Whom::All, rule, "Subject", "Text")).await;
        let refused = try_start(&plain, id, "").await.unwrap_err();
        assert!(refused.sentence().contains("RAPPORT_SMTP_URL"), "{refused}");
        let (app, smtp) = mailing(plain.engine).await;
        let rule = vip(&app).await;
        for (subject, words) in [("", "write a subject"), ("Hi {{ nobody }}", "there is no variable nobody"), ("a\u{7}b", "one line")] {
            let mut w = write(&app).await;
            let message = email(Whom::All, rule.clone(), subject, "Text");
            let error = outbound::save(&mut w, None, &message, "UTC").await.unwrap_err();
            assert!(matches!(&error, Error::Invalid { field, message } if field == "subject" && message.contains(words)), "{error}");
        }
        // A line break in a name adds no header.
        for (id, name, address) in [("evil", "Eve\r\nBcc: all@example.com", "eve@example.com"), ("bounce", "B", "refused@example.com")] {
            app.call("identify", &json!({"userId": id, "traits": {"name": name, "email": address}})).await;
        }
        let id = start(&app, &email(Whom::All, rule, "For {{ name }}", "Hi {{ name }}")).await;
        for who in ["evil", "bounce"] {
            tag(&app, "users", who, "vip", true).await;
        }
        let kept = smtp.kept();
        assert_eq!(kept.len(), 1);
        let head = kept[0].source.split_once("\r\n\r\n").unwrap().0.to_lowercase();
        assert!(!head.contains("\r\nbcc"), "{head}");
        let now = detail(&app, id).await.brief.counts;
        assert_eq!((now.sent, now.failed), (1, 1));
        let token = ada(&app).await;
        let (_, body) = app.get(&token, &format!("/do/message_receivers?id={id}&which=failed")).await;
        assert!(body.contains("the mail server refused it"), "{body}");
    }

    async fn an_address_that_no_mail_gets_to_is_mailed_once_until_it_changes(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        crate::segments::settle(&app).await;
        let rule = json!({"field": "has_hard_bounced", "op": "is_true"});
        let refused = crate::segments::make(&app, Subject::Contact, "Refused", rule).await.unwrap();
        let mailed = async |address: &str| {
            app.call("identify", &json!({"userId": "grace", "traits": {"email": address}})).await;
        };
        mailed("gone@example.com").await;
        tag(&app, "users", "grace", "vip", true).await;
        let rule = vip(&app).await;
        let counted = async |id| {
            let now = detail(&app, id).await.brief.counts;
            (now.sent, now.failed, now.excluded)
        };
        let first = start(&app, &email(Whom::All, rule.clone(), "One", "Hi")).await;
        crate::segments::settle(&app).await;
        assert_eq!((counted(first).await, crate::segments::members(&app, refused).await.len()), ((0, 1, 0), 1));
        let (_, people) = app.api("GET", "/contacts", Value::Null).await;
        assert_eq!(people["data"][0]["has_hard_bounced"], json!(true));
        let second = start(&app, &email(Whom::All, rule.clone(), "Two", "Hi")).await;
        assert_eq!(counted(second).await, (0, 0, 1));
        let token = ada(&app).await;
        let (_, body) = app.get(&token, &format!("/do/message_receivers?id={second}&which=excluded")).await;
        assert!(body.contains("no mail gets to their address"), "{body}");
        // The same address in capital letters is the same; whoever sends it again takes it for right.
        mailed("GONE@example.com").await;
        let contact = ContactId(app.number("select id from contacts").await);
        assert!(app.number("select bounced_at from contacts").await > 0);
        let mut w = write(&app).await;
        let key = outbound::Key { contact, company: rapport::id::CompanyId(0), run: 0 };
        outbound::send_again(&mut w, first, key).await.unwrap();
        w.commit().await.unwrap();
        assert_eq!(app.number("select bounced_at from contacts").await, 0);
        settle(&app).await;
        assert!(app.number("select bounced_at from contacts").await > 0, "tried, and refused again");
        mailed("grace@example.com").await;
        crate::segments::settle(&app).await;
        assert_eq!(crate::segments::members(&app, refused).await.len(), 0);
        let third = start(&app, &email(Whom::All, rule, "Three", "Hi")).await;
        assert_eq!((counted(third).await, smtp.kept().len()), ((1, 0, 0), 1));
        // What is refused for another reason says nothing of the address.
        mailed("refused@example.com").await;
        let rule = vip(&app).await;
        let fourth = start(&app, &email(Whom::All, rule, "Four", "Hi")).await;
        assert_eq!((counted(fourth).await, app.number("select bounced_at from contacts").await), ((0, 1, 0), 0));
    }

    async fn who_marked_an_email_as_spam_gets_none_until_they_want_it_again(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        for who in ["grace", "alan"] {
            app.call("identify", &json!({"userId": who, "traits": {"email": format!("{who}@example.com")}})).await;
            tag(&app, "users", who, "vip", true).await;
        }
        let rule = vip(&app).await;
        let token = ada(&app).await;
        let grace = app.number("select id from contacts where external_id = 'grace'").await;
        let counted = async |subject: &str| {
            let id = start(&app, &email(Whom::All, rule.clone(), subject, "Hi")).await;
            let now = detail(&app, id).await.brief.counts;
            let (_, out) = app.get(&token, &format!("/do/message_receivers?id={id}&which=excluded")).await;
            assert_eq!(out.contains("they marked an e-mail as spam"), now.excluded > 0, "{out}");
            (now.sent, now.failed, now.excluded)
        };
        // A program says so, which hears it from their mail's provider; and a teammate, who reads it.
        let (status, _) = app.api("PUT", &format!("/contacts/{grace:024x}"), json!({"marked_email_as_spam": true})).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(counted("One").await, (1, 0, 1));
        let chosen = async || app.get(&token, &format!("/do/subscriptions?contact={grace}")).await.1;
        assert!(chosen().await.contains("\"complained\":true"));
        let (_, page) = app.get(&token, &format!("/contacts/{grace}")).await;
        assert!(page.contains("Marked e-mail as spam"), "the profile says so");
        // Whoever subscribes them again says that they want it.
        let (status, body) = app.form(Some(&token), "/do/subscribe", &format!("contact={grace}&about=0&wanted=true")).await;
        assert!(status.is_success() || status.is_redirection(), "{body}");
        assert!(chosen().await.contains("\"complained\":false"));
        assert_eq!(counted("Two").await, (2, 0, 0));
        let (status, body) = app.form(Some(&token), "/do/complain", &format!("contact={grace}")).await;
        assert!(status.is_success() || status.is_redirection(), "{body}");
        assert_eq!(counted("Three").await, (1, 0, 1));
        // Or they themselves, by the link in an e-mail of theirs.
        let mut w = write(&app).await;
        outbound::unsubscribe(&mut w, MessageId(0), ContactId(grace), false).await.unwrap();
        w.commit().await.unwrap();
        assert_eq!((counted("Four").await, smtp.kept().len()), ((2, 0, 0), 6));
    }

    async fn what_a_mail_server_puts_off_is_tried_for_hours_ever_more_seldom(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        app.call("identify", &json!({"userId": "grace", "traits": {"email": "later@example.com"}})).await;
        tag(&app, "users", "grace", "vip", true).await;
        let rule = vip(&app).await;
        let id = start(&app, &email(Whom::All, rule, "One", "Hi")).await;
        let mut whole = 0;
        for tries in 1..=8 {
            assert_eq!(app.number("select attempts from deliveries where state = 'waiting'").await, tries);
            let wait = app.number("select due_at from deliveries").await - app.state.clock.now().0;
            let about = (80_000 << (tries - 1)).min(3_600_000);
            assert!((about / 2..=about / 2 * 3).contains(&wait), "{wait} ms after {tries}");
            app.pass(wait - 1);
            settle(&app).await;
            assert_eq!(app.number("select attempts from deliveries").await, tries, "not before its time");
            app.pass(1);
            whole += wait;
            settle(&app).await;
        }
        assert!(whole > 3_600_000, "an hour at least: {whole}");
        let counts = detail(&app, id).await.brief.counts;
        assert_eq!((counts.failed, counts.waiting, smtp.kept().len()), (1, 0, 0));
        let token = ada(&app).await;
        let (_, body) = app.get(&token, &format!("/do/message_receivers?id={id}&which=failed")).await;
        assert!(body.contains("tried 8 times"), "{body}");
    }

    async fn a_mail_server_that_is_away_for_hours_uses_up_no_tries(plain: TestApp) {
        let folder = tempfile::tempdir().unwrap();
        // Bound, so that the port is nobody else's, and nobody listens: whoever connects is refused.
        let away = tokio::net::TcpSocket::new_v4().unwrap();
        away.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let port = away.local_addr().unwrap().port();
        let app = TestApp::with(plain.engine, folder, |s| {
            s.mail = Some(Mailer::new(&format!("smtp://127.0.0.1:{port}"), "Rapport <rapport@example.com>").unwrap());
        }).await;
        app.call("identify", &json!({"userId": "grace", "traits": {"email": "grace@example.com"}})).await;
        tag(&app, "users", "grace", "vip", true).await;
        let rule = vip(&app).await;
        let id = start(&app, &email(Whom::All, rule, "One", "Hi")).await;
        let mut looks = 0;
        let began = app.state.clock.now();
        while app.state.clock.now().0 - began.0 < 3 * 60 * 60_000 {
            let wait = app.number("select due_at from deliveries").await - app.state.clock.now().0;
            assert!((1..=120_000).contains(&wait), "it is asked every two minutes at least: {wait}");
            app.pass(wait);
            settle(&app).await;
            looks += 1;
        }
        assert!(looks > 3 * 30);
        let smtp = Smtp::on(away.listen(64).unwrap());
        app.pass(120_000);
        settle(&app).await;
        assert_eq!((detail(&app, id).await.brief.counts.sent, smtp.kept().len()), (1, 1));
    }

    async fn a_process_that_dies_while_it_mails_sends_nothing_twice_and_says_what_is_unknown(plain: TestApp) {
        const PEOPLE: i64 = 400;
        let (app, smtp) = mailing(plain.engine).await;
        let one = |n: i64| json!({"type": "identify", "userId": format!("u{n}"), "traits": {"email": format!("u{n}@example.com")}});
        let batch: Vec<_> = (0..PEOPLE).map(one).collect();
        app.call("batch", &json!({ "batch": batch })).await;
        let id = save(&app, &email(Whom::Now, json!({"all": []}), "Hello", "Text")).await;
        try_start(&app, id, &PEOPLE.to_string()).await.unwrap();
        segments::run_due(&app.state).await.unwrap();
        // Some die early, some with letters on their way, and the rest come to their end.
        let on_their_way = "select count(*) from deliveries where state in ('sending', 'unknown')";
        let mut process = 0;
        while let Some(claim) = outbound::claim(&app.state).await.unwrap() {
            let state = mailing_process(&app, &smtp).await;
            let mut work = pin!(outbound::mail(&state, &claim));
            match process {
                0..3 => _ = step_through(work.as_mut(), 2 << process).await,
                3..6 => {
                    let before = app.number(on_their_way).await;
                    while app.number(on_their_way).await == before {
                        assert!(!step_through(work.as_mut(), 1).await, "letters are on their way before it ends");
                    }
                    step_through(work.as_mut(), 2 * (process - 3)).await;
                }
                _ => work.await.unwrap(),
            }
            app.pass(61_000);
            process += 1;
        }
        outbound::run_due(&app.state).await.unwrap();
        let mut to: Vec<_> = smtp.kept().into_iter().map(|mail| mail.to).collect();
        let all = to.len();
        to.sort();
        to.dedup();
        assert_eq!(all, to.len(), "nobody twice");
        let now = detail(&app, id).await.brief.counts;
        assert_eq!(now.sent + now.unknown, PEOPLE, "{now:?}");
        assert!(now.unknown > 0 && now.sent > 0, "{now:?}");
        assert!(now.sent <= all as i64 && all as i64 <= PEOPLE);
        // Who is unknown gets it once more only when somebody asks for it.
        let contact = app.number("select contact_id from deliveries where state = 'unknown' limit 1").await;
        let token = ada(&app).await;
        let form = format!("id={id}&contact={contact}");
        let (status, body) = app.form(Some(&token), "/do/send_again", &form).await;
        assert!(status.is_success() || status.is_redirection(), "{body}");
        outbound::run_due(&app.state).await.unwrap();
        assert_eq!(detail(&app, id).await.brief.counts.unknown, now.unknown - 1);
        let (status, _) = app.form(Some(&token), "/do/send_again", &form).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "it was sent");
    }
}

/// A process that mails, on the same database, with connections of its own that end when it does.
async fn mailing_process(app: &TestApp, smtp: &Smtp) -> AppState {
    let clock = Clock::Fixed(AtomicI64::new(app.state.clock.now().0));
    let mut state = AppState::new(Db::open(&app.url).await.unwrap(), clock, false);
    state.mail = Some(smtp.mailer());
    state.public_url.clone_from(&app.state.public_url);
    state.data_dir.clone_from(&app.state.data_dir);
    state
}

/// Lets a future go so many steps, after which it may be dropped, as a process that dies does. Answers whether it came to its end.
async fn step_through(future: impl Future<Output = Result<(), Error>>, steps: usize) -> bool {
    let mut future = pin!(future);
    for _ in 0..steps {
        if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            done.unwrap();
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    false
}

#[derive(Debug, Clone)]
enum Did {
    Match(usize, bool),
    OptOut(usize, bool),
    FirmOut(bool),
    Block(usize, bool),
    Unsubscribe(usize, bool),
    Take,
    Deliver,
    Arrive(usize),
    Later,
}

fn did() -> impl Strategy<Value = Did> {
    prop_oneof![
        3 => (0..4_usize, any::<bool>()).prop_map(|(n, on)| Did::Match(n, on)),
        3 => (0..4_usize, any::<bool>()).prop_map(|(n, on)| Did::OptOut(n, on)),
        1 => any::<bool>().prop_map(Did::FirmOut),
        1 => (0..4_usize, any::<bool>()).prop_map(|(n, on)| Did::Block(n, on)),
        2 => (0..4_usize, any::<bool>()).prop_map(|(n, on)| Did::Unsubscribe(n, on)),
        2 => Just(Did::Take),
        2 => Just(Did::Deliver),
        4 => (0..4_usize).prop_map(Did::Arrive),
        1 => Just(Did::Later),
    ]
}

/// Whatever happens in whatever order, also between a worker's taking and its saying: who is opted out, by themselves or
/// by their company, or blocked, gets nothing, and nobody gets it twice.
#[test]
fn who_is_opted_out_never_receives() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for (engine, cases) in [(Engine::Sqlite, 20), (Engine::Postgres, 6)] {
        let many = (any::<bool>(), any::<bool>(), proptest::collection::vec(did(), 4..24));
        properties(cases, &many, |(follow, mail, steps)| {
            runtime.block_on(async {
                let smtp = Smtp::start().await;
                let folder = tempfile::tempdir().unwrap();
                let app = TestApp::with(engine, folder, |s| s.mail = Some(smtp.mailer())).await;
                let channel = if mail { Channel::Email } else { Channel::Chat };
                check(&app, &smtp, channel, follow, &steps).await;
            });
            Ok(())
        });
    }
}

async fn check(app: &TestApp, smtp: &Smtp, channel: Channel, follow: bool, steps: &[Did]) {
    let rule = vip(app).await;
    let mut ids = Vec::new();
    for n in 0..4 {
        group(app, &format!("u{n}"), "navy", json!({"name": "Navy"})).await;
        ids.push(person(app, &format!("u{n}")).await);
        let traits = json!({"email": format!("u{n}@example.com")});
        app.call("identify", &json!({"userId": format!("u{n}"), "traits": traits})).await;
        tag(app, "users", &format!("u{n}"), "vip", n % 2 == 0).await;
    }
    let switches = Switches { opt_out: "out".into(), ..Switches::default() };
    let whom = if follow { Whom::All } else { Whom::Now };
    let id =
        save(app, &Draft { switches, channel, subject: "Hi".into(), ..draft(whom, rule, "Hello") })
            .await;
    let mut w = write(app).await;
    outbound::start(&mut w, id, "").await.unwrap();
    let workspace = w.workspace;
    w.commit().await.unwrap();
    segments::run_due(&app.state).await.unwrap();
    let (mut out, mut firm, mut blocked, mut got) = ([false; 4], false, [false; 4], [false; 4]);
    let mut unsubscribed = [false; 4];
    let mut taken = None;
    // Nothing is settled on the way: what follows from a tag comes late.
    let quick = async |whom: &str, who: String, name: &str, on: bool| {
        let key = if whom == "users" { "user_id" } else { "company_id" };
        let mut who = json!({ key: who });
        if !on {
            who["untag"] = json!(true);
        }
        app.api("POST", "/tags", json!({"name": name, whom: [who]})).await;
    };
    for step in steps {
        match step {
            Did::Match(n, on) => quick("users", format!("u{n}"), "vip", *on).await,
            Did::OptOut(n, on) => {
                quick("users", format!("u{n}"), "out", *on).await;
                out[*n] = *on;
            }
            Did::FirmOut(on) => {
                quick("companies", "navy".into(), "out", *on).await;
                firm = *on;
            }
            Did::Block(n, on) => {
                let mut w = write(app).await;
                let to = if *on {
                    rapport::contacts::Standing::Blocked
                } else {
                    rapport::contacts::Standing::Unblocked
                };
                rapport::contacts::stand(&mut w, ids[*n], to).await.unwrap();
                w.commit().await.unwrap();
                blocked[*n] = *on;
            }
            Did::Unsubscribe(n, on) => {
                let mut w = write(app).await;
                outbound::unsubscribe(&mut w, id, ids[*n], *on).await.unwrap();
                w.commit().await.unwrap();
                unsubscribed[*n] = *on;
            }
            Did::Take => taken = outbound::claim(&app.state).await.unwrap().or(taken),
            Did::Deliver => {
                if let Some(claim) = &taken {
                    match claim.channel {
                        Channel::Chat | Channel::Post => {
                            outbound::deliver(&app.state, claim).await.unwrap()
                        }
                        Channel::Email => outbound::mail(&app.state, claim).await.unwrap(),
                    }
                }
            }
            Did::Arrive(n) => {
                outbound::arrive(&app.state, workspace, ids[*n]).await.unwrap();
            }
            Did::Later => {
                app.pass(61_000);
                segments::run_due(&app.state).await.unwrap();
            }
        }
        for (n, id) in ids.iter().enumerate() {
            let sql = "select count(*) from parts p join conversations v on v.workspace_id = p.workspace_id and v.id = p.conversation_id \
                       where v.contact_id = $1";
            let mut c = app.state.db.read().await.unwrap();
            let parts: Result<(i64,), _> =
                rapport::run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).bind(*id).fetch_one(x));
            let to = format!("u{n}@example.com");
            let mails = smtp.kept().iter().filter(|mail| mail.to == to).count() as i64;
            let parts = parts.unwrap().0 + mails;
            assert!(parts <= 1, "nobody twice");
            let no_mail = channel == Channel::Email && unsubscribed[n];
            let never = out[n] || firm || blocked[n] || no_mail;
            assert!(got[n] || parts == 0 || !never, "{step:?} reached somebody who is out");
            got[n] = parts > 0;
        }
    }
}
