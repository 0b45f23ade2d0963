//! What people do with e-mails: opened, clicked, by machines, day by day, each once, and nobody else's business.

use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use rapport::attributes::Subject;
use rapport::error::Error;
use rapport::id::{CompanyId, ContactId, MessageId, WorkspaceId};
use rapport::messenger::hash_of;
use rapport::outbound::{self, Counts, Draft, People, Switches, Whom};
use rapport::owner::Owner;
use rapport::run;
use rapport::server::dates::Dates;
use rapport::server::db::Changed;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::companies::{ada, group};
use crate::messenger::{boot, get, post, proved};
use crate::on_both;
use crate::outbound::{
    detail, draft, email, mailing, person, press, save, settle, standing, start, tag, vip, write,
};
use crate::support::TestApp;
use crate::support::smtp::Arrived;

const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;
const SITE: &str = "https://inbox.example";
const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0";
const APPLE: &str = "Mozilla/5.0";
const TEXT: &str = "Hi, [news](https://us.example/news?a=1&b=2), https://us.example/plain and [mail](mailto:me@us.example)";

/// What a mail program asks for.
async fn ask(app: &TestApp, method: &str, address: &str, agent: &str) -> Response<Body> {
    let path = address.strip_prefix(SITE).unwrap();
    let request = Request::builder().method(method).uri(path).header(header::USER_AGENT, agent);
    app.routes().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

/// The addresses in a mail that begin like this.
fn addresses(mail: &Arrived, path: &str) -> Vec<String> {
    let (words, begin) = (mail.words(), format!("{SITE}{path}"));
    let one = |rest: &str| format!("{begin}{}", rest.split('"').next().unwrap());
    words.split(&begin).skip(1).map(one).collect()
}

fn picture(mail: &Arrived) -> String {
    let all = addresses(mail, "/opened/");
    assert_eq!(all.len(), 1, "{}", mail.words());
    all[0].clone()
}

/// People with an address who are in the audience.
async fn people(app: &TestApp, names: &[&str]) -> Vec<ContactId> {
    let mut ids = Vec::new();
    for name in names {
        ids.push(person(app, name).await);
        let traits =
            json!({"name": format!("{name} Hopper"), "email": format!("{name}@example.com")});
        app.call("identify", &json!({"userId": name, "traits": traits})).await;
        tag(app, "users", name, "vip", true).await;
    }
    ids
}

/// A message to these people by e-mail.
async fn sent(app: &TestApp, names: &[&str]) -> (MessageId, Vec<ContactId>) {
    let rule = vip(app).await;
    let ids = people(app, names).await;
    (start(app, &email(Whom::All, rule, "News", TEXT)).await, ids)
}

async fn counts(app: &TestApp, id: MessageId) -> Counts {
    detail(app, id).await.brief.counts
}

async fn listed(app: &TestApp, id: MessageId, more: &str) -> People {
    let token = ada(app).await;
    let (status, body) = app.get(&token, &format!("/do/message_receivers?id={id}&{more}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

fn names(people: &People) -> Vec<ContactId> {
    people.rows.iter().map(|row| row.id).collect()
}

on_both! {
    async fn opens_and_clicks_are_counted_once_and_each_number_has_its_people(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let (id, ids) = sent(&app, &["grace", "alan", "bob"]).await;
        let kept = smtp.kept();
        let mail = |name: &str| kept.iter().find(|mail| mail.to.starts_with(name)).unwrap();
        let links = addresses(mail("grace"), "/led/");
        assert_eq!(links.len(), 2, "links to pages are led");
        assert!(mail("grace").words().contains("href=\"mailto:me@us.example\""));
        assert_eq!(addresses(mail("grace"), "/unsubscribe/").len(), 2, "as it is, also in the plain part");

        // Within seconds it is a server that looks through the mail.
        ask(&app, "GET", &picture(mail("grace")), BROWSER).await;
        ask(&app, "GET", &links[0], BROWSER).await;
        let now = counts(&app, id).await;
        assert_eq!((now.sent, now.opened, now.machine, now.clicked), (3, 0, 1, 0));
        app.pass(MINUTE);
        // Asking for its head shows nothing to anybody.
        for address in [&picture(mail("grace")), &links[0]] {
            ask(&app, "HEAD", address, BROWSER).await;
        }
        assert_eq!(counts(&app, id).await, now);
        // Alan's mail program loads everything, whether he reads it or not.
        ask(&app, "GET", &picture(mail("alan")), APPLE).await;
        let token = ada(&app).await;
        let said = standing(&app, Owner::Contact(ids[1])).await.said;
        assert_eq!(said, "E-mail sent 1 minute ago, opened by a machine just now");
        assert_eq!(names(&listed(&app, id, "which=machine").await), ids[..2]);

        // Grace reads it, twice, and follows both links.
        for _ in 0..2 {
            let answer = ask(&app, "GET", &picture(mail("grace")), BROWSER).await;
            assert_eq!(answer.status(), StatusCode::OK);
            assert_eq!((&answer.headers()["content-type"], &answer.headers()["cache-control"]), (&"image/gif".parse().unwrap(), &"no-store".parse().unwrap()));
            let bytes = axum::body::to_bytes(answer.into_body(), 1_000).await.unwrap();
            assert!(bytes.starts_with(b"GIF89a") && bytes.len() == 43, "{bytes:?}");
        }
        let now = counts(&app, id).await;
        assert_eq!((now.opened, now.machine, now.clicked), (1, 1, 0), "who looks is no machine any more");
        app.pass(MINUTE);
        for (link, to) in links.iter().zip(["https://us.example/news?a=1&b=2", "https://us.example/plain"]) {
            let answer = ask(&app, "GET", link, BROWSER).await;
            assert_eq!((answer.status(), &answer.headers()["location"]), (StatusCode::FOUND, &to.parse().unwrap()));
            assert_eq!(answer.headers()["cache-control"], "no-store");
        }
        // A scanner is led on and is nobody.
        let answer = ask(&app, "GET", &addresses(mail("alan"), "/led/")[0], "Barracuda Sentinel (EE)").await;
        assert_eq!(answer.status(), StatusCode::FOUND);
        // Bob reads without pictures: who follows a link has opened it.
        ask(&app, "GET", &addresses(mail("bob"), "/led/")[0], BROWSER).await;
        let now = counts(&app, id).await;
        assert_eq!((now.opened, now.machine, now.clicked), (2, 1, 2));
        let clicked = listed(&app, id, "which=clicked").await;
        assert_eq!((names(&clicked), clicked.rows[0].times), (vec![ids[0], ids[2]], 2));
        let opened = listed(&app, id, "which=opened").await;
        assert_eq!((names(&opened), opened.rows[0].times, opened.rows[1].times), (vec![ids[0], ids[2]], 2, 0));
        let said = standing(&app, Owner::Contact(ids[0])).await.said;
        assert_eq!(said, "E-mail sent 2 minutes ago, opened 1 minute ago, clicked just now");

        // The page says so without a script too.
        let (_, page) = app.get(&token, &format!("/outbound/{id}")).await;
        assert!(page.contains("message-least") && page.contains("message-days-chart"), "{page}");
        let (_, page) = app.get(&token, &format!("/outbound/{id}/opened?day=2026-03-01")).await;
        assert!(page.contains("grace Hopper") && page.contains("Today only."), "{page}");
    }

    async fn what_people_do_with_mail_is_asked_of_them_and_told_by_the_api(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        crate::segments::settle(&app).await;
        let day = |field: &str| json!({"field": field, "op": "less_than_days_ago", "value": 1});
        let make = async |name: &str, rule| crate::segments::make(&app, Subject::Contact, name, rule).await.unwrap();
        let opened = make("Opened", day("last_email_opened_at")).await;
        let clicked = make("Clicked", day("last_email_clicked_at")).await;
        let names = ["grace", "alan", "bob"];
        let (_, ids) = sent(&app, &names).await;
        crate::segments::settle(&app).await;
        app.pass(MINUTE);
        let kept = smtp.kept();
        let mail = |name: &str| kept.iter().find(|mail| mail.to.starts_with(name)).unwrap();
        ask(&app, "GET", &picture(mail("grace")), BROWSER).await;
        ask(&app, "GET", &addresses(mail("alan"), "/led/")[0], BROWSER).await;
        ask(&app, "GET", &picture(mail("bob")), APPLE).await;
        crate::segments::settle(&app).await;
        let members = async |id| crate::segments::members(&app, id).await.into_iter().map(ContactId).collect::<Vec<_>>();
        assert_eq!(members(opened).await, ids[..2], "a machine's opening is none, and who clicks has it open");
        assert_eq!(members(clicked).await, ids[1..2]);
        let now = app.state.clock.now().0 / 1000;
        for (n, at) in [(0, [json!(now), Value::Null]), (1, [json!(now), json!(now)]), (2, [Value::Null, Value::Null])] {
            let (_, person) = app.api("GET", &format!("/contacts/{}", rapport::contacts::public_id(ids[n])), Value::Null).await;
            assert_eq!([&person["last_email_opened_at"], &person["last_email_clicked_at"]], [&at[0], &at[1]], "{person}");
        }
        // Opened once more, a day later, it is the last time that counts.
        app.pass(DAY);
        crate::segments::settle(&app).await;
        assert_eq!(members(opened).await, []);
        ask(&app, "GET", &picture(mail("grace")), BROWSER).await;
        crate::segments::settle(&app).await;
        assert_eq!(members(opened).await, ids[..1]);
        let token = ada(&app).await;
        let (_, page) = app.get(&token, &format!("/contacts/{}", ids[0])).await;
        assert!(page.contains("Last opened e-mail"));
        crate::segments::check(&app, "after mail").await;
    }

    async fn what_nobody_signed_counts_nothing_and_leads_nowhere(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let (id, ids) = sent(&app, &["grace", "alan"]).await;
        app.outsider().await;
        let (first, second) = (app.number("select min(id) from workspaces").await, app.number("select max(id) from workspaces").await);
        let mut w = write(&app).await;
        let sql = "insert into workspace_settings (workspace_id, name, value) values ($1, 'unsubscribe_key', 'eve')";
        let done: Result<Changed, Error> = run!(w.conn, |c| sqlx::query(sql).bind(second).execute(c));
        done.unwrap();
        w.commit().await.unwrap();
        app.pass(MINUTE);
        let grace = smtp.kept().into_iter().find(|mail| mail.to.starts_with("grace")).unwrap();
        let (seen, link) = (picture(&grace), addresses(&grace, "/led/")[0].clone());
        let (me, other) = (ids[0].to_string(), ids[1].to_string());
        let swap = |address: &str| address.replacen(&format!(".{me}."), &format!(".{other}."), 1);
        // What another workspace signs is worth nothing here, nor of what is not its own.
        let signed = |kind: &str, about: &str| format!("{SITE}/{kind}/{about}.{}", &hash_of("eve", &format!("{kind} {about}"))[..32]);
        let to = "aHR0cHM6Ly9ldmlsLmV4YW1wbGU";
        let of = |workspace: i64| format!("{workspace}.{id}.{me}.0.0");
        let sign = |address: &str| address.rsplit_once('.').unwrap().1.to_owned();
        let wrong = [
            swap(&seen), format!("{seen}0"), signed("opened", &of(first)), signed("opened", &of(second)),
            link.replace("/led/", "/opened/"), format!("{SITE}/opened/x"), format!("{SITE}/opened/{}.{}", of(first), sign(&link)),
        ];
        for address in &wrong {
            let answer = ask(&app, "GET", address, BROWSER).await;
            assert_eq!((answer.status(), &answer.headers()["content-type"]), (StatusCode::OK, &"image/gif".parse().unwrap()), "{address}");
        }
        let (head, end) = link.rsplit_once('.').unwrap();
        let parts: Vec<_> = head.split('.').collect();
        let elsewhere = format!("{}.{to}.{end}", parts[..parts.len() - 1].join("."));
        for address in [
            swap(&link), elsewhere, format!("{link}0"), signed("led", &format!("{}.{to}", of(first))),
            seen.replace("/opened/", "/led/"), format!("{SITE}/led/x"), format!("{SITE}/led/{}.{to}.{}", of(first), sign(&seen)),
        ] {
            let answer = ask(&app, "GET", &address, BROWSER).await;
            assert_eq!((answer.status(), answer.headers().get("location")), (StatusCode::NOT_FOUND, None), "{address}");
        }
        let now = counts(&app, id).await;
        assert_eq!((now.opened, now.machine, now.clicked, now.unsubscribed), (0, 0, 0, 0));
        // Nor does the picture unsubscribe anybody.
        let token = seen.split("/opened/").nth(1).unwrap();
        let (status, _) = press(&app, "POST", &format!("{SITE}/unsubscribe/{token}"), "all=1").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        // Erased: the link still leads on, and counts nobody.
        let (_, found) = app.api("GET", "/contacts/find_by_external_id/grace", Value::Null).await;
        app.api("DELETE", &format!("/contacts/{}", found["id"].as_str().unwrap()), Value::Null).await;
        assert_eq!(ask(&app, "GET", &link, BROWSER).await.status(), StatusCode::FOUND);
        assert_eq!(ask(&app, "GET", &seen, BROWSER).await.status(), StatusCode::OK);
    }

    async fn previews_tests_and_messages_without_measuring_tell_nothing(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let token = ada(&app).await;
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("channel", "email").append_pair("subject", "News").append_pair("body", TEXT).append_pair("act", "test").finish();
        app.form(Some(&token), "/do/save_message", &form).await;
        let (_, shown) = app.form(Some(&token), "/do/preview_message", &form).await;
        assert!(shown.contains("https://us.example/plain") && !shown.contains("/led/"), "{shown}");
        let rule = vip(&app).await;
        people(&app, &["grace"]).await;
        let plain = Draft { measured: false, ..email(Whom::All, rule, "News", TEXT) };
        let id = start(&app, &plain).await;
        let kept = smtp.kept();
        assert_eq!(kept.len(), 2);
        for mail in kept {
            let words = mail.words();
            assert!(!words.contains("/opened/") && !words.contains("/led/") && words.contains("href=\"https://us.example/plain\""), "{words}");
        }
        assert!(!detail(&app, id).await.brief.measured);
        let (_, page) = app.get(&token, &format!("/outbound/{id}")).await;
        assert!(page.contains("Neither opening nor links") && !page.contains("message-least"), "{page}");
        // The form says it, and a copy keeps it.
        let form = form.replace("act=test", "unmeasured=on");
        let (status, said) = app.form(Some(&token), "/do/save_message", &form).await;
        assert!(status.is_success() || status.is_redirection(), "{said}");
        let last = MessageId(app.number("select max(id) from messages").await);
        assert!(!detail(&app, last).await.brief.measured);
        let mut w = write(&app).await;
        let copy = outbound::duplicate(&mut w, last).await.unwrap();
        w.commit().await.unwrap();
        assert!(!detail(&app, copy).await.brief.measured);
    }

    async fn many_at_once_count_one_person_and_too_many_are_answered_and_not_noted(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let (id, _) = sent(&app, &["grace"]).await;
        app.pass(MINUTE);
        let mail = smtp.kept()[0].clone();
        let (seen, link) = (picture(&mail), addresses(&mail, "/led/")[0].clone());
        let opens = futures::future::join_all((0..12).map(|_| ask(&app, "GET", &seen, BROWSER)));
        let clicks = futures::future::join_all((0..12).map(|_| ask(&app, "GET", &link, BROWSER)));
        futures::join!(opens, clicks);
        let now = counts(&app, id).await;
        assert_eq!((now.opened, now.clicked), (1, 1));
        assert_eq!(app.number("select opens from deliveries").await, 12);
        assert_eq!(app.number("select clicks from deliveries").await, 12);
        for _ in 0..40 {
            assert_eq!(ask(&app, "GET", &seen, BROWSER).await.status(), StatusCode::OK);
            assert_eq!(ask(&app, "GET", &link, BROWSER).await.status(), StatusCode::FOUND);
        }
        // The clock of the limit is the real one: a few more may have become free meanwhile.
        assert!((30..40).contains(&app.number("select opens from deliveries").await));
        assert!((30..40).contains(&app.number("select clicks from deliveries").await));
    }

    async fn whoever_was_merged_is_counted_as_who_they_are(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let rule = vip(&app).await;
        let grace = people(&app, &["grace"]).await[0];
        let (_, lead) = app.api("POST", "/contacts", json!({"role": "lead", "email": "lead@example.com"})).await;
        let mut w = write(&app).await;
        let lead_id = ContactId(i64::from_str_radix(lead["id"].as_str().unwrap(), 16).unwrap());
        rapport::tags::add(&mut w, lead_id, "vip").await.unwrap();
        w.commit().await.unwrap();
        settle(&app).await;
        let both = start(&app, &email(Whom::All, rule.clone(), "Both", TEXT)).await;
        let chosen = Draft { people: lead_id.to_string(), ..email(Whom::Chosen, json!({"all": []}), "Lead", TEXT) };
        let alone = start(&app, &chosen).await;
        let kept = smtp.kept();
        assert_eq!(kept.len(), 3);
        let mail = |to: &str, subject: &str| kept.iter().find(|m| m.to.starts_with(to) && m.words().contains(&format!("Subject: {subject}"))).unwrap();
        app.pass(MINUTE);
        // Before they are known for one, each opens one of the two; the lead's click comes after.
        ask(&app, "GET", &picture(mail("lead", "Both")), BROWSER).await;
        ask(&app, "GET", &picture(mail("grace", "Both")), BROWSER).await;
        ask(&app, "GET", &picture(mail("lead", "Lead")), APPLE).await;
        assert_eq!(counts(&app, both).await.opened, 2);
        let (_, user) = app.api("GET", "/contacts/find_by_external_id/grace", Value::Null).await;
        let (status, said) = app.api("POST", "/contacts/merge", json!({"from": lead["id"], "into": user["id"]})).await;
        assert_eq!(status, StatusCode::OK, "{said}");
        ask(&app, "GET", &addresses(mail("lead", "Both"), "/led/")[0], BROWSER).await;
        ask(&app, "GET", &picture(mail("lead", "Lead")), BROWSER).await;
        let now = counts(&app, both).await;
        assert_eq!((now.opened, now.clicked), (1, 1));
        assert_eq!(names(&listed(&app, both, "which=clicked").await), [grace]);
        assert_eq!(listed(&app, both, "which=opened").await.rows[0].times, 2);
        assert_eq!((counts(&app, alone).await.opened, counts(&app, alone).await.machine), (1, 0));
        assert_eq!(names(&listed(&app, alone, "which=opened").await), [grace]);
    }

    async fn what_went_out_for_companies_that_become_one_stays_counted(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let rule = vip(&app).await;
        people(&app, &["grace"]).await;
        for firm in ["navy", "club"] {
            group(&app, "grace", firm, json!({"name": firm.to_uppercase()})).await;
        }
        let each = Draft { per_company: Some(true), ..email(Whom::All, rule, "For {{ company }}", TEXT) };
        let id = start(&app, &each).await;
        let kept = smtp.kept();
        assert_eq!(kept.len(), 2);
        app.pass(MINUTE);
        let club = kept.iter().find(|m| m.words().contains("Subject: For CLUB")).unwrap();
        ask(&app, "GET", &picture(club), BROWSER).await;
        let rows = listed(&app, id, "which=opened").await.rows;
        assert_eq!((rows.len(), rows[0].company.clone().unwrap().1.as_str()), (1, "CLUB"));
        let firm = async |key: &'static str| CompanyId(app.number(key).await);
        let (from, into) = (firm("select id from companies where company_id = 'club'").await, firm("select id from companies where company_id = 'navy'").await);
        let mut w = write(&app).await;
        rapport::companies::end::merge(&mut w, from, into).await.unwrap();
        w.commit().await.unwrap();
        assert_eq!(counts(&app, id).await.opened, 1);
        ask(&app, "GET", &addresses(club, "/led/")[0], BROWSER).await;
        let rows = listed(&app, id, "which=clicked").await.rows;
        assert_eq!((rows.len(), rows[0].company.clone().unwrap().1.as_str()), (1, "NAVY"));
    }

    async fn lists_go_on_page_by_page_and_one_day_is_a_day_of_the_workspace(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let one = |n: i64| json!({"type": "identify", "userId": format!("u{n}"), "traits": {"email": format!("u{n}@example.com")}});
        app.call("batch", &json!({"batch": (0..60).map(one).collect::<Vec<_>>()})).await;
        let id = start(&app, &email(Whom::All, json!({"all": []}), "News", TEXT)).await;
        let kept = smtp.kept();
        assert_eq!(kept.len(), 60);
        app.pass(MINUTE);
        for mail in &kept[..55] {
            ask(&app, "GET", &picture(mail), BROWSER).await;
        }
        app.pass(DAY);
        for mail in &kept[50..] {
            ask(&app, "GET", &picture(mail), BROWSER).await;
        }
        assert_eq!(counts(&app, id).await.opened, 60);
        let first = listed(&app, id, "which=opened").await;
        let second = listed(&app, id, &format!("which=opened&after={}", first.next.unwrap())).await;
        assert_eq!((first.rows.len(), second.rows.len(), second.next), (50, 10, None));
        let mut all = [names(&first), names(&second)].concat();
        all.dedup();
        assert_eq!(all.len(), 60, "nobody twice");
        let of_day = |day: &str| format!("which=opened&day={day}");
        assert_eq!(listed(&app, id, &of_day("2026-03-02")).await.rows.len(), 5);
        let (today, rest) = (listed(&app, id, &of_day("2026-03-01")).await, async |after: i64| listed(&app, id, &format!("{}&after={after}", of_day("2026-03-01"))).await);
        assert_eq!((today.rows.len(), rest(today.next.unwrap()).await.rows.len()), (50, 5));
        assert_eq!(today.day.as_deref(), Some("Yesterday"));
        for wrong in ["today", "2026-02-30", "1"] {
            let (status, _) = app.get(&ada(&app).await, &format!("/do/message_receivers?id={id}&{}", of_day(wrong))).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{wrong}");
        }
        // Seven days at least, the last of them today; noon here is tomorrow in Auckland.
        let days = async |zone: &str| {
            let mut c = app.state.db.read().await.unwrap();
            let workspace = WorkspaceId(app.number("select id from workspaces").await);
            let dates = Dates::new(zone, app.state.clock.now());
            outbound::detail(&mut c, &dates, workspace, id, true).await.unwrap().unwrap().days
        };
        let here = days("UTC").await;
        assert_eq!((here.len(), here[5].said.as_str(), here[5].counts.clone()), (7, "Sunday 1 March", vec![60, 55, 0]));
        assert_eq!((here[6].date.as_str(), here[6].counts.clone()), ("2026-03-02", vec![0, 5, 0]));
        let there = days("Pacific/Auckland").await;
        assert_eq!((there[5].date.as_str(), there[5].counts.clone()), ("2026-03-02", vec![60, 55, 0]));
        let half = days("Asia/Kolkata").await;
        assert_eq!(half[5].counts, [60, 55, 0]);
        // Once it is over, the days end with what came last.
        let mut w = write(&app).await;
        outbound::stop(&mut w, id).await.unwrap();
        w.commit().await.unwrap();
        app.pass(50 * DAY);
        assert_eq!(days("UTC").await.last().unwrap().date, "2026-03-02");
    }

    async fn in_the_messenger_seeing_and_answering_are_drawn(app: TestApp) {
        let rule = vip(&app).await;
        person(&app, "grace").await;
        tag(&app, "users", "grace", "vip", true).await;
        let id = start(&app, &draft(Whom::All, rule, "Hello")).await;
        let (token, _) = boot(&app, None, proved(&app, "grace")).await;
        post(&app, "ping", &token, json!({})).await;
        app.pass(DAY);
        let (token, _) = boot(&app, None, proved(&app, "grace")).await;
        let conversation = app.number("select id from conversations").await;
        let (_, thread) = get(&app, &format!("conversations/{conversation}"), &token).await;
        let part = thread["parts"][0]["id"].clone();
        let (status, said) = post(&app, &format!("conversations/{conversation}/read"), &token, json!({"part": part})).await;
        assert_eq!(status, StatusCode::OK, "{said}");
        app.pass(DAY);
        let (token, _) = boot(&app, None, proved(&app, "grace")).await;
        let (status, said) = post(&app, &format!("conversations/{conversation}"), &token, json!({"body": "Thanks", "client_id": "t"})).await;
        assert_eq!(status, StatusCode::OK, "{said}");
        let days = detail(&app, id).await.days;
        let last: Vec<_> = days[4..].iter().map(|day| day.counts.clone()).collect();
        assert_eq!(last, [[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
        assert_eq!(listed(&app, id, "which=replied&day=2026-03-03").await.rows.len(), 1);
        let draft = save(&app, &draft(Whom::All, json!({"all": []}), "Later")).await;
        assert!(detail(&app, draft).await.days.is_empty(), "nothing came of it yet");
    }

    async fn who_unsubscribed_and_what_failed_is_told_day_by_day_with_its_people(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let (id, ids) = sent(&app, &["grace", "refused", "alan"]).await;
        let kept = smtp.kept();
        let words = kept.iter().find(|mail| mail.to == "grace@example.com").unwrap().words();
        let link = words.split_once("/unsubscribe/").unwrap().1.split('>').next().unwrap();
        app.pass(DAY);
        press(&app, "POST", &format!("{SITE}/unsubscribe/{link}"), "List-Unsubscribe=One-Click").await;
        let days = detail(&app, id).await.days;
        // Unsubscribed, failed, unknown.
        assert_eq!((days[5].told.clone(), days[6].told.clone()), (vec![0, 1, 0], vec![1, 0, 0]));
        assert_eq!(days[5].counts, [2, 0, 0]);
        for (which, day, who) in [("failed", 5, ids[1]), ("unsubscribed", 6, ids[0])] {
            assert_eq!(names(&listed(&app, id, &format!("which={which}&day={}", days[day].date)).await), [who], "{which}");
            assert!(listed(&app, id, &format!("which={which}&day={}", days[11 - day].date)).await.rows.is_empty(), "{which}");
            assert_eq!(names(&listed(&app, id, &format!("which={which}")).await), [who], "{which}");
        }
        let (_, page) = app.get(&ada(&app).await, &format!("/outbound/{id}")).await;
        for column in ["<th scope=\"col\">Unsubscribed<", "<th scope=\"col\">Failed<"] {
            assert!(page.contains(column), "the table has {column}");
        }
        assert!(!page.contains("<th scope=\"col\">Unknown<"), "of which there is none");
        for drawn in ["<path data-which=\"unsubscribed\" d=\"M", "<path data-which=\"failed\" d=\"M", "<li data-which=\"unsubscribed\">Unsubscribed<", "<li data-which=\"failed\">Failed<"] {
            assert!(page.contains(drawn), "the drawing and what it says of itself have {drawn}: {page}");
        }
        assert!(!page.contains("<path data-which=\"unknown\""));
    }

    async fn the_number_of_those_who_match_opens_the_list_of_them(app: TestApp) {
        let rule = vip(&app).await;
        people(&app, &["grace", "alan"]).await;
        person(&app, "eve").await;
        let switches = Switches { opt_out: "no thanks".into(), opt_in: "yes please".into(), ..Switches::default() };
        let id = start(&app, &Draft { switches, ..draft(Whom::Later, rule, "Hi") }).await;
        tag(&app, "users", "alan", "no thanks", true).await;
        tag(&app, "users", "eve", "yes please", true).await;
        let now = detail(&app, id).await;
        assert_eq!(now.reach, Some((2, false)));
        assert!(now.matching.starts_with("/people?rule="), "{}", now.matching);
        let token = ada(&app).await;
        let (_, page) = app.get(&token, &format!("/outbound/{id}")).await;
        assert!(page.contains(&format!("href=\"{}\"", now.matching.replace('&', "&amp;"))), "{page}");
        let (status, list) = app.get(&token, &now.matching).await;
        assert_eq!(status, StatusCode::OK);
        for (name, there) in [("grace Hopper", true), ("eve Hopper", true), ("alan Hopper", false)] {
            assert_eq!(list.contains(name), there, "{name}: {list}");
        }
        // Where nobody is kept any more there is no number.
        let mut w = write(&app).await;
        outbound::stop(&mut w, id).await.unwrap();
        w.commit().await.unwrap();
        let over = detail(&app, id).await;
        assert_eq!((over.reach, over.matching.as_str()), (None, ""));
    }
}
