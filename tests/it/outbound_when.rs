//! When messages arrive: their hours, in the workspace's time zone or in each person's, across changes of the clocks; and how often
//! to somebody who is in several companies.

use std::collections::BTreeMap;

use rapport::error::Error;
use rapport::id::{CompanyId, ContactId, TeammateId, WorkspaceId};
use rapport::messenger::{self, Hours, Settings};
use rapport::outbound::{self, Draft, State, When, Whom, Zone};
use rapport::owner::Owner;
use rapport::run;
use rapport::server::db::{Changed, Write};
use rapport::time::Time;
use serde_json::json;

use crate::companies::{ada, group};
use crate::messenger::{boot, post, proved};
use crate::on_both;
use crate::outbound::{
    detail, draft, email, mailing, person, read_by, save, settle, standing, start, tag, try_start,
    vip, write,
};
use crate::support::TestApp;

const HOUR: i64 = 3_600_000;

/// Three groups of people become known, 30 days before a Saturday noon, a Monday morning and the night on which the clocks of the southern
/// half go back; each gets the message in the first office hour of their own time zone. Moments in UTC, reckoned apart from the program.
const ARRIVES: [(&str, [&str; 3]); 12] = [
    ("Pacific/Auckland", ["2026-03-29T20:00Z", "2026-03-30T20:00Z", "2026-04-05T21:00Z"]),
    ("Australia/Sydney", ["2026-03-29T22:00Z", "2026-03-30T22:00Z", "2026-04-05T23:00Z"]),
    ("Asia/Tokyo", ["2026-03-30T00:00Z", "2026-03-31T00:00Z", "2026-04-06T00:00Z"]),
    ("Asia/Kathmandu", ["2026-03-30T03:15Z", "2026-03-30T10:30Z", "2026-04-06T03:15Z"]),
    ("Asia/Tehran", ["2026-03-30T05:30Z", "2026-03-30T10:30Z", "2026-04-06T05:30Z"]),
    ("Africa/Cairo", ["2026-03-30T07:00Z", "2026-03-30T10:30Z", "2026-04-06T07:00Z"]),
    ("Europe/Zurich", ["2026-03-30T07:00Z", "2026-03-30T10:30Z", "2026-04-06T07:00Z"]),
    ("Europe/London", ["2026-03-30T08:00Z", "2026-03-30T10:30Z", "2026-04-06T08:00Z"]),
    ("America/Sao_Paulo", ["2026-03-30T12:00Z", "2026-03-30T12:00Z", "2026-04-06T12:00Z"]),
    ("America/Santiago", ["2026-03-30T12:00Z", "2026-03-30T12:00Z", "2026-04-06T13:00Z"]),
    ("America/New_York", ["2026-03-30T13:00Z", "2026-03-30T13:00Z", "2026-04-06T13:00Z"]),
    ("America/Los_Angeles", ["2026-03-30T16:00Z", "2026-03-30T16:00Z", "2026-04-06T16:00Z"]),
];
/// When each group becomes known.
const KNOWN: [&str; 3] = ["2026-02-26T12:00Z", "2026-02-28T10:30Z", "2026-03-05T23:30Z"];

fn week() -> When {
    When::Hours((0..5).map(|day| Hours { day, from: 540, to: 1_020 }).collect())
}

fn at(text: &str) -> Time {
    let stamp: jiff::Timestamp = text.parse().unwrap();
    Time(stamp.as_millisecond())
}

fn go(app: &TestApp, to: Time) {
    app.pass(to.0 - app.state.clock.now().0);
}

async fn zone(app: &TestApp, id: &str, zone: &str) {
    let mut w = write(app).await;
    let sql = "update contacts set location = $2 where workspace_id = $1 and external_id = $3";
    let place = json!({ "time_zone": zone }).to_string();
    let done: Result<Changed, Error> =
        run!(w.conn, |c| { sqlx::query(sql).bind(w.workspace).bind(&place).bind(id).execute(c) });
    done.unwrap();
    w.commit().await.unwrap();
}

