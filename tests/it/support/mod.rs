//! A server of its own for each test, on either engine, with a clock that stands still.

mod database;
pub mod smtp;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine as _;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use rapport::server::clock::Clock;
use rapport::server::db::Db;
use rapport::server::geo::Geo;
use rapport::server::http::router;
use rapport::server::state::AppState;
use rapport::time::Time;
use rapport::workspace::{Created, New, create};
use serde_json::Value;
use tower::ServiceExt as _;

pub use database::Database;

/// 2026-03-01T12:00:00Z: what the clock of every test says at first.
pub const NOON: Time = Time(1_772_366_400_000);

/// Which database a test runs on.
#[derive(Debug, Clone, Copy)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A server without a socket, its database, and one workspace.
pub struct TestApp {
    pub state: Arc<AppState>,
    pub keys: Created,
    pub engine: Engine,
    pub folder: tempfile::TempDir,
    pub url: Database,
    /// Built when the first request comes: hundreds of routes take longer than most requests do.
    routes: OnceLock<Router>,
}

/// Declares one test twice: on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! on_both {
    ($(async fn $name:ident($app:ident: $ty:ty) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            async fn body($app: $ty) $body
            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                body($crate::support::TestApp::new($crate::support::Engine::Sqlite).await).await;
            }
            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                body($crate::support::TestApp::new($crate::support::Engine::Postgres).await).await;
            }
        }
    )*};
}

/// Tries a property with made-up cases, the same ones every time: as many as PROPTEST_CASES asks for, or else `usual`.
pub fn properties<S: Strategy>(
    usual: u32,
    strategy: &S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok());
    let config = Config {
        cases: asked.unwrap_or(usual),
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner.run(strategy, test).unwrap();
}

/// A workspace to create whose admin has this address.
pub fn new_workspace(email: &str) -> New {
    New {
        workspace: "Analytical Engines".into(),
        name: "Ada Lovelace".into(),
        email: email.into(),
        password: "correct horse battery".into(),
    }
}

impl TestApp {
    /// A fresh database with one workspace, at noon.
    pub async fn new(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::with(engine, folder, |_| {}).await
    }

    /// The same, with a state that is changed before it begins.
    pub async fn with(
        engine: Engine,
        folder: tempfile::TempDir,
        change: impl FnOnce(&mut AppState),
    ) -> Self {
        let (url, keys) = Database::founded(engine, folder.path()).await;
        let db = Db::open(&url).await.unwrap();
        let mut state = AppState::new(db, Clock::Fixed(AtomicI64::new(NOON.0)), false);
        state.data_dir = folder.path().to_owned();
        state.geo = Geo::open(["tests/data/places.mmdb"]).unwrap();
        change(&mut state);
        let state = Arc::new(state);
        Self::of(state, keys, engine, folder, url)
    }

    /// A server of this state.
    pub const fn of(
        state: Arc<AppState>,
        keys: Created,
        engine: Engine,
        folder: tempfile::TempDir,
        url: Database,
    ) -> Self {
        Self { state, keys, engine, folder, url, routes: OnceLock::new() }
    }

    /// Every route, as the server has them.
    pub fn routes(&self) -> Router {
        self.routes.get_or_init(|| router(self.state.clone())).clone()
    }

    /// Sends a request and answers its status and body.
    pub async fn send(&self, request: Request<Body>) -> (StatusCode, Vec<u8>) {
        let response = self.routes().oneshot(request).await.unwrap();
        let status = response.status();
        (status, axum::body::to_bytes(response.into_body(), 10_000_000).await.unwrap().to_vec())
    }

    /// Posts a tracking call with this workspace's key.
    pub async fn call(&self, kind: &str, body: &Value) -> (StatusCode, Value) {
        self.call_with(&self.keys.write_key, kind, body.to_string().into_bytes()).await
    }

    /// Posts raw bytes as a tracking call with a given key.
    pub async fn call_with(&self, key: &str, kind: &str, body: Vec<u8>) -> (StatusCode, Value) {
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{key}:"));
        let request = Request::post(format!("/v1/{kind}"))
            .header(header::AUTHORIZATION, format!("Basic {basic}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .unwrap();
        let (status, bytes) = self.send(request).await;
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Calls the REST API with this workspace's token.
    pub async fn api(&self, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
        self.api_with(&self.keys.api_token, method, path, body).await
    }

    /// Calls the REST API with a given token; null is no body.
    pub async fn api_with(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request = Request::builder()
            .method(method)
            .uri(format!("/api{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .unwrap();
        let (status, bytes) = self.send(request).await;
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Makes another workspace and answers its REST token.
    pub async fn outsider(&self) -> String {
        create(&self.state.db, new_workspace("eve@example.com"), NOON).await.unwrap().api_token
    }

    /// Lets time pass, in milliseconds.
    pub fn pass(&self, millis: i64) {
        if let Clock::Fixed(at) = &self.state.clock {
            at.fetch_add(millis, Ordering::Relaxed);
        }
    }

    /// Reads as a signed-in teammate.
    pub async fn get(&self, token: &str, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).header(header::COOKIE, format!("rapport_session={token}"));
        let (status, body) = self.send(request.body(Body::empty()).unwrap()).await;
        (status, String::from_utf8(body).unwrap())
    }

    /// Sends a form as a page's script does, signed in or not.
    pub async fn form(&self, token: Option<&str>, path: &str, form: &str) -> (StatusCode, String) {
        let mut request = Request::post(path)
            .header(header::HOST, "rapport.example")
            .header(header::ORIGIN, "https://rapport.example")
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(token) = token {
            request = request.header(header::COOKIE, format!("rapport_session={token}"));
        }
        let (status, body) = self.send(request.body(Body::from(form.to_owned())).unwrap()).await;
        (status, String::from_utf8(body).unwrap())
    }

    /// Begins a conversation by the form of a profile, whose fields are given as in an address; answers the status and
    /// where it leads: to the conversation, or back to the profile where it is refused.
    pub async fn begin(&self, token: Option<&str>, fields: &str) -> (StatusCode, String) {
        let part = |(name, text): (_, _)| {
            format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
        };
        let parts: String = url::form_urlencoded::parse(fields.as_bytes()).map(part).collect();
        let mut request = Request::post("/inbox/start")
            .header(header::HOST, "rapport.example")
            .header(header::ORIGIN, "https://rapport.example")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        if let Some(token) = token {
            request = request.header(header::COOKIE, format!("rapport_session={token}"));
        }
        let request = request.body(Body::from(parts + "--x--\r\n")).unwrap();
        let response = self.routes().oneshot(request).await.unwrap();
        let leads = response.headers().get(header::LOCATION);
        (response.status(), leads.map_or(String::new(), |at| at.to_str().unwrap().to_owned()))
    }

    /// One number from the database, by a statement without parameters.
    pub async fn number(&self, sql: &'static str) -> i64 {
        let mut c = self.state.db.read().await.unwrap();
        let found: Result<(i64,), _> =
            rapport::run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).fetch_one(x));
        found.unwrap().0
    }

    /// One text from the database, by a statement without parameters.
    pub async fn text(&self, sql: &'static str) -> String {
        let mut c = self.state.db.read().await.unwrap();
        let found: Result<(String,), _> =
            rapport::run!(c, |x| sqlx::query_as::<_, (String,)>(sql).fetch_one(x));
        found.unwrap().0
    }
}
