//! The server is killed while messages go out in the Messenger: each gets to each once, or waits, and nothing is half said.
//! `RAPPORT_KILLS` says how often on each engine (3 unless said); `bin/soak chats` asks for more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rapport::outbound::{self, Whom};
use rapport::server::clock::Clock;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::messenger::proved;
use crate::outbound::{draft, save, try_start};
use crate::sending::{Dice, Server};
use crate::support::{Engine, TestApp};

const PEOPLE: usize = 400;
/// Who opens pages meanwhile.
const VISITORS: usize = 4;

/// Somebody opens a page with the Messenger; whether an answer came is all the same.
async fn arrive(address: &str, app_id: &str, settings: &Value) -> Option<()> {
    let body = json!({ "app_id": app_id, "visitor": null, "settings": settings }).to_string();
    let request = format!(
        "POST /messenger/boot HTTP/1.1\r\nhost: {address}\r\norigin: https://shop.example\r\nconnection: close\r\n\
         user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len(),
    );
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    Some(())
}

async fn start(app: &TestApp, whom: Whom, text: &str) {
    let id = save(app, &draft(whom, json!({"all": []}), text)).await;
    try_start(app, id, &PEOPLE.to_string()).await.unwrap();
    // Who is in the audience is found out here, so that the server has nothing to do but to send.
    rapport::segments::run_due(&app.state).await.unwrap();
}

async fn waits(app: &TestApp) -> i64 {
    let sql = "select count(*) from deliveries d join messages m on m.workspace_id = d.workspace_id and m.id = d.message_id \
               where d.state = 'waiting' and m.whom = 'now'";
    app.number(sql).await
}

/// Nothing of what is there was said twice or by halves.
async fn whole(app: &TestApp) {
    // In one look each: the database may still be at the last words of the server that was killed.
    let once = [
        "select (select count(*) from deliveries where state = 'sent') - (select count(*) from conversations)",
        "select (select count(*) from parts) - (select count(*) from conversations)",
        "select (select count(*) from activity where kind = 'message_sent') - (select count(*) from conversations)",
        "select count(*) - count(distinct conversation_id) from deliveries where state = 'sent'",
        "select count(*) from deliveries where state = 'sent' and conversation_id = 0",
        "select count(*) from deliveries where state not in ('sent', 'waiting')",
    ];
    for sql in once {
        assert_eq!(app.number(sql).await, 0, "{sql}");
    }
}

async fn killed(engine: Engine) {
    let name = match engine {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    let kills: usize =
        std::env::var("RAPPORT_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(3);
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::with(engine, folder, |state| state.clock = Clock::System).await;
    for first in (0..PEOPLE).step_by(100) {
        let batch: Vec<_> = (first..first + 100)
            .map(|n| json!({"type": "identify", "userId": format!("c-{n}"), "traits": {"name": "Grace"}}))
            .collect();
        app.call("batch", &json!({ "batch": batch })).await;
    }
    start(&app, Whom::All, "Whenever you come").await;
    let faces: Arc<Vec<Value>> =
        Arc::new((0..PEOPLE).map(|n| proved(&app, &format!("c-{n}"))).collect());
    let mut dice = Dice(11);
    let mut messages = 0;
    for round in 0..kills {
        if waits(&app).await == 0 {
            messages += 1;
            start(&app, Whom::Now, &format!("Number {messages}")).await;
        }
        let mut server = Server::start(&app.url, app.folder.path()).await;
        let over = Arc::new(AtomicBool::new(false));
        let visitors: Vec<_> = (0..VISITORS)
            .map(|who| {
                let (address, faces, over) = (server.address.clone(), faces.clone(), over.clone());
                let app_id = app.keys.app_id.clone();
                tokio::spawn(async move {
                    let mut dice = Dice((round * VISITORS + who) as u64);
                    while !over.load(Ordering::Relaxed) {
                        let face = &faces[dice.below(PEOPLE as u64) as usize];
                        arrive(&address, &app_id, face).await;
                    }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_micros(dice.below(400_000))).await;
        server.kill();
        over.store(true, Ordering::Relaxed);
        futures::future::join_all(visitors).await;
        whole(&app).await;
        // Nobody else has the database now: what the killed one had taken is free.
        outbound::free(&app.state.db).await.unwrap();
    }
    let server = Server::start(&app.url, app.folder.path()).await;
    for _ in 0..1_200 {
        if waits(&app).await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    drop(server);
    whole(&app).await;
    let sql = "select count(*) from deliveries d join messages m on m.workspace_id = d.workspace_id and m.id = d.message_id \
               where d.state = 'sent' and m.whom = 'now'";
    assert_eq!(app.number(sql).await, messages * PEOPLE as i64, "each has each of them");
    let arrived = app.number(
        "select count(*) from deliveries d join messages m on m.workspace_id = d.workspace_id and m.id = d.message_id \
         where d.state = 'sent' and m.whom = 'all'",
    );
    println!(
        "# {name}: {kills} kills during {messages} messages in the Messenger to {PEOPLE} people each, and one that {} who arrived got: nobody twice",
        arrived.await
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_it_twice_however_often_the_server_is_killed_sqlite() {
    killed(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_it_twice_however_often_the_server_is_killed_postgres() {
    killed(Engine::Postgres).await;
}
