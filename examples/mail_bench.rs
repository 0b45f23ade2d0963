//! How fast a message goes out by e-mail, beside what lettre alone reaches with the same mail and the same mail server.
//!
//! `mail_bench DATABASE_URL RECIPIENTS`: into a database that `rapport init` made; makes as many people with an address unless they are
//! there, sends them a message through an SMTP server in this process, then sends as many copies of one of those mails by lettre, as
//! many at once as the program does, and prints both and their share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use lettre::address::Envelope;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use rapport::id::{SubscriptionTypeId, TeammateId, WorkspaceId};
use rapport::outbound::{self, Again, Channel, Draft, Switches, When, Whom, Zone};
use rapport::run;
use rapport::segments::{self, FieldTest, Op, Predicate};
use rapport::server::clock::Clock;
use rapport::server::db::{Changed, Db, Write};
use rapport::server::mail::{CONNECTIONS, Mailer};
use rapport::server::state::AppState;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// How many rows a transaction writes.
const GROUP: i64 = 5_000;
/// The first of the ids that are made here: others than those of the other benches, which fill the same database.
const BASE: i64 = 5_000_000_000;
/// When the people became known.
const BEGIN: i64 = 1_700_000_000_000;
/// How many mails are handed over at the same time, as by the program.
const AT_ONCE: usize = CONNECTIONS;

/// What has arrived, and the source of the first.
#[derive(Default)]
struct Arrived {
    count: AtomicU64,
    first: Mutex<Option<Vec<u8>>>,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_writer(std::io::stderr)
        .init();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, many] = arguments.as_slice() else {
        return Err("mail_bench DATABASE_URL RECIPIENTS".into());
    };
    let many: i64 = many.parse()?;
    let arrived = Arc::new(Arrived::default());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let smtp = format!("smtp://{}", listener.local_addr()?);
    tokio::spawn(serve(listener, arrived.clone()));

    let db = Db::open(url).await?;
    let (workspace, author) = whose(&db).await?;
    people(&db, workspace, many).await?;
    let mut app = AppState::new(db, Clock::System, false);
    app.mail = Some(Mailer::new(&smtp, "Bench <bench@example.com>")?);
    start(&app, workspace, author).await?;

    let began = Instant::now();
    outbound::run_due(&app).await?;
    let took = began.elapsed();
    let sent = arrived.count.load(Ordering::Relaxed);
    if sent != many as u64 {
        return Err(format!("{sent} of {many} arrived").into());
    }
    let source = arrived.first.lock().map_err(|_| "poisoned")?.take().ok_or("nothing arrived")?;
    let alone = bare(&smtp, &source, many).await?;
    let rate = |time: Duration| many as f64 / time.as_secs_f64();
    println!(
        "{many} e-mails of {} bytes in {:.1} s, {:.0}/s; lettre alone {:.1} s, {:.0}/s; share {:.2}",
        source.len(),
        took.as_secs_f64(),
        rate(took),
        alone.as_secs_f64(),
        rate(alone),
        rate(took) / rate(alone),
    );
    Ok(())
}

async fn whose(db: &Db) -> Outcome<(WorkspaceId, TeammateId)> {
    let mut c = db.read().await?;
    let sql = "select workspace_id, id from teammates order by workspace_id, id limit 1";
    Ok(run!(c, |x| sqlx::query_as::<_, (WorkspaceId, TeammateId)>(sql).fetch_one(x))?)
}

