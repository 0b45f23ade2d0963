//! How long a change takes until it is heard of in many open tabs, and what a tab costs the server.
//!
//! `tabs_bench DATABASE_URL ADDRESS SESSION PID [TABS] [SECONDS]`: opens tabs (1,000) of a teammate's session at a server
//! that runs as the process PID on that database, each with three people's profiles followed, so that everybody is
//! followed by twenty tabs; then changes an attribute of a hundred people a second, by request, for some seconds (20),
//! and prints rows of a table: from sending the request to the tab's hint, the median and the 99th of a hundred, and the
//! server's memory a tab, file mappings apart. Fails when a tab misses a hint.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::{SinkExt as _, StreamExt as _};
use rapport::id::ContactId;
use rapport::live::{FromBrowser, FromServer, Topic};
use rapport::run;
use rapport::server::db::Db;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Topics that a tab follows, tabs that follow a topic, and changes a second.
const TOPICS: usize = 3;
const REACHED: usize = 20;
const RATE: u64 = 100;
/// How long is waited for what is still on its way.
const PATIENCE: Duration = Duration::from_secs(10);

/// The changes of one person: how many there were, and when the last was sent, in microseconds since the beginning.
#[derive(Default)]
struct Change {
    number: AtomicU64,
    sent: AtomicU64,
}

