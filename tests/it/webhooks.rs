//! Webhooks: told in order, signed, again until they answer, never at private addresses, and nothing is kept of whom was deleted.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use hmac::{Hmac, Mac as _};
use rapport::audit::Action;
use rapport::conversations;
use rapport::id::{CompanyId, ContactId, TeammateId, WebhookId, WorkspaceId};
use rapport::messenger::hash_of;
use rapport::run;
use rapport::server::db::{Changed, Entry, Write};
use rapport::stream::{Facet, Kind};
use rapport::webhooks::{self, TOPICS, run_due};
use serde_json::{Value, json};

use crate::companies::{ada, group};
use crate::on_both;
use crate::support::{Engine, TestApp};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// What came, and what the next is answered with.
#[derive(Default)]
struct Got {
    requests: Vec<(HeaderMap, String)>,
    answer: Option<(StatusCode, String)>,
    hangs: bool,
    /// What has this in it is refused.
    refuses: Option<String>,
    /// Nothing is answered before so many are there, or half a second has passed.
    together: usize,
    waiting: Vec<String>,
    inside: usize,
    most: usize,
}

/// A program that is told.
#[derive(Clone)]
struct Receiver {
    at: SocketAddr,
    got: Arc<Mutex<Got>>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let got: Arc<Mutex<Got>> = Arc::default();
        let routes = Router::new().fallback(take).with_state(got.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { at, got }
    }

    fn url(&self) -> String {
        format!("http://{}/hook?key=zyxwvut", self.at)
    }

    fn answers(&self, status: u16, body: &str) {
        let status = StatusCode::from_u16(status).unwrap();
        self.got.lock().unwrap().answer = Some((status, body.to_owned()));
    }

    fn hangs(&self, hangs: bool) {
        self.got.lock().unwrap().hangs = hangs;
    }

    fn refuses(&self, what: Option<&str>) {
        self.got.lock().unwrap().refuses = what.map(str::to_owned);
    }

    fn raw(&self) -> Vec<(HeaderMap, String)> {
        std::mem::take(&mut self.got.lock().unwrap().requests)
    }

    fn count(&self) -> usize {
        self.got.lock().unwrap().requests.len()
    }

    /// What came since it was last asked.
    fn told(&self) -> Vec<Value> {
        self.raw().into_iter().map(|(_, body)| serde_json::from_str(&body).unwrap()).collect()
    }

    /// Whom what came since it was last asked is about, by the ids of the customer's own.
    fn whom(&self) -> Vec<String> {
        let of = |told: &Value| told["data"]["item"]["external_id"].as_str().unwrap().to_owned();
        self.told().iter().map(of).collect()
    }

    fn topics(&self) -> Vec<String> {
        self.told().iter().map(|told| told["topic"].as_str().unwrap().to_owned()).collect()
    }
}

