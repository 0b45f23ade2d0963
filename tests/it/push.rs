//! Telling browsers while no page is open: a push service of our own reads what it gets, and says no when it is told to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use rapport::alerts::Setup;
use rapport::alerts::push::tell_due;
use rapport::conversations;
use rapport::id::{ContactId, ConversationId, TeammateId};
use rapport::server::clock::Clock;
use rapport::server::db::{Db, Write};
use rapport::server::state::AppState;
use rapport::teammates::{Viewer, sign_in, sign_out, viewer_of};
use serde_json::{Value, json};
use web_push_native::p256::SecretKey;
use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint as _;
use web_push_native::{Auth, decrypt};

use crate::on_both;
use crate::support::{Engine, NOON, TestApp};

const PASSWORD: &str = "correct horse battery";
const AUTH: [u8; 16] = *b"sixteen letters.";
const HOUR: i64 = 3_600_000;

/// What came, and what the next is answered with.
#[derive(Default)]
struct Got {
    requests: Vec<(String, HeaderMap, Vec<u8>)>,
    answer: Option<(StatusCode, Option<&'static str>)>,
}

/// A push service, and a browser that it serves.
#[derive(Clone)]
struct Service {
    at: SocketAddr,
    got: Arc<Mutex<Got>>,
    browser: SecretKey,
}

impl Service {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let got: Arc<Mutex<Got>> = Arc::default();
        let routes = Router::new().fallback(take).with_state(got.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { at, got, browser: SecretKey::from_slice(&[7; 32]).unwrap() }
    }

    /// What the browser says of itself.
    fn subscription(&self, name: &str) -> Value {
        let key = self.browser.public_key().to_encoded_point(false);
        json!({"endpoint": format!("http://{}/{name}", self.at), "expirationTime": null,
            "keys": {"p256dh": URL_SAFE_NO_PAD.encode(key), "auth": URL_SAFE_NO_PAD.encode(AUTH)}})
    }

    fn answer(&self, status: StatusCode, retry_after: Option<&'static str>) {
        self.got.lock().unwrap().answer = Some((status, retry_after));
    }

    fn well(&self) {
        self.got.lock().unwrap().answer = None;
    }

    fn requests(&self) -> Vec<(String, HeaderMap, Vec<u8>)> {
        std::mem::take(&mut self.got.lock().unwrap().requests)
    }