/// What the tabs share.
struct Shared {
    began: Instant,
    changes: HashMap<ContactId, Change>,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, address, session, pid, rest @ ..] = arguments.as_slice() else {
        return Err("tabs_bench DATABASE_URL ADDRESS SESSION PID [TABS] [SECONDS]".into());
    };
    let number = |at: usize, usual: usize| rest.get(at).map_or(Ok(usual), |n| n.parse::<usize>());
    let (tabs, seconds) = (number(0, 1_000)?.clamp(REACHED, 5_000), number(1, 20)?.clamp(1, 120));
    let people = people(url, tabs * TOPICS / REACHED).await?;
    let client = reqwest::Client::builder().timeout(PATIENCE).build()?;
    let change = async |contact: ContactId, n: u64| -> Outcome<()> {
        let request = client.post(format!("{address}/do/set_attribute"));
        let request = request.header("origin", address).header("accept", "application/json");
        let request = request.header("cookie", format!("rapport_session={session}"));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let form = format!("owner=contact-{contact}&name=bench&value=n{n}");
        let answer = request.body(form).send().await?;
        if !answer.status().is_success() {
            return Err(format!("{}: {}", answer.status(), answer.text().await?).into());
        }
        Ok(())
    };
    // What the server allocates once is no tab's.
    for contact in people.iter().take(20) {
        change(*contact, 0).await?;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = memory(pid)?;
    let changes = people.iter().map(|id| (*id, Change::default())).collect();
    let shared = Arc::new(Shared { began: Instant::now(), changes });
    let (said, mut heard) = mpsc::unbounded_channel();
    let mut open = Vec::new();
    for tab in 0..tabs {
        let follows: Vec<_> =
            (0..TOPICS).map(|n| people[(tab * TOPICS + n) % people.len()]).collect();
        open.push(tokio::spawn(follow(
            address.clone(),
            session.clone(),
            follows,
            shared.clone(),
            said.clone(),
        )));
        // A browser that opens a tab does other things as well.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    for _ in 0..tabs * TOPICS {
        match tokio::time::timeout(PATIENCE, heard.recv()).await {
            Ok(Some(Heard::Follows)) => {}
            Ok(Some(Heard::Delay(_))) => {
                return Err("a change was heard of before there was one".into());
            }
            Ok(None) | Err(_) => return Err("a tab does not follow what it asked for".into()),
        }
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let kept = memory(pid)?;

    let beat = tokio::time::interval(Duration::from_micros(1_000_000 / RATE));
    let all = RATE * seconds as u64;
    let change = &change;
    let beats = futures::stream::unfold((beat, 0), async |(mut beat, n)| {
        beat.tick().await;
        (n < all).then_some((n, (beat, n + 1)))
    });
    let sent = beats
        .map(async |n| {
            let contact = people[n as usize % people.len()];
            let of = &shared.changes[&contact];
            of.sent.store(shared.began.elapsed().as_micros() as u64, Ordering::Release);
            of.number.fetch_add(1, Ordering::AcqRel);
            change(contact, n + 1).await
        })
        .buffer_unordered(64)
        .collect::<Vec<_>>()
        .await;
    sent.into_iter().collect::<Outcome<()>>()?;
    let expected = all as usize * REACHED;
    let mut delays = Vec::with_capacity(expected);
    while delays.len() < expected {
        match tokio::time::timeout(PATIENCE, heard.recv()).await {
            Ok(Some(Heard::Delay(micros))) => delays.push(micros),
            Ok(Some(Heard::Follows)) => {}
            Ok(None) | Err(_) => {
                return Err(format!("{} of {expected} hints came", delays.len()).into());
            }
        }
    }
    open.iter().for_each(tokio::task::JoinHandle::abort);
    delays.sort_unstable();
    let at = |share: usize| delays[(delays.len() - 1) * share / 100] as f64 / 1_000.0;
    println!(
        "| {tabs} tabs, {TOPICS} topics each, {RATE} changes/s that reach {REACHED} tabs each | median {:.1} ms, p99 {:.1} ms |",
        at(50),
        at(99)
    );
    println!(
        "| memory a tab, file mappings apart | {:.1} KiB |",
        (kept as f64 - before as f64) / tabs as f64
    );
    Ok(())
}

/// What a tab tells.
enum Heard {
    /// It follows one more of its topics.
    Follows,
    /// It heard of a change after so many microseconds.
    Delay(u64),
}

/// The first of the people, in any order.
async fn people(url: &str, many: usize) -> Outcome<Vec<ContactId>> {
    let db = Db::open(url).await?;
    let mut c = db.read().await.map_err(|e| e.sentence())?;
    let sql = "select id from contacts where workspace_id = (select min(id) from workspaces) and archived_at = 0 \
               and merged_into = 0 order by id limit $1";
    let found: Result<Vec<(ContactId,)>, rapport::error::Error> =
        run!(c, |x| sqlx::query_as::<_, (ContactId,)>(sql).bind(many as i64).fetch_all(x));
    let found = found.map_err(|e| e.sentence())?;
    if found.len() < many {
        return Err(format!("{many} people are needed, and there are {}", found.len()).into());
    }
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// A tab, until it is ended.
async fn follow(
    address: String,
    session: String,
    follows: Vec<ContactId>,
    shared: Arc<Shared>,
    said: mpsc::UnboundedSender<Heard>,
) -> Outcome<()> {
    let mut request = address.replacen("http", "ws", 1).into_client_request()?;
    *request.uri_mut() = format!("{}/live", address.replacen("http", "ws", 1)).parse()?;
    let headers = request.headers_mut();
    headers.insert("origin", address.parse()?);
    headers.insert("cookie", format!("rapport_session={session}").parse()?);
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await?;
    for contact in follows {
        let subscribe =
            FromBrowser::Subscribe { topic: Topic::Contact(contact), since: i64::MAX / 4 };
        socket.send(Message::text(serde_json::to_string(&subscribe)?)).await?;
    }
    let mut known: HashMap<ContactId, u64> = HashMap::new();
    let mut following = 0;
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message? else { continue };
        match serde_json::from_str(&text)? {
            FromServer::Beat => {}
            // The first word about a topic says that it is followed.
            _ if following < TOPICS => {
                following += 1;
                said.send(Heard::Follows)?;
            }
            FromServer::Changed { topic: Topic::Contact(contact), .. } => {
                let change = &shared.changes[&contact];
                let number = change.number.load(Ordering::Acquire);
                // Another hint of the same change is no other change.
                if known.insert(contact, number) != Some(number) && number > 0 {
                    let now = shared.began.elapsed().as_micros() as u64;
                    said.send(Heard::Delay(now - change.sent.load(Ordering::Acquire)))?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The memory of a process in KiB, but for files that it maps.
fn memory(pid: &str) -> Outcome<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok())
    };
    let (all, files) = (of("VmRSS:"), of("RssFile:"));
    Ok(all.zip(files).map(|(all, files)| all - files).ok_or("the process tells no memory")?)
}
