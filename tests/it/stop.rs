//! Stopping: what runs comes to its end, pages are told, and nobody can hold the process for ever.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use rapport::server::clock::Clock;
use rapport::server::db::Db;
use rapport::server::http;
use rapport::server::state::AppState;
use rapport::teammates::sign_in;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::on_both;
use crate::support::{Engine, TestApp};

/// A server with a socket, what stops it, and its end.
pub async fn served(
    app: &TestApp,
    patience: Duration,
) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (stop, told) = oneshot::channel();
    let state = Arc::clone(&app.state);
    let end = tokio::spawn(async move {
        let told = async move { told.await.unwrap() };
        http::serve(state, listener, told, patience).await.unwrap();
    });
    (addr, stop, end)
}

/// Begins to send a call and keeps back its last bytes.
async fn half_a_call(app: &TestApp, addr: SocketAddr) -> (TcpStream, &'static str) {
    let body =
        format!(r#"{{"writeKey":"{}","userId":"slow","event":"Arrived"}}"#, app.keys.write_key);
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let head = format!(
        "POST /v1/track HTTP/1.1\r\nhost: rapport\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{}",
        body.len(),
        &body[..body.len() - 2]
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    (stream, "\"}")
}

on_both! {
    async fn a_running_request_finishes_and_open_pages_are_told(app: TestApp) {
        let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let (addr, stop, end) = served(&app, Duration::from_secs(20)).await;
        let mut request = format!("ws://{addr}/live").into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("origin", format!("http://{addr}").parse().unwrap());
        headers.insert("cookie", format!("rapport_session={token}").parse().unwrap());
        let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        let (mut call, rest) = half_a_call(&app, addr).await;

        stop.send(()).unwrap();
        let closed = loop {
            match socket.next().await.unwrap().unwrap() {
                Message::Close(frame) => break frame.unwrap(),
                _ => continue,
            }
        };
        assert_eq!(u16::from(closed.code), 1001);
        assert!(!end.is_finished(), "the server left a request behind");
        call.write_all(rest.as_bytes()).await.unwrap();
        let mut answer = String::new();
        call.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        tokio::time::timeout(Duration::from_secs(5), end).await.unwrap().unwrap();
        assert_eq!(app.state.stopping.receiver_count(), 0, "it did not wait for sockets and jobs");
        assert_eq!(app.number("select count(*) from contacts where external_id = 'slow'").await, 1);
        assert!(TcpStream::connect(addr).await.is_err(), "it still listens");
    }

    async fn a_slow_client_does_not_hold_the_process(app: TestApp) {
        let (addr, stop, end) = served(&app, Duration::from_millis(700)).await;
        let (_call, _) = half_a_call(&app, addr).await;
        let began = Instant::now();
        stop.send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(5), end).await.unwrap().unwrap();
        assert!(began.elapsed() >= Duration::from_millis(700), "it did not wait");
    }
}

/// The word may come while one of them is at work, before it listens again.
#[tokio::test]
async fn what_was_not_listening_when_the_word_came_stops_all_the_same() {
    let app = TestApp::new(Engine::Sqlite).await;
    app.state.stopping.send_replace(true);
    let state = || Arc::downgrade(&app.state);
    let all = futures::future::join3(
        rapport::conversations::watch(state()),
        rapport::notes::mail::watch(state()),
        rapport::alerts::push::watch(state()),
    );
    tokio::time::timeout(Duration::from_secs(4), all).await.unwrap();
}

/// Asks for a page as a browser does, and answers the head.
async fn get(addr: &str, path: &str, more: &str) -> String {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\n{more}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_says_goodbye_and_logs_nothing_personal() {
    let app = TestApp::new(Engine::Sqlite).await;
    // The program's clock is the machine's.
    let state = AppState::new(Db::open(&app.url).await.unwrap(), Clock::System, false);
    let token = sign_in(&state, "ada@example.com", "correct horse battery").await.unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let addr = free.to_string();
    let mut program = Command::new(env!("CARGO_BIN_EXE_rapport"))
        .args([
            "serve",
            "--addr",
            &addr,
            "--database-url",
            &app.url,
            "--log",
            "info",
            "--log-format",
            "json",
        ])
        .arg("--data-dir")
        .arg(app.folder.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut tries = 0;
    while TcpStream::connect(&addr).await.is_err() {
        tries += 1;
        assert!(tries < 200, "the program did not start");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let cookie = format!("cookie: rapport_session={token}\r\n");
    let found = get(&addr, "/people?find=grace%40example.com", &cookie).await;
    assert!(found.starts_with("HTTP/1.1 200"), "{found}");
    let unknown =
        get(&addr, "/contacts/424242", &format!("{cookie}x-request-id: from-the-proxy\r\n")).await;
    assert!(
        unknown.starts_with("HTTP/1.1 404") && unknown.contains("x-request-id: from-the-proxy"),
        "{unknown}"
    );
    let made_up = get(&addr, "/grace@example.com", "x-request-id: grace@example.com\r\n").await;
    assert!(!made_up.contains("x-request-id: grace"), "{made_up}");
    get(&addr, "/join/a-secret-token", "").await;
    get(&addr, "/do/audit?who=&action=", &cookie).await;

    let mut request = format!("ws://{addr}/live").into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("origin", format!("http://{addr}").parse().unwrap());
    headers.insert("cookie", format!("rapport_session={token}").parse().unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let told = Command::new("kill").args(["-TERM", &program.id().to_string()]).status().unwrap();
    assert!(told.success());
    let closed = loop {
        match socket.next().await.unwrap().unwrap() {
            Message::Close(frame) => break frame.unwrap(),
            _ => continue,
        }
    };
    assert_eq!(u16::from(closed.code), 1001);
    let mut log = String::new();
    std::io::Read::read_to_string(&mut program.stderr.take().unwrap(), &mut log).unwrap();
    assert!(program.wait().unwrap().success(), "{log}");

    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let seen = |route: &str, status: u16| {
        let of = |line: &&Value| line["route"] == route && line["status"] == status;
        let line = lines.iter().find(of).unwrap_or_else(|| panic!("{route} {status}: {log}"));
        assert!(
            line["method"] == "GET" && line["ms"].is_u64() && line["level"] == "INFO",
            "{line}"
        );
        line["span"]["id"].as_str().unwrap().to_owned()
    };
    seen("/people", 200);
    assert_eq!(seen("/contacts/{id}", 404), "from-the-proxy");
    assert_ne!(seen("other", 303), "");
    seen("/join/{token}", 404);
    seen("/do/audit", 200);
    for secret in ["grace", "424242", "a-secret-token", "ada@", &token, "127.0.0.1:3000"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}