/// The moment at which anything is next to be done.
async fn next(app: &TestApp) -> Option<Time> {
    let now = app.state.clock.now();
    let sql = "select coalesce(min(at), 0) from (select min(due_at) as at from deliveries where state = 'waiting' and due_at > $1 \
               union all select min(due_at) as at from segment_turns where due_at > $1) n";
    let mut c = app.state.db.read().await.unwrap();
    let found: Result<(Time,), Error> =
        run!(c, |x| sqlx::query_as::<_, (Time,)>(sql).bind(now).fetch_one(x));
    Some(found.unwrap().0).filter(|at| at.0 > 0 && at.0 < 9_000_000_000_000)
}

on_both! {
    // RAPPORT_TRAVELLERS says how many people there are (72 unless said); bin/soak asks for 10,000.
    async fn a_message_of_thirty_days_arrives_in_office_hours_everywhere_while_clocks_change(plain: TestApp) {
        let many: usize = std::env::var("RAPPORT_TRAVELLERS").ok().and_then(|n| n.parse().ok()).unwrap_or(72);
        let (app, smtp) = mailing(plain.engine).await;
        go(&app, at("2026-02-20T00:00Z"));
        let rule = json!({"field": "created_at", "op": "more_than_days_ago", "value": 30});
        let message = Draft { when: week(), zone: Zone::Person, ..email(Whom::Later, rule, "A month", "Hi {{ name }}") };
        let id = start(&app, &message).await;
        // Whoever becomes known in between is where their number says.
        for (group, known) in KNOWN.iter().enumerate() {
            go(&app, at(known));
            let all: Vec<_> = (0..many).filter(|n| n / ARRIVES.len() % KNOWN.len() == group).collect();
            for some in all.chunks(100) {
                let one = |n: &usize| json!({"type": "identify", "userId": format!("u{n}"), "traits": {"email": format!("u{n}@example.com")}});
                app.call("batch", &json!({ "batch": some.iter().map(one).collect::<Vec<_>>() })).await;
            }
            let mut w = write(&app).await;
            for (n, (zone, _)) in ARRIVES.iter().enumerate() {
                let place = json!({ "time_zone": zone }).to_string();
                let sql = "update contacts set location = $2 where workspace_id = $1 and location is null \
                           and cast(substr(external_id, 2) as bigint) % 12 = $3";
                let done: Result<Changed, Error> =
                    run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(&place).bind(n as i64).execute(c));
                done.unwrap();
            }
            w.commit().await.unwrap();
            settle(&app).await;
        }
        // Time goes to whatever is next, and just before it nothing is sent.
        while let Some(moment) = next(&app).await {
            assert!(moment < at("2026-05-01T00:00Z"), "it comes to an end");
            let sent = app.number("select count(*) from deliveries where state = 'sent'").await;
            go(&app, moment.plus(-1_000));
            settle(&app).await;
            assert_eq!(app.number("select count(*) from deliveries where state = 'sent'").await, sent);
            go(&app, moment);
            settle(&app).await;
        }
        let sql = "select p.external_id, d.sent_at from deliveries d join contacts p on p.workspace_id = d.workspace_id and p.id = d.contact_id \
                   where d.state = 'sent'";
        let mut c = app.state.db.read().await.unwrap();
        let rows: Result<Vec<(String, Time)>, Error> = run!(c, |x| sqlx::query_as::<_, (String, Time)>(sql).fetch_all(x));
        let mut table: BTreeMap<(usize, usize), Vec<Time>> = BTreeMap::new();
        for (id, sent) in rows.unwrap() {
            let n: usize = id[1..].parse().unwrap();
            table.entry((n % ARRIVES.len(), n / ARRIVES.len() % KNOWN.len())).or_default().push(sent);
        }
        let mut all = 0;
        for (place, (zone, moments)) in ARRIVES.iter().enumerate() {
            for (group, moment) in moments.iter().enumerate() {
                let people = (0..many).filter(|n| n % ARRIVES.len() == place && n / ARRIVES.len() % KNOWN.len() == group).count();
                let sent = table.remove(&(place, group)).unwrap_or_default();
                assert_eq!(sent, vec![at(moment); people], "{zone}, group {group}");
                all += people;
            }
        }
        assert_eq!(all, many);
        let mut to: Vec<_> = smtp.kept().into_iter().map(|mail| mail.to).collect();
        to.sort();
        to.dedup();
        assert_eq!(to.len(), many, "each once");
        let counts = detail(&app, id).await.brief.counts;
        assert_eq!((counts.sent as usize, counts.waiting, counts.excluded), (many, 0, 0));
    }

    async fn what_time_it_is_for_somebody_their_device_says_then_their_data_then_their_place(app: TestApp) {
        for who in ["grace", "alan", "mary"] {
            person(&app, who).await;
            zone(&app, who, "Europe/Lisbon").await;
        }
        app.call("identify", &json!({"userId": "grace", "traits": {"timezone": "America/New_York"}})).await;
        app.call("identify", &json!({"userId": "alan", "traits": {"timezone": "America/New_York"}})).await;
        let visit = |zone: &str| json!({"userId": "grace", "name": "Home", "context": {"timezone": zone}});
        app.call("page", &visit("Asia/Tokyo")).await;
        // Noon of Sunday is now.
        start(&app, &Draft { when: week(), zone: Zone::Person, ..draft(Whom::Now, json!({"all": []}), "On Monday") }).await;
        let until = async |sql: &'static str| Time(app.number(sql).await);
        let grace = "select held_until from deliveries where contact_id = (select id from contacts where external_id = 'grace')";
        let alan = "select held_until from deliveries where contact_id = (select id from contacts where external_id = 'alan')";
        let mary = "select held_until from deliveries where contact_id = (select id from contacts where external_id = 'mary')";
        assert_eq!(until(grace).await, at("2026-03-02T00:00Z"), "nine in Tokyo");
        assert_eq!(until(alan).await, at("2026-03-02T14:00Z"), "nine in New York");
        assert_eq!(until(mary).await, at("2026-03-02T09:00Z"), "nine in Lisbon");
    }

    async fn outside_its_hours_it_waits_also_for_who_is_there(app: TestApp) {
        let rule = vip(&app).await;
        let grace = person(&app, "grace").await;
        zone(&app, "grace", "Asia/Tokyo").await;
        person(&app, "lost").await;
        zone(&app, "lost", "Nowhere/Land").await;
        // Noon of Sunday, 1 March 2026, is now: in Tokyo it is 21:00.
        let message = Draft { when: week(), zone: Zone::Person, ..draft(Whom::Later, rule.clone(), "Good morning") };
        let id = start(&app, &message).await;
        tag(&app, "users", "grace", "vip", true).await;
        tag(&app, "users", "lost", "vip", true).await;
        let (token, _) = boot(&app, None, proved(&app, "grace")).await;
        let unread = async || post(&app, "ping", &token, json!({})).await.1["unread"].as_i64();
        assert_eq!(unread().await, Some(0), "she is there, and it is Sunday");
        let said = standing(&app, Owner::Contact(grace)).await.said;
        // In the workspace's time zone: nine on Monday in Tokyo is midnight.
        assert_eq!(said, "In: waits until Monday 2 March, 00:00, because the message keeps to its hours");
        let token_of_ada = ada(&app).await;
        let (_, body) = app.get(&token_of_ada, &format!("/do/message_receivers?id={id}&which=waiting")).await;
        assert!(body.contains("the message keeps to its hours, until Monday 2 March, 00:00"), "{body}");
        app.pass(12 * HOUR - 1_000);
        assert_eq!(unread().await, Some(0));
        app.pass(1_000);
        assert_eq!(unread().await, Some(1));
        // A zone that is none is the workspace's.
        assert!(read_by(&app, "lost").await.is_empty());
        app.pass(9 * HOUR);
        assert_eq!(read_by(&app, "lost").await, ["Good morning"]);

        // Paused in its hours and gone on with at night, it waits for the morning; the office hours of the Messenger are read then.
        let office = Draft { when: When::Office, ..draft(Whom::All, rule.clone(), "From the office") };
        let office = start(&app, &office).await;
        let mut w = write(&app).await;
        let hours = (0..7).map(|day| Hours { day, from: 600, to: 660 }).collect();
        messenger::save(&mut w, &Settings { office_hours: hours, ..Settings::default() }).await.unwrap();
        w.commit().await.unwrap();
        assert_eq!(read_by(&app, "grace").await, ["Good morning"], "it is nine");
        app.pass(HOUR);
        assert_eq!(read_by(&app, "grace").await.len(), 2, "it is ten");
        assert_eq!(detail(&app, office).await.brief.state, State::Running);

        // What is sent at once to those who match now waits too, with its moment.
        app.pass(10 * HOUR);
        let now = start(&app, &Draft { when: week(), ..draft(Whom::Now, rule, "Now") }).await;
        assert_eq!(detail(&app, now).await.brief.counts.waiting, 2);
        let due = app.number("select min(due_at) from deliveries where state = 'waiting' and reason = 'hours'").await;
        assert_eq!(Time(due), at("2026-03-03T09:00Z"));
        go(&app, at("2026-03-03T09:00Z"));
        settle(&app).await;
        assert_eq!(detail(&app, now).await.brief.counts.sent, 2);
    }

    async fn who_is_in_several_companies_gets_it_as_the_author_says(app: TestApp) {
        let token = ada(&app).await;
        for (person, firm, plan) in [("grace", "navy", "pro"), ("grace", "army", "free"), ("grace", "club", "pro"), ("alan", "army", "free")] {
            group(&app, person, firm, json!({"name": firm.to_uppercase(), "plan": plan})).await;
        }
        settle(&app).await;
        let rule = json!({"company": {"field": "plan", "op": "is", "value": "pro"}});
        let asked = draft(Whom::All, rule.clone(), "Hi {{ company }}");
        let mut w = write(&app).await;
        let refused = outbound::save(&mut w, None, &asked, "UTC").await.unwrap_err();
        assert!(matches!(&refused, Error::Invalid { field, .. } if field == "per_company"), "{refused}");
        drop(w);
        // Once: the company that she has been in for longest.
        let once = start(&app, &Draft { per_company: Some(false), ..asked.clone() }).await;
        assert_eq!(read_by(&app, "grace").await, ["Hi NAVY"]);
        let mut w = write(&app).await;
        outbound::stop(&mut w, once).await.unwrap();
        w.commit().await.unwrap();

        let switches = outbound::Switches { opt_out: "no".into(), ..Default::default() };
        let each = Draft { switches, per_company: Some(true), ..draft(Whom::All, rule, "For {{ company }}") };
        let id = start(&app, &each).await;
        let mut texts = read_by(&app, "grace").await;
        texts.sort();
        assert_eq!(texts, ["For CLUB", "For NAVY", "Hi NAVY"]);
        assert!(read_by(&app, "alan").await.is_empty());
        // Another company of hers comes to match, and one that she joins does: each once, whatever else changes.
        group(&app, "grace", "army", json!({"name": "ARMY", "plan": "pro"})).await;
        group(&app, "grace", "bank", json!({"name": "BANK", "plan": "pro"})).await;
        settle(&app).await;
        settle(&app).await;
        let mut texts = read_by(&app, "grace").await;
        texts.sort();
        assert_eq!(texts, ["For ARMY", "For BANK", "For CLUB", "For NAVY", "Hi NAVY"]);
        assert_eq!(read_by(&app, "alan").await, ["For ARMY"]);
        // A company that is opted out is, and the others are not.
        tag(&app, "companies", "bank", "no", true).await;
        group(&app, "alan", "bank", json!({"name": "BANK"})).await;
        group(&app, "alan", "navy", json!({"name": "NAVY"})).await;
        settle(&app).await;
        settle(&app).await;
        let mut texts = read_by(&app, "alan").await;
        texts.sort();
        assert_eq!(texts, ["For ARMY", "For NAVY"]);
        let grace = person(&app, "grace").await;
        let said = standing(&app, Owner::Contact(grace)).await.said;
        assert!(said.contains("NAVY: Sent") && said.contains("BANK: Sent"), "{said}");
        let (_, body) = app.get(&token, &format!("/do/message_receivers?id={id}&which=sent")).await;
        assert!(body.contains("NAVY") && body.contains("CLUB"), "{body}");
        assert_eq!(detail(&app, id).await.brief.counts.sent, 6);

        // Merged, what was sent for the one was sent for the other.
        let firm = async |key: &'static str| CompanyId(app.number(key).await);
        let (club, navy) = (firm("select id from companies where company_id = 'club'").await, firm("select id from companies where company_id = 'navy'").await);
        let mut w = write(&app).await;
        rapport::companies::end::merge(&mut w, club, navy).await.unwrap();
        w.commit().await.unwrap();
        settle(&app).await;
        assert_eq!(read_by(&app, "grace").await.len(), 5);
        assert_eq!(app.number("select count(*) from deliveries d join companies f on f.id = d.company_id where f.company_id = 'club'").await, 0);
    }

    async fn chosen_people_get_it_for_each_of_their_companies(app: TestApp) {
        for firm in ["navy", "army"] {
            group(&app, "grace", firm, json!({"name": firm.to_uppercase()})).await;
        }
        person(&app, "alone").await;
        let ids: Vec<ContactId> = vec![person(&app, "grace").await, person(&app, "alone").await];
        let people = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let message = Draft { people, per_company: Some(true), ..draft(Whom::Chosen, json!({"all": []}), "For {{ company }}") };
        let id = save(&app, &message).await;
        try_start(&app, id, "").await.unwrap();
        // She leaves one of them before it goes out.
        let mut w = write(&app).await;
        let sql = "update memberships set left_at = 1 where workspace_id = $1 and company_id in (select id from companies where company_id = 'army')";
        let done: Result<Changed, Error> = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).execute(c));
        done.unwrap();
        w.commit().await.unwrap();
        settle(&app).await;
        assert_eq!(read_by(&app, "grace").await, ["For NAVY"]);
        assert!(read_by(&app, "alone").await.is_empty(), "she is in none");
        let counts = detail(&app, id).await.brief.counts;
        assert_eq!((counts.sent, counts.excluded), (1, 2));
        let (_, body) = app.get(&ada(&app).await, &format!("/do/message_receivers?id={id}&which=excluded")).await;
        assert!(body.contains("they are not in the company any more") && body.contains("they are in no company"), "{body}");
    }
}

