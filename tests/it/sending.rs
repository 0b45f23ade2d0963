//! Nothing said is lost and nothing is said twice: over connections that break, and in a server that is killed.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use rapport::conversations::{Parts, Thread};
use rapport::server::clock::Clock;
use rapport::server::http::router;
use rapport::teammates::sign_in;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::on_both;
use crate::support::{Engine, TestApp};

/// Numbers that are the same in every run (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

/// How far a request comes.
#[derive(Clone, Copy)]
enum Cut {
    /// To the end.
    Never,
    /// Only so much of it leaves.
    Asking(usize),
    /// All of it leaves; so long the sender waits for an answer, in microseconds.
    Answering(u64),
}

/// Sends a form over a connection of its own; the status, if an answer came.
async fn post(address: &str, token: &str, path: &str, form: &str, cut: Cut) -> Option<u16> {
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\naccept: application/json\r\nconnection: close\r\n\
         cookie: rapport_session={token}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len(),
    );
    let mut stream = TcpStream::connect(address).await.ok()?;
    if let Cut::Asking(bytes) = cut {
        let part = &request.as_bytes()[..bytes.min(request.len() - 1)];
        stream.write_all(part).await.ok()?;
        return None;
    }
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    match cut {
        Cut::Answering(micros) => {
            tokio::time::timeout(Duration::from_micros(micros), reading).await.ok()?.ok()?
        }
        _ => reading.await.ok()?,
    };
    let line = String::from_utf8_lossy(&answer);
    line.split(' ').nth(1)?.parse().ok()
}

/// Says `count` things one after the other as a page does: each until it is acknowledged, always under its own id.
async fn speak(address: String, token: String, id: i64, who: usize, count: usize) {
    let mut dice = Dice(who as u64 + 1);
    for n in 0..count {
        let form = format!("conversation={id}&kind=message&body={who}.{n}.&client_id=s{who}-{n}");
        loop {
            let cut = match dice.below(4) {
                0 => Cut::Asking(dice.below(600) as usize),
                1 => Cut::Answering(dice.below(8_000)),
                _ => Cut::Never,
            };
            if post(&address, &token, "/do/say", &form, cut).await == Some(200) {
                break;
            }
        }
    }
}