/// As many people with an address, made unless they are there.
async fn people(db: &Db, workspace: WorkspaceId, many: i64) -> Outcome<()> {
    let mut c = db.read().await?;
    let known = "select count(*) from contacts where external_id like 'mail-%'";
    let (known,): (i64,) = run!(c, |x| sqlx::query_as::<_, (i64,)>(known).fetch_one(x))?;
    drop(c);
    for first in (known..many).step_by(GROUP as usize) {
        let rows: Vec<_> = (first..many.min(first + GROUP)).map(|n| [n]).collect();
        let added = rows.len() as i64;
        let rows = serde_json::to_string(&rows)?;
        let mut c = db.begin().await?;
        let sql = "insert into contacts (workspace_id, id, role, external_id, external_key, name, name_key, email, email_key, \
                   created_at, updated_at, last_seen_at) select $1, $3 + cast(value ->> 0 as bigint), 'user', 'mail-' || (value ->> 0), \
                   'mail-' || (value ->> 0), 'Person ' || (value ->> 0), 'person ' || (value ->> 0), 'mail-' || (value ->> 0) || '@example.com', \
                   'mail-' || (value ->> 0) || '@example.com', $4, $4, $4 from json_each($2)";
        let _: Changed = run!(c, |x| sqlx::query(sql)
            .bind(workspace)
            .bind(&rows)
            .bind(BASE)
            .bind(BEGIN)
            .execute(x))?;
        let sql = "update workspace_seq set people = people + $2 where workspace_id = $1";
        let _: Changed = run!(c, |x| sqlx::query(sql).bind(workspace).bind(added).execute(x))?;
        c.commit().await?;
    }
    Ok(())
}

/// Starts a message to those people, and finds out who they are.
async fn start(app: &AppState, workspace: WorkspaceId, author: TeammateId) -> Outcome<()> {
    let ours = Predicate::Field(FieldTest {
        field: "external_id".into(),
        op: Op::StartsWith,
        value: "mail-".into(),
        exact_case: false,
    });
    let draft = Draft {
        company: None,
        name: "Bench".into(),
        channel: Channel::Email,
        subject: "News for {{ first_name | fallback: \"you\" }}".into(),
        body: "Hi {{ name }},\n\nmuch is **new**: [read all of it](https://example.com/news)."
            .into(),
        whom: Whom::Now,
        rule: ours,
        people: String::new(),
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
    };
    let mut w = Write::begin(app, workspace, author).await?;
    let id = outbound::save(&mut w, None, &draft, "UTC").await?;
    w.commit().await?;
    let mut c = app.db.read().await?;
    let sql = "select people from workspace_seq where workspace_id = $1";
    let (everybody,): (i64,) =
        run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).bind(workspace).fetch_one(x))?;
    drop(c);
    let mut w = Write::begin(app, workspace, author).await?;
    // Asked for where there is nobody else.
    outbound::start(&mut w, id, &everybody.to_string()).await?;
    w.commit().await?;
    segments::run_due(app).await?;
    Ok(())
}

/// How long as many copies of a mail take by lettre alone.
async fn bare(smtp: &str, source: &[u8], many: i64) -> Outcome<Duration> {
    let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp)?.build();
    let envelope =
        Envelope::new(Some("bench@example.com".parse()?), vec!["mail-0@example.com".parse()?])?;
    let began = Instant::now();
    let sent: Vec<_> = futures::stream::iter(0..many)
        .map(|_| transport.send_raw(&envelope, source))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let took = began.elapsed();
    for one in sent {
        one?;
    }
    Ok(took)
}

async fn serve(listener: TcpListener, arrived: Arc<Arrived>) {
    while let Ok((stream, _)) = listener.accept().await {
        stream.set_nodelay(true).ok();
        tokio::spawn(talk(stream, arrived.clone()));
    }
}

/// Takes every mail and keeps the first.
async fn talk(stream: TcpStream, arrived: Arc<Arrived>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 bench\r\n").await?;
    let mut line = Vec::new();
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let command = line.to_ascii_uppercase();
        let answer: &[u8] = match command.as_slice() {
            b"DATA\r\n" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mut source = Vec::new();
                loop {
                    line.clear();
                    if stream.read_until(b'\n', &mut line).await? == 0 {
                        return Ok(());
                    }
                    if line == b".\r\n" {
                        break;
                    }
                    // A dot at the beginning of a line was doubled on the way (RFC 5321, 4.5.2).
                    source.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
                }
                if arrived.count.fetch_add(1, Ordering::Relaxed) == 0
                    && let Ok(mut first) = arrived.first.lock()
                {
                    *first = Some(source);
                }
                b"250 kept\r\n"
            }
            b"QUIT\r\n" => b"221 bye\r\n",
            _ => b"250 ok\r\n",
        };
        stream.write_all(answer).await?;
    }
}