/// What the form of a page sends is kept when it is refused, and read when it is not.
#[tokio::test(flavor = "multi_thread")]
async fn hours_are_typed_day_by_day() {
    let app = TestApp::new(crate::support::Engine::Sqlite).await;
    let token = ada(&app).await;
    let form = |more: &str| format!("body=Hi&name=X&hours=hours&zone=person{more}");
    for (more, words) in [
        ("", "write the hours of at least one day"),
        ("&from[0]=09:00&to[0]=08:00", "Monday: write two times"),
        ("&from[0]=&to[0]=&from[1]=nine&to[1]=10:00", "Tuesday: write two times"),
    ] {
        let (status, said) = app.form(Some(&token), "/do/save_message", &form(more)).await;
        assert!(status.is_client_error() && said.contains(words), "{more}: {said}");
    }
    let good = form("&from[0]=09:00&to[0]=17:30&from[1]=&to[1]=&from[2]=18:00&to[2]=00:00");
    let (status, said) = app.form(Some(&token), "/do/save_message", &good).await;
    assert!(status.is_success() || status.is_redirection(), "{said}");
    let id = rapport::id::MessageId(app.number("select id from messages").await);
    let found = detail(&app, id).await;
    assert_eq!(found.when.said(), "Monday 09:00–17:30, Wednesday 18:00–00:00");
    assert_eq!(found.zone, Zone::Person);
    // A copy keeps them.
    let mut w = Write::begin(
        &app.state,
        WorkspaceId(app.number("select id from workspaces").await),
        TeammateId(1),
    )
    .await
    .unwrap();
    let copy = outbound::duplicate(&mut w, id).await.unwrap();
    w.commit().await.unwrap();
    assert_eq!(detail(&app, copy).await.when, found.when);
}
