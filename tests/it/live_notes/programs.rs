//! The program itself, killed and started again while several write in one note; on PostgreSQL there are two of it.

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::{SinkExt as _, StreamExt as _};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rapport::id::NoteId;
use rapport::notes::{ROOT, frame};
use rapport::server::clock::Clock;
use rapport::server::db::Db;
use rapport::server::state::AppState;
use rapport::teammates::sign_in;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message as Carried;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use yrs::encoding::read::Cursor;
use yrs::sync::{Message, MessageReader, SyncMessage};
use yrs::updates::decoder::{Decode as _, DecoderV1};
use yrs::{Doc, GetString as _, ReadTxn as _, Text as _, TextRef, Transact as _, Update};

use super::scene;
use crate::support::{Engine, TestApp};

/// A running program.
struct Program {
    child: Child,
    address: String,
}

impl Program {
    async fn start(app: &TestApp) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let child = Command::new(env!("CARGO_BIN_EXE_rapport"))
            .args(["serve", "--addr", &address, "--database-url", &app.url, "--log", "error"])
            .arg("--data-dir")
            .arg(app.folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // From here on it is ended, whatever happens.
        let program = Self { child, address };
        for _ in 0..600 {
            if TcpStream::connect(&program.address).await.is_ok() {
                return program;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the program did not start");
    }

    fn kill(&mut self) {
        // One that is dead already is what was wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Somebody who writes over a socket.
struct Writer {
    note: NoteId,
    token: String,
    doc: Doc,
    body: TextRef,
    made: Arc<Mutex<Vec<Vec<u8>>>>,
    socket: Option<WebSocketStream<MaybeTlsStream<TcpStream>>>,
    sent: u64,
    /// What was typed, with the number of the message that carries it; 0 for none, and nothing once it is kept.
    typed: BTreeMap<char, Option<u64>>,
}

impl Writer {
    fn new(note: NoteId, token: &str) -> Self {
        let doc = Doc::new();
        let body = doc.get_or_insert_text(ROOT);
        let made: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
        let makes = made.clone();
        doc.observe_update_v1("made", move |txn, event| {
            if txn.origin() != Some(&"heard".into()) {
                makes.lock().unwrap().push(event.update.clone());
            }
        })
        .unwrap();
        let (token, socket, typed) = (token.to_owned(), None, BTreeMap::new());
        Self { note, token, doc, body, made, socket, sent: 0, typed }
    }

    fn text(&self) -> String {
        self.body.get_string(&self.doc.transact())
    }

    fn is_sure(&self) -> bool {
        self.typed.values().all(Option::is_none)
    }

    async fn connect(&mut self, program: &Program) {
        let mut request = format!("ws://{}/live", program.address).into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("origin", format!("http://{}", program.address).parse().unwrap());
        headers.insert("cookie", format!("rapport_session={}", self.token).parse().unwrap());
        let Ok((socket, _)) = tokio_tungstenite::connect_async(request).await else { return };
        self.socket = Some(socket);
        self.sent = 0;
        self.typed.values_mut().flatten().for_each(|number| *number = 0);
        let known = self.doc.transact().state_vector();
        self.say(Message::Sync(SyncMessage::SyncStep1(known))).await;
    }

    async fn say(&mut self, message: Message) {
        let bytes = frame::written(self.note, &[message]);
        if let Some(socket) = &mut self.socket
            && socket.send(Carried::binary(bytes)).await.is_err()
        {
            self.lose();
        }
    }

    /// What was on its way is lost.
    fn lose(&mut self) {
        self.socket = None;
        self.typed.values_mut().flatten().for_each(|number| *number = 0);
    }

    async fn write(&mut self, at: u32, letter: char) {
        let mut txn = self.doc.transact_mut();
        let end = self.body.len(&txn);
        // Offsets count bytes here, and each letter has three of them.
        let at = (at * 3).min(end / 3 * 3);
        self.body.insert(&mut txn, at, &letter.to_string());
        drop(txn);
        self.typed.insert(letter, Some(0));
        if self.socket.is_none() || self.sent == 0 {
            return;
        }
        let made = std::mem::take(&mut *self.made.lock().unwrap());
        for update in made {
            self.sent += 1;
            self.say(Message::Sync(SyncMessage::Update(update))).await;
        }
        if self.socket.is_some() {
            self.typed.insert(letter, Some(self.sent));
        }
    }

    /// Hears what comes until nothing comes for a moment.
    async fn hear(&mut self) {
        loop {
            let Some(socket) = &mut self.socket else { return };
            let next = tokio::time::timeout(Duration::from_millis(5), socket.next()).await;
            match next {
                Err(_) => return,
                Ok(Some(Ok(Carried::Binary(bytes)))) => self.take(&bytes).await,
                Ok(Some(Ok(Carried::Close(_)) | Err(_)) | None) => self.lose(),
                Ok(Some(Ok(_))) => {}
            }
        }
    }

    async fn take(&mut self, bytes: &[u8]) {
        let (_, rest) = frame::read(bytes).unwrap();
        let mut decoder = DecoderV1::new(Cursor::new(rest));
        let messages: Vec<_> = MessageReader::new(&mut decoder).collect::<Result<_, _>>().unwrap();
        for message in messages {
            match message {
                Message::Sync(SyncMessage::SyncStep1(known)) => {
                    self.made.lock().unwrap().clear();
                    let missing = self.doc.transact().encode_diff_v1(&known);
                    self.sent += 1;
                    let sent = self.sent;
                    self.typed.values_mut().flatten().for_each(|number| *number = sent);
                    self.say(Message::Sync(SyncMessage::SyncStep2(missing))).await;
                }
                Message::Sync(SyncMessage::SyncStep2(update) | SyncMessage::Update(update)) => {
                    let update = Update::decode_v1(&update).unwrap();
                    self.doc.transact_mut_with("heard").apply_update(update).unwrap();
                }
                Message::Custom(frame::KEPT, count) => {
                    let count = frame::kept_count(&count).unwrap();
                    for number in self.typed.values_mut() {
                        if number.is_some_and(|n| n > 0 && n <= count) {
                            *number = None;
                        }
                    }
                }
                Message::Auth(Some(reason)) => panic!("refused: {reason}"),
                _ => {}
            }
        }
    }
}

/// How often a program is killed: RAPPORT_NOTE_KILLS, or else 4 times.
fn kills() -> u32 {
    std::env::var("RAPPORT_NOTE_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(4)
}

async fn killed_while_written_in(engine: Engine, programs: usize) {
    let app = TestApp::new(engine).await;
    // The program's clock is the machine's.
    let state = AppState::new(Db::open(&app.url).await.unwrap(), Clock::System, false);
    let scene = scene(&app, "%E4%B8%80").await;
    let (note, workspace) = (scene.note, scene.ada.workspace);
    let token = sign_in(&state, "ada@example.com", super::PASSWORD).await.unwrap();
    let mut running = Vec::new();
    for _ in 0..programs {
        running.push(Program::start(&app).await);
    }
    let mut rng = StdRng::seed_from_u64(7);
    let mut writers: Vec<_> = (0..4).map(|_| Writer::new(note, &token)).collect();
    for (n, writer) in writers.iter_mut().enumerate() {
        writer.connect(&running[n % programs]).await;
    }
    let mut letters = (0..).map(|n| char::from_u32(0x4e01 + n).unwrap());
    for _ in 0..kills() {
        for _ in 0..60 {
            let writer = &mut writers[rng.random_range(0..4)];
            if writer.socket.is_none() {
                writer.connect(&running[rng.random_range(0..programs)]).await;
            }
            writer.write(rng.random_range(0..100), letters.next().unwrap()).await;
            writer.hear().await;
        }
        let which = rng.random_range(0..programs);
        running[which].kill();
        running[which] = Program::start(&app).await;
    }
    let began = Instant::now();
    loop {
        for (n, writer) in writers.iter_mut().enumerate() {
            writer.hear().await;
            if writer.socket.is_none() {
                writer.connect(&running[n % programs]).await;
            }
        }
        let text = writers[0].text();
        let same = writers.iter().all(|w| w.text() == text && w.is_sure());
        let mut c = state.db.read().await.unwrap();
        let found = rapport::notes::find(&mut c, workspace, note).await.unwrap().unwrap();
        if same && found.body == text {
            let typed = writers.iter().flat_map(|w| w.typed.keys());
            let lost: Vec<_> = typed.filter(|c| !text.contains(**c)).collect();
            assert!(lost.is_empty(), "{lost:?} are missing in {text}");
            assert_eq!(text.chars().count(), 1 + 60 * kills() as usize, "each once: {text}");
            break;
        }
        drop(c);
        assert!(began.elapsed() < Duration::from_secs(60), "they did not come to agree");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let name = if programs > 1 { "PostgreSQL" } else { "SQLite" };
    println!(
        "# {name}: {programs} running, killed {} times while four wrote: all have the same, nothing is lost",
        kills()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_killed_loses_nothing_sqlite() {
    killed_while_written_in(Engine::Sqlite, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_that_are_killed_lose_nothing_postgres() {
    killed_while_written_in(Engine::Postgres, 2).await;
}