async fn take(
    State(got): State<Arc<Mutex<Got>>>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, HeaderMap, String) {
    let (answer, hangs) = {
        let mut got = got.lock().unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        let refused = got.refuses.as_ref().is_some_and(|what| body.contains(what));
        got.inside += 1;
        got.most = got.most.max(got.inside);
        got.waiting.push(body.clone());
        if got.waiting.len() >= got.together {
            got.waiting.clear();
        }
        got.requests.push((headers, body));
        let refusal = (StatusCode::INTERNAL_SERVER_ERROR, "not this one".to_owned());
        (if refused { Some(refusal) } else { got.answer.clone() }, got.hangs)
    };
    if hangs {
        std::future::pending::<()>().await;
    }
    for _ in 0..50 {
        if !got.lock().unwrap().waiting.iter().any(|one| one.as_bytes() == &body[..]) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    {
        let mut got = got.lock().unwrap();
        got.inside -= 1;
        got.waiting.retain(|one| one.as_bytes() != &body[..]);
    }
    let (status, body) = answer.unwrap_or((StatusCode::OK, "thanks".into()));
    let mut headers = HeaderMap::new();
    if status.is_redirection() {
        headers.insert("location", "/elsewhere".parse().unwrap());
    }
    (status, headers, body)
}

/// A server that may tell programs of this machine.
async fn private(engine: Engine) -> TestApp {
    TestApp::with(engine, tempfile::tempdir().unwrap(), |state| state.webhooks.private = true).await
}

async fn workspace(app: &TestApp) -> WorkspaceId {
    WorkspaceId(app.number("select id from workspaces order by id limit 1").await)
}

/// Adds a webhook; its number and its secret.
async fn add(app: &TestApp, url: &str, topics: &[&str]) -> (WebhookId, String) {
    let topics: Vec<_> = topics.iter().map(|topic| (*topic).to_owned()).collect();
    let mut w = Write::begin(&app.state, workspace(app).await, TeammateId(0)).await.unwrap();
    let made = webhooks::add(&mut w, url, &topics).await.unwrap();
    w.commit().await.unwrap();
    made
}

macro_rules! change {
    ($app:expr, $what:ident($($arg:expr),*)) => {{
        let mut w = Write::begin(&$app.state, workspace($app).await, TeammateId(0)).await.unwrap();
        webhooks::$what(&mut w, $($arg),*).await.unwrap();
        w.commit().await.unwrap();
    }};
}

async fn identify(app: &TestApp, id: &str) {
    app.call("identify", &json!({"userId": id, "traits": {"name": format!("{id} Hopper")}})).await;
}

async fn states(app: &TestApp) -> Vec<(i64, String, i64, i64)> {
    let sql = "select seq, state, attempts, status from webhook_deliveries order by seq";
    let mut c = app.state.db.read().await.unwrap();
    let rows: Result<Vec<_>, _> =
        run!(c, |x| { sqlx::query_as::<_, (i64, String, i64, i64)>(sql).fetch_all(x) });
    rows.unwrap()
}

fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

fn sha1(secret: &str, body: &str) -> String {
    let mac = Hmac::<sha1::Sha1>::new_from_slice(secret.as_bytes()).unwrap();
    format!("sha1={}", hex::encode(mac.chain_update(body.as_bytes()).finalize().into_bytes()))
}

on_both! {
    async fn what_happens_is_told_once_in_each_ones_order_and_signed(plain: TestApp) {
        let app = private(plain.engine).await;
        let receiver = Receiver::start().await;
        identify(&app, "before").await;
        let (id, secret) = add(&app, &receiver.url(), &["contact.user.created", "event.created"]).await;
        for n in 0..3 {
            identify(&app, &format!("u{n}")).await;
            app.call("track", &json!({"userId": format!("u{n}"), "event": "Ordered", "properties": {"total": n}})).await;
            app.call("page", &json!({"userId": format!("u{n}")})).await;
        }
        run_due(&app.state).await.unwrap();
        let raw = receiver.raw();
        let told: Vec<Value> = raw.iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
        assert_eq!(told.len(), 6, "and nothing from before");
        let of = |id: &str| -> Vec<&Value> {
            told.iter().filter(|t| [&t["data"]["item"]["external_id"], &t["data"]["item"]["user_id"]].contains(&&json!(id))).collect()
        };
        for id in ["u0", "u1", "u2"] {
            let topics: Vec<_> = of(id).iter().map(|t| t["topic"].as_str().unwrap()).collect();
            assert_eq!(topics, ["contact.user.created", "event.created"]);
        }
        assert_eq!(of("u1")[0]["data"]["item"]["type"], json!("contact"));
        let event = &of("u2")[1]["data"]["item"];
        assert_eq!((&event["event_name"], &event["metadata"], &event["user_id"]), (&json!("Ordered"), &json!({"total": 2}), &json!("u2")));
        let ids: BTreeSet<_> = told.iter().map(|t| t["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), 6, "each has an id of its own");
        assert_eq!((&told[0]["type"], &told[0]["delivery_attempts"], &told[0]["app_id"]), (&json!("notification_event"), &json!(1), &json!(app.keys.app_id)));
        assert_eq!(told[0]["first_sent_at"], json!(app.state.clock.now().seconds()));
        for (headers, body) in &raw {
            let header = |name: &str| headers[name].to_str().unwrap().to_owned();
            assert_eq!(header("x-hub-signature"), sha1(&secret, body));
            let signed = format!("{}.{body}", header("x-rapport-timestamp"));
            assert_eq!(header("x-rapport-signature"), format!("sha256={}", hash_of(&secret, &signed)));
            assert_eq!(header("content-type"), "application/json");
        }
        run_due(&app.state).await.unwrap();
        assert_eq!(receiver.count(), 0, "nothing is told twice");
        assert!(states(&app).await.iter().all(|(_, state, attempts, status)| (state.as_str(), *attempts, *status) == ("sent", 1, 200)));
        // The page, without a script.
        let token = ada(&app).await;
        let (_, page) = app.get(&token, "/settings/webhooks").await;
        assert!(page.contains("event.created") && page.contains("Send again") && page.contains("thanks"), "{page}");
        assert!(!page.contains(&secret));
        // Another secret signs from now on.
        change!(&app, roll(id));
        identify(&app, "u9").await;
        run_due(&app.state).await.unwrap();
        let (headers, body) = receiver.raw().remove(0);
        assert_ne!(headers["x-hub-signature"].to_str().unwrap(), sha1(&secret, &body));
    }

    async fn everything_that_the_log_says_has_a_topic_and_a_shape(plain: TestApp) {
        let app = private(plain.engine).await;
        let receiver = Receiver::start().await;
        let token = ada(&app).await;
        rapport::segments::run_due(&app.state).await.unwrap();
        let (here, me) = (workspace(&app).await, TeammateId(app.number("select id from teammates").await));
        add(&app, &receiver.url(), &[]).await;
        identify(&app, "grace").await;
        let contact = ContactId(app.number("select id from contacts").await);
        app.call("page", &json!({"userId": "grace"})).await;
        group(&app, "grace", "navy", json!({"name": "Navy", "plan": "pro"})).await;
        app.api("POST", "/tags", json!({"name": "vip", "users": [{"user_id": "grace"}]})).await;
        app.api("POST", "/tags", json!({"name": "key", "companies": [{"company_id": "navy"}]})).await;
        let hex = rapport::contacts::public_id(contact);
        app.api("POST", &format!("/contacts/{hex}/notes"), json!({"body": "Call her"})).await;
        let mut w = Write::begin(&app.state, here, TeammateId(0)).await.unwrap();
        let talk = conversations::receive(&mut w, contact, None, "Hello", "1").await.unwrap();
        w.commit().await.unwrap();
        let mut w = Write::begin(&app.state, here, TeammateId(0)).await.unwrap();
        conversations::receive(&mut w, contact, Some(talk), "Again", "2").await.unwrap();
        w.commit().await.unwrap();
        let reply = json!({"message_type": "comment", "type": "admin", "admin_id": me.to_string(), "body": "Hi"});
        app.api("POST", &format!("/conversations/{talk}/reply"), reply).await;
        let close = json!({"message_type": "close", "type": "admin", "admin_id": me.to_string()});
        app.api("POST", &format!("/conversations/{talk}/parts"), close).await;
        rapport::segments::run_due(&app.state).await.unwrap();
        app.form(Some(&token), "/do/stand", &format!("contact={contact}&action=archive")).await;
        run_due(&app.state).await.unwrap();
        let told = receiver.told();
        let known: BTreeSet<_> = TOPICS.iter().flat_map(|(_, all)| all.iter().map(|(topic, _)| *topic)).collect();
        let topics: Vec<_> = told.iter().map(|t| t["topic"].as_str().unwrap()).collect();
        for told in &told {
            assert!(known.contains(told["topic"].as_str().unwrap()), "{told}");
            assert!(told["data"]["item"]["type"].is_string(), "{told}");
        }
        for topic in [
            "contact.user.created", "contact.user.updated", "contact.session.started", "company.created", "company.contact.attached",
            "contact.user.tag.created", "company.tag.created", "note.created", "conversation.user.created", "conversation.user.replied",
            "conversation.admin.replied", "conversation.admin.closed", "contact.segment.entered", "contact.archived",
        ] {
            assert!(topics.contains(&topic), "{topic} is not among {topics:?}");
        }
        let of = |topic: &str| &told.iter().find(|t| t["topic"] == topic).unwrap()["data"]["item"];
        assert_eq!(of("contact.user.tag.created")["tag"]["name"], json!("vip"));
        assert_eq!(of("contact.user.tag.created")["contact"]["id"], json!(hex));
        assert_eq!(of("company.contact.attached")["company"]["company_id"], json!("navy"));
        assert_eq!(of("conversation.user.created")["id"], json!(talk.to_string()));
        let parts = &of("conversation.user.replied")["conversation_parts"]["conversation_parts"];
        assert!(parts[0]["body"].as_str().unwrap().contains("Again") && parts[1].is_null(), "{parts}");
        assert!(of("note.created")["body"].as_str().unwrap().contains("Call her"));
    }

    async fn every_kind_of_the_log_is_told_under_a_topic_of_the_list(plain: TestApp) {
        let app = private(plain.engine).await;
        let receiver = Receiver::start().await;
        identify(&app, "grace").await;
        group(&app, "grace", "navy", json!({"name": "Navy"})).await;
        app.call("identify", &json!({"anonymousId": "visitor"})).await;
        let user = ContactId(app.number("select id from contacts where role = 'user'").await);
        let lead = ContactId(app.number("select id from contacts where role = 'lead'").await);
        let navy = CompanyId(app.number("select id from companies").await);
        let (nobody, none) = (ContactId(0), CompanyId(0));
        app.api("POST", &format!("/contacts/{}/notes", rapport::contacts::public_id(user)), json!({"body": "Call her"})).await;
        let note = app.number("select id from notes").await;
        let here = workspace(&app).await;
        let mut w = Write::begin(&app.state, here, TeammateId(0)).await.unwrap();
        let talk = conversations::receive(&mut w, user, None, "Hello", "1").await.unwrap();
        conversations::receive(&mut w, user, Some(talk), "Again", "2").await.unwrap();
        w.commit().await.unwrap();
        let parts = [app.number("select min(id) from parts").await, app.number("select max(id) from parts").await];
        let before = app.number("select count(*) from activity").await;
        add(&app, &receiver.url(), &[]).await;
        // One of each kind, of whomever it can be about.
        let now = app.state.clock.now();
        let mut w = Write::begin(&app.state, here, TeammateId(0)).await.unwrap();
        for kind in Kind::all() {
            let of = |contact, company, ref_id, data| Entry { kind, occurred_at: now, contact, company, ref_id, data };
            let named = || json!({"name": "Of something", "to": 1});
            let entries = match (kind, kind.facet()) {
                (Kind::Setting, _) => [Action::ContactDeleted, Action::CompanyDeleted, Action::MessageStarted]
                    .map(|action| Entry::of_workspace(action, now, json!({"contact": 7, "company": 7}))).to_vec(),
                (Kind::CompanyJoined | Kind::CompanyLeft, _) => vec![of(user, navy, 0, named())],
                (_, Facet::Conversation) => parts.map(|part| of(user, none, talk.0, json!({"part": part}))).to_vec(),
                _ if kind.word().starts_with("company_") => vec![of(nobody, navy, 0, named())],
                (Kind::NoteMentioned, _) => vec![of(nobody, none, note, named()), of(nobody, none, talk.0, json!({"to": 1, "part": parts[1]}))],
                (_, Facet::Note) => vec![of(user, none, note, named()), of(nobody, navy, note, named())],
                (_, Facet::Tag | Facet::Segment) => vec![of(user, none, 7, named()), of(lead, none, 7, named()), of(nobody, navy, 7, named())],
                _ => vec![of(user, none, 7, named()), of(lead, none, 7, named())],
            };
            for entry in entries {
                w.log(entry);
            }
        }
        w.commit().await.unwrap();
        let logged = app.number("select count(*) from activity").await - before;
        run_due(&app.state).await.unwrap();
        let told = receiver.told();
        let topics: BTreeSet<_> = told.iter().map(|told| told["topic"].as_str().unwrap()).collect();
        let known: BTreeSet<_> = TOPICS.iter().flat_map(|(_, all)| all.iter().map(|(topic, _)| *topic)).collect();
        assert_eq!(topics, known, "each has a topic that can be chosen, and each that can be chosen is told");
        assert_eq!(told.len() as i64, logged, "nothing of the log is left out");
        assert!(told.iter().all(|told| told["data"]["item"]["type"].is_string()), "{told:?}");
        let named: Vec<_> = told.iter().filter(|told| told["topic"] == "note.mentioned").map(|told| &told["data"]["item"]).collect();
        assert!(named.iter().all(|item| item["type"] == "note_mention" && item["admin_id"] == "1"), "{named:?}");
        assert!(named.iter().any(|item| item["note"]["type"] == "note"), "{named:?}");
        let parts = "/conversation/conversation_parts/conversation_parts/0/body";
        assert!(named.iter().any(|item| item.pointer(parts).is_some_and(|body| body.as_str().unwrap().contains("Again"))), "{named:?}");
        let theirs = "select count(*) from webhook_deliveries d join contacts p on p.id = d.contact_id where d.topic = 'note.mentioned' and p.external_id = 'grace'";
        assert_eq!(app.number(theirs).await, 2, "what is kept of them goes with whom the notes are about");
        let docs = include_str!("../../docs/webhooks.md");
        for topic in known {
            assert!(docs.contains(&format!("`{topic}`")), "the documentation has {topic}");
        }
    }

    async fn what_fails_is_tried_again_for_a_day_and_days_of_failures_pause_it(plain: TestApp) {
        let app = private(plain.engine).await;
        let receiver = Receiver::start().await;
        add(&app, &receiver.url(), &["contact.user.created"]).await;
        receiver.answers(500, "broken\u{7} badly");
        identify(&app, "a").await;
        run_due(&app.state).await.unwrap();
        identify(&app, "b").await;
        run_due(&app.state).await.unwrap();
        let first = receiver.told();
        assert_eq!(first.len(), 1, "the first waits, and the second behind it");
        app.pass(13_000);
        run_due(&app.state).await.unwrap();
        let second = receiver.told();
        let again = second.iter().find(|t| t["id"] == first[0]["id"]).unwrap();
        assert_eq!((second.len(), &again["delivery_attempts"]), (2, &json!(2)));
        assert_eq!(again["first_sent_at"], first[0]["first_sent_at"]);
        assert_eq!(app.number("select count(*) from webhook_deliveries where answer = 'broken  badly'").await, 2);
        // Led elsewhere is no answer, and nobody goes there.
        receiver.answers(302, "");
        app.pass(HOUR);
        run_due(&app.state).await.unwrap();
        assert_eq!(receiver.count(), 2);
        receiver.raw();
        receiver.answers(204, "");
        app.pass(HOUR);
        run_due(&app.state).await.unwrap();
        assert_eq!(BTreeSet::from_iter(receiver.whom()), set(["a", "b"]));
        assert_eq!(app.number("select failing_since from webhooks").await, 0);
        // A day of failures gives up what was told together, and the next is tried.
        receiver.answers(503, "");
        for n in 0..15 {
            identify(&app, &format!("c{n}")).await;
        }
        let mut hours = 0;
        while app.number("select paused_at from webhooks").await == 0 {
            run_due(&app.state).await.unwrap();
            app.pass(HOUR + 13 * MINUTE);
            hours += 1;
            assert!(hours < 100, "it is never paused");
        }
        assert!(hours >= 58, "paused after {hours} tries");
        assert_eq!(app.text("select paused_why from webhooks").await, "failing");
        let failed = states(&app).await.iter().filter(|(_, state, ..)| state == "failed").count();
        assert!([8, 12].contains(&failed), "{:?}", states(&app).await);
        receiver.raw();
        run_due(&app.state).await.unwrap();
        assert_eq!(receiver.count(), 0);
        let token = ada(&app).await;
        let (_, page) = app.get(&token, "/settings/webhooks").await;
        assert!(page.contains("every try failed for three days"), "{page}");
        // It goes on where it was, and what was given up is sent again when somebody wants it.
        receiver.answers(200, "");
        let id = WebhookId(app.number("select id from webhooks").await);
        change!(&app, resume(id, false));
        run_due(&app.state).await.unwrap();
        let names = receiver.whom();
        assert!(names.contains(&"c14".to_owned()));
        assert_eq!(names.len(), 15 - failed);
        let given_up = states(&app).await.into_iter().find(|(_, state, ..)| state == "failed").unwrap();
        change!(&app, again(id, given_up.0));
        run_due(&app.state).await.unwrap();
        let told = receiver.told();
        assert_eq!((told.len(), &told[0]["delivery_attempts"]), (1, &json!(given_up.2 + 1)));
        assert_eq!(told[0]["id"], json!(format!("notif_{id}_{}", given_up.0)));
        // Who answers that it is gone is not told any more.
        receiver.answers(410, "");
        identify(&app, "h").await;
        run_due(&app.state).await.unwrap();
        assert_eq!(app.text("select paused_why from webhooks").await, "gone");
    }

    async fn a_process_that_dies_after_sending_sends_it_once_more_under_the_same_id(plain: TestApp) {
        let app = private(plain.engine).await;
        let receiver = Receiver::start().await;
        add(&app, &receiver.url(), &["contact.user.created"]).await;
        identify(&app, "a").await;
        identify(&app, "b").await;
        receiver.hangs(true);
        let state = app.state.clone();
        let dies = tokio::spawn(async move { run_due(&state).await });
        for _ in 0..400 {
            if receiver.count() > 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        dies.abort();
        let _ = dies.await;
        let ids = |told: Vec<Value>| -> BTreeSet<String> { told.iter().map(|t| t["id"].to_string()).collect() };
        let first = ids(receiver.told());
        assert_eq!(first.len(), 2);
        receiver.hangs(false);
        run_due(&app.state).await.unwrap();
        assert_eq!(receiver.count(), 0, "it is still the other process's");
        app.pass(31_000);
        run_due(&app.state).await.unwrap();
        assert_eq!(receiver.count(), 2);
        assert_eq!(ids(receiver.told()), first);
    }

    async fn several_are_told_at_a_time_each_once_whichever_process_tells_them(plain: TestApp) {
        let app = private(plain.engine).await;
        let receiver = Receiver::start().await;
        receiver.got.lock().unwrap().together = 4;
        add(&app, &receiver.url(), &["contact.user.created", "event.created"]).await;
        for n in 0..30 {
            let id = format!("n{n}");
            identify(&app, &id).await;
            for event in ["Ordered", "Paid"] {
                app.call("track", &json!({"userId": id, "event": event})).await;
            }
        }
        let (one, two) = tokio::join!(run_due(&app.state), run_due(&app.state));
        one.unwrap();
        two.unwrap();
        assert_eq!(receiver.got.lock().unwrap().most, 4, "four at a time, and no more");
        let told = receiver.told();
        let ids: BTreeSet<_> = told.iter().map(|t| t["id"].to_string()).collect();
        assert_eq!((told.len(), ids.len()), (90, 90), "each once");
        for n in 0..30 {
            let id = json!(format!("n{n}"));
            let items = told.iter().map(|t| &t["data"]["item"]);
            let theirs = items.filter(|item| item["external_id"] == id || item["user_id"] == id);
            let order: Vec<_> = theirs.map(|item| item["event_name"].as_str().unwrap_or("new")).collect();
            assert_eq!(order, ["new", "Ordered", "Paid"], "{id} in their order");
        }
        assert_eq!(app.number("select count(*) from webhooks w join workspace_seq s on s.workspace_id = w.workspace_id where w.cursor = s.n").await, 1);
        assert!(states(&app).await.iter().all(|(_, state, attempts, _)| (state.as_str(), *attempts) == ("sent", 1)));
    }

    async fn what_is_refused_alone_is_tried_again_alone(plain: TestApp) {
        let app = private(plain.engine).await;
        let receiver = Receiver::start().await;
        let (id, _) = add(&app, &receiver.url(), &["contact.user.created", "event.created"]).await;
        receiver.refuses(Some("n1 Hopper"));
        for n in 0..6 {
            identify(&app, &format!("n{n}")).await;
        }
        app.call("track", &json!({"userId": "n1", "event": "Ordered"})).await;
        run_due(&app.state).await.unwrap();
        run_due(&app.state).await.unwrap();
        assert_eq!(BTreeSet::from_iter(receiver.whom()), set(["n0", "n1", "n2", "n3"]));
        assert_eq!(app.number("select failing_since from webhooks").await, 0, "three were taken");
        app.pass(13_000);
        run_due(&app.state).await.unwrap();
        assert_eq!(BTreeSet::from_iter(receiver.whom()), set(["n1", "n4", "n5"]), "and what goes on meanwhile is told once");
        // One that was told is sent again while an earlier one waits, and is not told by itself after that.
        let n5 = app.number("select max(seq) from webhook_deliveries where state = 'sent'").await;
        change!(&app, again(id, n5));
        run_due(&app.state).await.unwrap();
        assert_eq!(receiver.whom(), ["n5", "n1"]);
        // What is old is forgotten, but not what stands beyond one that waits.
        app.pass(31 * 24 * HOUR);
        receiver.refuses(None);
        let before = app.number("select count(*) from webhook_deliveries where state = 'sent' and seq > (select cursor from webhooks)").await;
        webhooks::tidy(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from webhook_deliveries where state = 'sent'").await, before);
        run_due(&app.state).await.unwrap();
        assert_eq!(receiver.topics(), ["contact.user.created", "event.created"], "the one that waited, and what they did since");
        // What waited and was left out is given up, so that somebody can send it again.
        receiver.answers(500, "");
        identify(&app, "n9").await;
        run_due(&app.state).await.unwrap();
        receiver.raw();
        receiver.answers(200, "");
        change!(&app, pause(id));
        change!(&app, resume(id, true));
        let left = app.number("select seq from webhook_deliveries where state = 'failed'").await;
        run_due(&app.state).await.unwrap();
        assert_eq!(receiver.count(), 0);
        change!(&app, again(id, left));
        run_due(&app.state).await.unwrap();
        assert_eq!(receiver.whom(), ["n9"]);
    }

    async fn private_addresses_are_refused_and_never_called(app: TestApp) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let token = ada(&app).await;
        for url in [
            "http://example.com/hook", "https://127.0.0.1/hook", "https://localhost/hook", "https://10.1.2.3/hook", "https://[::1]/hook",
            "https://169.254.169.254/latest", "https://user:word@example.com/", "ftp://example.com/", "nonsense", "",
        ] {
            let url: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
            let (status, _) = app.form(Some(&token), "/do/add_webhook", &format!("url={url}")).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{url}");
        }
        let (status, _) = app.form(Some(&token), "/do/add_webhook", "url=https://example.com/&topics[]=nonsense").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        // A name that turns out to be of this machine, and an address that was let in before.
        for url in [format!("https://rebound.localhost:{port}/"), format!("https://127.0.0.1:{port}/"), format!("http://localhost:{port}/")] {
            let (id, _) = add(&app, "https://example.com/hook", &["contact.user.created"]).await;
            let mut c = app.state.db.begin().await.unwrap();
            let sql = "update webhooks set url = $1 where id = $2";
            let done: Result<Changed, _> = run!(c, |x| sqlx::query(sql).bind(&url).bind(id).execute(x));
            done.unwrap();
            c.commit().await.unwrap();
        }
        identify(&app, "a").await;
        run_due(&app.state).await.unwrap();
        assert!(listener.accept().is_err(), "somebody called");
        assert!(states(&app).await.iter().all(|(_, state, _, status)| state == "waiting" && *status == 0));
        assert_eq!(states(&app).await.len(), 3);
    }

    async fn tests_pauses_and_deletions_hold(plain: TestApp) {
        let app = private(plain.engine).await;
        let receiver = Receiver::start().await;
        let (id, _) = add(&app, &receiver.url(), &["contact.user.created"]).await;
        change!(&app, ping(id));
        run_due(&app.state).await.unwrap();
        let told = receiver.told();
        assert_eq!((told.len(), &told[0]["topic"], &told[0]["data"]["item"]["type"]), (1, &json!("ping"), &json!("ping")));
        change!(&app, pause(id));
        identify(&app, "a").await;
        run_due(&app.state).await.unwrap();
        let mut w = Write::begin(&app.state, workspace(&app).await, TeammateId(0)).await.unwrap();
        assert!(matches!(webhooks::ping(&mut w, id).await, Err(rapport::error::Error::Conflict(_))));
        drop(w);
        change!(&app, resume(id, true));
        identify(&app, "b").await;
        run_due(&app.state).await.unwrap();
        assert_eq!(receiver.told().iter().map(|t| t["data"]["item"]["external_id"].clone()).collect::<Vec<_>>(), [json!("b")], "what happened meanwhile is left out");
        change!(&app, delete(id));
        identify(&app, "c").await;
        run_due(&app.state).await.unwrap();
        assert_eq!(receiver.count(), 0);
        change!(&app, restore(id));
        run_due(&app.state).await.unwrap();
        assert_eq!(receiver.topics(), ["contact.user.created"], "taken back it goes on where it was");
        // From the page: the secret once, what was deleted with a way back, and what the audit log says without the address.
        let token = ada(&app).await;
        let (status, _) = app.form(Some(&token), "/do/change_webhook", &format!("webhook={id}&url={}&topics[]=event.created&topics[]=contact.archived", receiver.url().replace('?', "%3F").replace('=', "%3D"))).await;
        assert!(status.is_success() || status.is_redirection(), "{status}");
        assert_eq!(app.text("select topics from webhooks").await, r#"["contact.archived","event.created"]"#);
        let (_, page) = app.get(&token, "/settings/audit").await;
        assert!(page.contains("Changed a webhook") && !page.contains("zyxwvut"));
        let mut w = Write::begin(&app.state, workspace(&app).await, TeammateId(0)).await.unwrap();
        let link = rapport::teammates::invite(&mut w, "agent@example.com", rapport::teammates::Role::Agent).await.unwrap();
        w.commit().await.unwrap();
        rapport::teammates::join(&app.state, &link, "Agent", "correct horse battery").await.unwrap();
        let agent = rapport::teammates::sign_in(&app.state, "agent@example.com", "correct horse battery").await.unwrap();
        let (status, page) = app.get(&agent, "/settings/webhooks").await;
        assert!(status.is_success() && page.contains("Only admins") && !page.contains("zyxwvut"), "{status}");
        let (status, body) = app.get(&agent, "/do/webhooks").await;
        assert!(status == StatusCode::FORBIDDEN && !body.contains("zyxwvut"));
    }

    async fn programs_add_change_and_delete_them(app: TestApp) {
        let (status, made) = app.api("POST", "/webhooks", json!({"url": "https://example.com/hook", "topics": ["event.created"]})).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        let id = made["id"].as_str().unwrap();
        assert!(made["secret"].as_str().unwrap().starts_with("ws_"));
        let (_, list) = app.api("GET", "/webhooks", Value::Null).await;
        assert_eq!((&list["data"][0]["topics"], &list["data"][0]["secret"]), (&json!(["event.created"]), &Value::Null));
        let (status, changed) = app.api("PUT", &format!("/webhooks/{id}"), json!({"topics": [], "paused": true})).await;
        assert_eq!((status, &changed["topics"], &changed["paused"], &changed["url"]), (StatusCode::OK, &json!([]), &json!(true), &made["url"]));
        for (body, field) in [
            (json!({"url": "http://example.com/"}), "url"),
            (json!({"url": "https://example.com/", "topics": "all"}), "topics"),
            (json!({"url": "https://example.com/", "topics": ["nonsense"]}), "topics"),
            (json!({}), "url"),
        ] {
            let (status, refused) = app.api("POST", "/webhooks", body).await;
            assert_eq!((status, &refused["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{refused}");
        }
        assert_eq!(app.api("DELETE", &format!("/webhooks/{id}"), Value::Null).await.0, StatusCode::OK);
        assert_eq!(app.api("GET", &format!("/webhooks/{id}"), Value::Null).await.0, StatusCode::NOT_FOUND);
        for n in 0..20 {
            add(&app, &format!("https://example.com/{n}"), &[]).await;
        }
        let (status, _) = app.api("POST", "/webhooks", json!({"url": "https://example.com/hook"})).await;
        assert_eq!(status, StatusCode::CONFLICT);
    }

    async fn nothing_is_kept_of_whoever_is_deleted_and_programs_are_told_their_number(plain: TestApp) {
        let app = private(plain.engine).await;
        let receiver = Receiver::start().await;
        add(&app, &receiver.url(), &[]).await;
        receiver.answers(200, "I know qqmarkqq now");
        identify(&app, "qqmarkqq").await;
        identify(&app, "other").await;
        run_due(&app.state).await.unwrap();
        let contact = ContactId(app.number("select id from contacts where external_id = 'qqmarkqq'").await);
        let of = "select count(*) from webhook_deliveries where answer like '%qqmarkqq%' and contact_id > 0";
        let before = app.number(of).await;
        assert!(before >= 4, "{before}");
        receiver.answers(500, "");
        app.call("track", &json!({"userId": "qqmarkqq", "event": "Ordered"})).await;
        run_due(&app.state).await.unwrap();
        receiver.raw();
        receiver.answers(200, "");
        let mut w = Write::begin(&app.state, workspace(&app).await, TeammateId(0)).await.unwrap();
        rapport::contacts::erase(&mut w, contact).await.unwrap();
        w.commit().await.unwrap();
        let left = "select count(*) from webhook_deliveries d where d.contact_id > 0 and not exists (select 1 from contacts p where p.id = d.contact_id)";
        assert_eq!(app.number(left).await, 0);
        app.pass(MINUTE);
        run_due(&app.state).await.unwrap();
        let told = receiver.told();
        assert!(told.iter().all(|t| !t.to_string().contains("qqmarkqq")), "{told:?}");
        let gone = told.iter().find(|t| t["topic"] == "contact.deleted").unwrap();
        assert_eq!(gone["data"]["item"]["id"], json!(rapport::contacts::public_id(contact)));
    }
}