/// What a page shows that follows the conversation: it asks again and again for what it has not seen.
async fn follow(app: Arc<TestApp>, token: String, id: i64, total: usize) -> Vec<String> {
    let (status, body) = app.get(&token, &format!("/do/conversation?id={id}")).await;
    assert_eq!(status, StatusCode::OK);
    let first: Thread = serde_json::from_str(&body).unwrap();
    let (mut seen, mut last) = (Vec::new(), first.parts.parts[0].id);
    while seen.len() < total {
        let (_, body) = app.get(&token, &format!("/do/parts?id={id}&part={last}&later=true")).await;
        let run: Parts = serde_json::from_str(&body).unwrap();
        if let Some(newest) = run.parts.last() {
            last = newest.id;
        }
        seen.extend(run.parts.into_iter().map(|p| p.body));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    seen
}

on_both! {
    async fn a_thousand_messages_over_breaking_connections_are_all_there_once_and_in_order(app: TestApp) {
        const SENDERS: usize = 5;
        const EACH: usize = 200;
        app.call("identify", &json!({"userId": "u", "traits": {"name": "Grace"}})).await;
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let contact = app.number("select id from contacts").await;
        app.begin(Some(&ada), &format!("contact={contact}&body=Hello&client_id=c0")).await;
        let id = app.number("select id from conversations").await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = router(app.state.clone()).into_make_service_with_connect_info::<std::net::SocketAddr>();
        let serving = tokio::spawn(async move { axum::serve(listener, server).await });
        let app = Arc::new(app);
        let page = tokio::spawn(follow(app.clone(), ada.clone(), id, SENDERS * EACH));
        let senders = (0..SENDERS).map(|who| tokio::spawn(speak(address.clone(), ada.clone(), id, who, EACH)));
        for sender in futures::future::join_all(senders).await {
            sender.unwrap();
        }
        let seen = tokio::time::timeout(Duration::from_secs(60), page).await.expect("none is missing").unwrap();
        for who in 0..SENDERS {
            let theirs: Vec<_> = seen.iter().filter(|b| b.starts_with(&format!("{who}."))).cloned().collect();
            let said: Vec<_> = (0..EACH).map(|n| format!("{who}.{n}.")).collect();
            assert_eq!(theirs, said, "each once, and in the order of sending");
        }
        assert_eq!(app.number("select count(*) from parts").await, 1 + (SENDERS * EACH) as i64);
        assert_eq!(app.number("select count(*) from activity where kind = 'message_sent'").await, 1 + (SENDERS * EACH) as i64);
        assert_eq!(app.number("select max(n) - (select count(*) from activity) from workspace_seq").await, 0, "the log has no gap");
        serving.abort();
    }
}

/// The real server on a database.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    pub async fn start(database: &str, folder: &std::path::Path) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let child = Command::new(env!("CARGO_BIN_EXE_rapport"))
            .args([
                "serve",
                "--addr",
                &address,
                "--database-url",
                database,
                "--log",
                "error",
                "--data-dir",
            ])
            .arg(folder)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // From here on it is waited for, whatever happens.
        let server = Self { child, address };
        for _ in 0..600 {
            if TcpStream::connect(&server.address).await.is_ok() {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the server did not start");
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Kills the server at random moments while three senders speak; what was acknowledged is there, once.
async fn killed(engine: Engine) {
    // The server that is killed goes by the machine's clock: a session of another time would have ended.
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::with(engine, folder, |state| state.clock = Clock::System).await;
    app.call("identify", &json!({"userId": "u", "traits": {"name": "Grace"}})).await;
    let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
    let contact = app.number("select id from contacts").await;
    app.begin(Some(&ada), &format!("contact={contact}&body=Hello&client_id=c0")).await;
    let id = app.number("select id from conversations").await;
    let acknowledged = Arc::new(AtomicU64::new(0));
    let mut dice = Dice(7);
    for round in 0..4 {
        let mut server = Server::start(&app.url, app.folder.path()).await;
        let senders: Vec<_> = (0..3)
            .map(|who| {
                let (address, token, count) =
                    (server.address.clone(), ada.clone(), acknowledged.clone());
                tokio::spawn(async move {
                    let mut said = Vec::new();
                    for n in 0.. {
                        let form = format!(
                            "conversation={id}&kind=message&body=x&client_id=k{round}-{who}-{n}"
                        );
                        match post(&address, &token, "/do/say", &form, Cut::Never).await {
                            Some(200) => said.push(format!("k{round}-{who}-{n}")),
                            Some(other) => panic!("{other}"),
                            None => break,
                        }
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                    said
                })
            })
            .collect();
        let before = acknowledged.load(Ordering::Relaxed);
        while acknowledged.load(Ordering::Relaxed) < before + 5 {
            assert!(senders.iter().any(|s| !s.is_finished()), "nobody is answered");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        tokio::time::sleep(Duration::from_micros(dice.below(200_000))).await;
        server.kill();
        let mut c = app.state.db.read().await.unwrap();
        for said in futures::future::join_all(senders).await {
            for client_id in said.unwrap() {
                let sql = "select count(*) from parts where client_id = $1";
                let found: Result<(i64,), _> =
                    rapport::run!(c, |x| sqlx::query_as::<_, (i64,)>(sql)
                        .bind(&client_id)
                        .fetch_one(x));
                assert_eq!(found.unwrap().0, 1, "{client_id}");
            }
        }
    }
    // In one look: the database may still be at the last words of the server that was killed.
    let more = "select (select count(*) from parts) - (select count(*) from activity where kind = 'message_sent')";
    assert_eq!(app.number(more).await, 0, "a part and its entry live or die together");
    assert_eq!(app.number("select max(seq) - count(*) from activity").await, 0);
    assert_eq!(
        app.number("select max(n) - (select count(*) from activity) from workspace_seq").await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_forgets_nothing_it_acknowledged_sqlite() {
    killed(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_forgets_nothing_it_acknowledged_postgres() {
    killed(Engine::Postgres).await;
}