    /// What the browser can read of what came.
    fn texts(&self) -> Vec<String> {
        let read = |(_, _, body): (String, HeaderMap, Vec<u8>)| {
            let plain = decrypt(body, &self.browser, Auth::from_slice(&AUTH)).unwrap();
            let message: Value = serde_json::from_slice(&plain).unwrap();
            message["text"].as_str().unwrap().to_owned()
        };
        self.requests().into_iter().map(read).collect()
    }
}

async fn take(
    State(got): State<Arc<Mutex<Got>>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, HeaderMap) {
    let mut got = got.lock().unwrap();
    got.requests.push((uri.path().to_owned(), headers, body.to_vec()));
    let (status, after) = got.answer.unwrap_or((StatusCode::CREATED, None));
    let mut more = HeaderMap::new();
    more.extend(after.map(|after| (axum::http::header::RETRY_AFTER, after.parse().unwrap())));
    (status, more)
}

/// Ada with her session, and Ida who writes to the team.
struct Scene {
    service: Service,
    ada: String,
    me: Viewer,
    ida: ContactId,
}

async fn scene(app: &TestApp) -> Scene {
    let ada = sign_in(&app.state, "ada@example.com", PASSWORD).await.unwrap();
    let me = viewer_of(&app.state, &ada).await.unwrap().unwrap();
    app.call("identify", &json!({"userId": "ida", "traits": {"name": "Ida Rhodes"}})).await;
    let ida = ContactId(app.number("select id from contacts").await);
    Scene { service: Service::start().await, ada, me, ida }
}

/// A server that may call push services of this machine.
async fn private(engine: Engine) -> TestApp {
    TestApp::with(engine, tempfile::tempdir().unwrap(), |state| {
        state.push.private = true;
        state.public_url = "https://inbox.example.com".into();
    })
    .await
}

async fn add(app: &TestApp, token: &str, subscription: &Value) -> (StatusCode, String) {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("subscription", &subscription.to_string())
        .finish();
    app.form(Some(token), "/do/add_device", &form).await
}

async fn added(app: &TestApp, scene: &Scene) {
    let (status, body) = add(app, &scene.ada, &scene.service.subscription("ada")).await;
    assert!(status.is_success(), "{status} {body}");
}

/// Ida writes; the conversation.
async fn writes(
    app: &TestApp,
    scene: &Scene,
    into: Option<ConversationId>,
    body: &str,
) -> ConversationId {
    let mut w = Write::begin(&app.state, scene.me.workspace, TeammateId(0)).await.unwrap();
    let id = conversations::receive(&mut w, scene.ida, into, body, body).await.unwrap();
    w.commit().await.unwrap();
    id
}

async fn setup(app: &TestApp, token: &str) -> Setup {
    let (status, body) = app.get(token, "/do/alerts").await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

async fn choose(app: &TestApp, token: &str, form: &str) {
    let (status, body) = app.form(Some(token), "/do/set_alerts", form).await;
    assert!(status.is_success() || status.is_redirection(), "{status} {body}");
}

async fn told(app: &TestApp) -> usize {
    tell_due(&app.state).await.unwrap()
}

async fn one_browser_is_told(engine: Engine) {
    let app = private(engine).await;
    let scene = scene(&app).await;
    let before = writes(&app, &scene, None, "Before").await;
    added(&app, &scene).await;
    assert_eq!(told(&app).await, 0, "what was before it is not news");
    let id = writes(&app, &scene, Some(before), "My printer *burns*\nall day").await;
    // Another process looks at the same moment.
    let mut other =
        AppState::new(Db::open(&app.url).await.unwrap(), Clock::Fixed(NOON.0.into()), false);
    other.push.private = true;
    let both = futures::future::join(tell_due(&app.state), tell_due(&other)).await;
    assert_eq!(both.0.unwrap() + both.1.unwrap(), 1, "one of them tells");
    assert_eq!(told(&app).await, 0, "once");

    let requests = scene.service.requests();
    let [(path, headers, body)] = requests.as_slice() else { panic!("{}", requests.len()) };
    assert_eq!(path, "/ada");
    let header = |name: &str| headers[name].to_str().unwrap();
    assert_eq!(
        (header("content-encoding"), header("ttl"), header("urgency")),
        ("aes128gcm", "86400", "high")
    );
    assert_eq!(header("topic"), format!("conversation-{id}"));
    let plain = decrypt(body.clone(), &scene.service.browser, Auth::from_slice(&AUTH)).unwrap();
    let message: Value = serde_json::from_slice(&plain).unwrap();
    assert_eq!(
        (&message["title"], &message["text"]),
        (&json!("Ida Rhodes"), &json!("My printer burns all day"))
    );
    assert_eq!(
        (&message["address"], &message["sound"]),
        (&json!(format!("/inbox/{id}")), &json!(true))
    );
    let stranger = SecretKey::from_slice(&[8; 32]).unwrap();
    assert!(
        decrypt(body.clone(), &stranger, Auth::from_slice(&AUTH)).is_err(),
        "only the browser reads it"
    );
    assert!(!String::from_utf8_lossy(body).contains("printer"));

    let setup = setup(&app, &scene.ada).await;
    let (token, key) =
        header("authorization").strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    assert_eq!(key, setup.push_key, "the key that browsers are asked to be told by");
    let point = URL_SAFE_NO_PAD.decode(key).unwrap();
    let half = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let public =
        DecodingKey::from_ec_components(&half(&point[1..33]), &half(&point[33..])).unwrap();
    let mut rules = Validation::new(Algorithm::ES256);
    rules.validate_exp = false;
    rules.set_audience(&[format!("http://{}", scene.service.at)]);
    let claims = decode::<Value>(token, &public, &rules).unwrap().claims;
    let seconds = NOON.0 / 1000;
    let ends = claims["exp"].as_i64().unwrap();
    assert!(ends > seconds && ends <= seconds + 24 * 3600, "{ends}");
    if claims["sub"] != json!("https://inbox.example.com") {
        assert_eq!(claims["sub"], json!(other.public_url), "the other process was quicker");
    }

    let [device] = setup.devices.as_slice() else { panic!("{:?}", setup.devices) };
    assert!(device.here && device.told.is_some(), "{device:?}");
    let again = AppState::new(Db::open(&app.url).await.unwrap(), Clock::System, false);
    assert_eq!(
        rapport::alerts::push::public_key(&again).await.unwrap(),
        setup.push_key,
        "one key for ever"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_browser_is_told_sqlite() {
    one_browser_is_told(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_browser_is_told_postgres() {
    one_browser_is_told(Engine::Postgres).await;
}

async fn quiet_and_read_and_chosen(engine: Engine) {
    let app = private(engine).await;
    let scene = scene(&app).await;
    added(&app, &scene).await;
    // It is Sunday noon in UTC, the workspace's zone.
    choose(&app, &scene.ada, "about=inbox&browser=on&quiet=on&from=12:00&to=13:00&days[0]=6").await;
    writes(&app, &scene, None, "In quiet hours").await;
    assert_eq!(told(&app).await, 0);
    app.pass(HOUR);
    assert_eq!(told(&app).await, 0, "nor afterwards");
    let id = writes(&app, &scene, None, "After them").await;
    assert_eq!(told(&app).await, 1);
    assert_eq!(scene.service.texts(), ["After them"]);
    let read = writes(&app, &scene, None, "Read at once").await;
    app.form(Some(&scene.ada), "/do/mark_read", &format!("conversation={read}")).await;
    assert_eq!(told(&app).await, 0);
    choose(&app, &scene.ada, "about=inbox&sound=on&from=19:00&to=08:00").await;
    writes(&app, &scene, Some(id), "No notifications").await;
    assert_eq!(told(&app).await, 0);
    choose(&app, &scene.ada, "about=mine&browser=on&from=19:00&to=08:00").await;
    writes(&app, &scene, Some(id), "Not mine").await;
    assert_eq!((told(&app).await, scene.service.texts()), (0, vec![]));
    choose(&app, &scene.ada, "about=inbox&browser=on&from=19:00&to=08:00").await;
    assert_eq!(told(&app).await, 0, "what was passed over is not told later");
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_and_read_and_chosen_sqlite() {
    quiet_and_read_and_chosen(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_and_read_and_chosen_postgres() {
    quiet_and_read_and_chosen(Engine::Postgres).await;
}

async fn failures(engine: Engine) {
    let app = private(engine).await;
    let scene = scene(&app).await;
    let devices = async || app.number("select count(*) from push_devices").await;
    for gone in [StatusCode::NOT_FOUND, StatusCode::GONE] {
        added(&app, &scene).await;
        writes(&app, &scene, None, gone.as_str()).await;
        scene.service.answer(gone, None);
        assert_eq!((told(&app).await, devices().await), (0, 0), "{gone}: the browser is forgotten");
        scene.service.well();
    }
    scene.service.requests();
    added(&app, &scene).await;
    scene.service.answer(StatusCode::SERVICE_UNAVAILABLE, None);
    let id = writes(&app, &scene, None, "First").await;
    assert_eq!((told(&app).await, scene.service.texts().len()), (0, 1));
    assert_eq!((told(&app).await, scene.service.texts().len()), (0, 0), "not again at once");
    app.pass(29_999);
    assert_eq!((told(&app).await, scene.service.texts().len()), (0, 0));
    app.pass(1);
    scene.service.answer(StatusCode::TOO_MANY_REQUESTS, Some("600"));
    assert_eq!((told(&app).await, scene.service.texts().len()), (0, 1));
    app.pass(599_999);
    assert_eq!(
        (told(&app).await, scene.service.texts().len()),
        (0, 0),
        "as long as it was asked to wait"
    );
    app.pass(1);
    scene.service.well();
    writes(&app, &scene, Some(id), "Second").await;
    assert_eq!(
        (told(&app).await, scene.service.texts()),
        (1, vec!["First".to_owned(), "Second".to_owned()])
    );

    // What cannot be reached is tried for about a day, then forgotten.
    scene.service.answer(StatusCode::INTERNAL_SERVER_ERROR, None);
    writes(&app, &scene, Some(id), "Third").await;
    let mut hours = 0;
    while devices().await == 1 {
        told(&app).await;
        app.pass(HOUR / 2);
        hours += 1;
        assert!(hours < 120, "it is tried for ever");
    }
    assert!(hours > 20, "{hours} half hours are too few");
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_sqlite() {
    failures(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_postgres() {
    failures(Engine::Postgres).await;
}

async fn sessions_and_owners(engine: Engine) {
    let app = private(engine).await;
    let scene = scene(&app).await;
    added(&app, &scene).await;
    let phone = sign_in(&app.state, "ada@example.com", PASSWORD).await.unwrap();
    add(&app, &phone, &scene.service.subscription("phone")).await;
    let names = async |token: &str| {
        let devices = setup(&app, token).await.devices;
        devices.iter().map(|d| d.here).collect::<Vec<_>>()
    };
    assert_eq!(names(&scene.ada).await, [true, false], "this browser first");
    writes(&app, &scene, None, "Hello").await;
    assert_eq!((told(&app).await, scene.service.requests().len()), (2, 2), "each of her browsers");
    sign_out(&app.state, &phone).await.unwrap();
    assert_eq!(names(&scene.ada).await, [true]);
    writes(&app, &scene, None, "Again").await;
    assert_eq!(told(&app).await, 1, "who signed out there is not told there");
    // The browser is another teammate's now.
    let mut w = Write::begin(&app.state, scene.me.workspace, scene.me.id).await.unwrap();
    let link =
        rapport::teammates::invite(&mut w, "grace@example.com", rapport::teammates::Role::Agent)
            .await
            .unwrap();
    w.commit().await.unwrap();
    rapport::teammates::join(&app.state, &link, "Grace Hopper", PASSWORD).await.unwrap();
    let grace = sign_in(&app.state, "grace@example.com", PASSWORD).await.unwrap();
    let again = sign_in(&app.state, "ada@example.com", PASSWORD).await.unwrap();
    let phone = scene.service.subscription("phone");
    let renew = async |token: &str, subscription: &Value, before: &Value| {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("subscription", &subscription.to_string())
            .append_pair("before", before.as_str().unwrap())
            .finish();
        app.form(Some(token), "/do/renew_device", &form).await.0
    };
    assert_eq!(
        renew(&grace, &phone, &phone["endpoint"]).await,
        StatusCode::NOT_FOUND,
        "it was Ada who let it"
    );
    assert_eq!(
        renew(&again, &phone, &phone["endpoint"]).await,
        StatusCode::OK,
        "she signed in there again"
    );
    assert_eq!(names(&again).await, [true, false]);
    assert_eq!(told(&app).await, 0, "what came meanwhile is not told late");
    let moved = scene.service.subscription("moved");
    assert_eq!(renew(&again, &moved, &phone["endpoint"]).await, StatusCode::OK, "another address");
    assert_eq!(
        renew(&again, &scene.service.subscription("ada"), &moved["endpoint"]).await,
        StatusCode::NOT_FOUND,
        "the address of another"
    );
    scene.service.requests();
    writes(&app, &scene, None, "Once more").await;
    assert_eq!(told(&app).await, 2);
    let mut paths: Vec<_> = scene.service.requests().into_iter().map(|(path, ..)| path).collect();
    paths.sort();
    assert_eq!(paths, ["/ada", "/moved"]);
    let id = setup(&app, &again).await.devices[0].id;
    app.form(Some(&scene.ada), "/do/remove_device", &format!("id={id}")).await;
    assert_eq!(
        renew(&again, &moved, &moved["endpoint"]).await,
        StatusCode::NOT_FOUND,
        "what was forgotten stays so"
    );
    let id = setup(&app, &scene.ada).await.devices[0].id;
    let (status, _) = app.form(Some(&grace), "/do/remove_device", &format!("id={id}")).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "it is Ada's");
    add(&app, &grace, &scene.service.subscription("ada")).await;
    assert_eq!((names(&scene.ada).await, names(&grace).await), (vec![], vec![true]));
    let id = setup(&app, &grace).await.devices[0].id;
    let (status, _) = app.form(Some(&grace), "/do/remove_device", &format!("id={id}")).await;
    assert!(status.is_success() || status.is_redirection(), "{status}");
    assert!(names(&grace).await.is_empty());
    for n in 0..25 {
        let session = sign_in(&app.state, "ada@example.com", PASSWORD).await;
        // More than ten at once are not let in; a minute brings six more.
        app.pass(60_000);
        if let Ok(session) = session {
            add(&app, &session, &scene.service.subscription(&format!("n{n}"))).await;
        }
    }
    assert!(setup(&app, &scene.ada).await.devices.len() <= 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_and_owners_sqlite() {
    sessions_and_owners(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_and_owners_postgres() {
    sessions_and_owners(Engine::Postgres).await;
}

on_both! {
    async fn what_no_browser_says_is_refused_and_so_are_private_addresses(app: TestApp) {
        let scene = scene(&app).await;
        let good = scene.service.subscription("ada");
        let with = |endpoint: &str| {
            let mut other = good.clone();
            other["endpoint"] = json!(endpoint);
            other
        };
        for (subscription, said) in [
            (json!({}), "did not say"),
            (json!("x"), "did not say"),
            (good.clone(), "https in public"),
            (with("https://127.0.0.1/x"), "https in public"),
            (with("https://[::1]/x"), "https in public"),
            (with("https://10.0.0.1/x"), "https in public"),
            (with("https://169.254.169.254/latest"), "https in public"),
            (with("https://localhost/x"), "https in public"),
            (with("not an address"), "no address"),
            (with(&format!("https://push.example/{}", "x".repeat(1_000))), "no address"),
            (json!({"endpoint": "https://push.example/x", "keys": {"p256dh": "AAAA", "auth": "AAAA"}}), "keys"),
            (json!({"endpoint": "https://push.example/x", "keys": {"p256dh": good["keys"]["p256dh"], "auth": "AAAA"}}), "keys"),
        ] {
            let (status, body) = add(&app, &scene.ada, &subscription).await;
            assert!(status == StatusCode::BAD_REQUEST && body.contains(said), "{subscription}: {status} {body}");
        }
        assert_eq!(app.number("select count(*) from push_devices").await, 0);
        // What was taken while it was allowed is not called any more when it is not.
        let mut w = Write::begin(&app.state, scene.me.workspace, scene.me.id).await.unwrap();
        let elsewhere = with("https://push.example/x").to_string();
        rapport::alerts::push::add(&mut w, &scene.ada, "", &elsewhere).await.unwrap();
        w.commit().await.unwrap();
        let mut w = Write::begin(&app.state, scene.me.workspace, scene.me.id).await.unwrap();
        let moved = format!("update push_devices set endpoint = 'http://{}/x'", scene.service.at);
        let done: Result<rapport::server::db::Changed, _> =
            rapport::run!(w.conn, |c| sqlx::query(sqlx::AssertSqlSafe(moved.as_str())).execute(c));
        done.unwrap();
        w.commit().await.unwrap();
        writes(&app, &scene, None, "Hello").await;
        assert_eq!((told(&app).await, scene.service.requests().len()), (0, 0));
        assert_eq!(app.number("select count(*) from push_devices").await, 0, "it is forgotten");
    }

    async fn the_script_of_browsers_is_at_the_top(app: TestApp) {
        let request = axum::http::Request::get("/sw.js").body(axum::body::Body::empty()).unwrap();
        let (status, _) = app.send(request).await;
        // A server that was built without pages has no files.
        assert!(status == StatusCode::OK || status == StatusCode::NOT_FOUND, "{status}");
    }
}
