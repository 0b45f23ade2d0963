//! The Messenger's socket: hints that something changed, and who is writing.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use super::session::{self, Person};
use super::talk;
use crate::id::ConversationId;
use crate::live::{self, FromServer, Topic};
use crate::outbound;
use crate::server::hub::Listener;
use crate::server::origin;
use crate::server::state::AppState;
use crate::stream;

/// What says that the server is there: the frame takes a socket that is silent for longer for lost.
const BEAT: &str = r#"{"beat":true}"#;
/// How long a new socket may take to say whose it is.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often at most somebody is said to be writing.
const TYPING: Duration = Duration::from_secs(1);

/// What a Messenger says.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Heard {
    /// First of all: whose it is, and the number up to which it knows everything.
    Hello { token: String, since: i64 },
    /// The person writes in a conversation.
    Typing(ConversationId),
}

/// Opens the socket. The frame is a page of ours, so another origin has no business here; the token comes as the first
/// message, since addresses are written into logs.
pub async fn open(
    State(app): State<Arc<AppState>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !origin::is_ours(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    upgrade
        .read_buffer_size(4096)
        .write_buffer_size(0)
        .max_message_size(4096)
        .on_upgrade(move |socket| greet(app, socket))
}

async fn greet(app: Arc<AppState>, mut socket: WebSocket) {
    let first = tokio::time::timeout(PATIENCE, socket.recv()).await;
    let reason = match first {
        Ok(Some(Ok(Message::Text(text)))) => match serde_json::from_str(&text) {
            Ok(Heard::Hello { token, since }) => match session::person(&app, &token).await {
                Ok(Some(person)) if !app.messengers.call(person.contact) => close_code::AGAIN,
                Ok(Some(person)) => talk_with(&person, &token, since, &mut socket).await,
                _ => close_code::POLICY,
            },
            _ => close_code::INVALID,
        },
        _ => close_code::POLICY,
    };
    // The browser may be gone already; then there is nobody to tell.
    let _ = socket.send(Message::Close(Some(CloseFrame { code: reason, reason: "".into() }))).await;
}

async fn talk_with(person: &Person, token: &str, since: i64, socket: &mut WebSocket) -> u16 {
    let (app, topic) = (&person.app, Topic::Messenger(person.contact));
    let (queue, mut hints) = mpsc::channel(64);
    let listener =
        Listener { socket: app.hub.next_socket(), queue, overrun: Arc::new(Notify::new()) };
    // Listening begins before looking back, so that nothing falls between the two.
    app.hub.subscribe(person.workspace, topic, listener.clone());
    take(person).await;
    let known =
        stream::changed_since(app, person.workspace, topic, since).await.unwrap_or(since + 1);
    let mut beat = live::beats(app);
    let mut stopping = app.stopping.subscribe();
    let mut typed: Option<Instant> = None;
    let mut next = Some(changed(known));
    let reason = loop {
        if let Some(text) = next.take()
            && socket.send(Message::text(text)).await.is_err()
        {
            break close_code::NORMAL;
        }
        tokio::select! {
            Some(hint) = hints.recv() => {
                if matches!(hint, FromServer::Changed { .. }) {
                    take(person).await;
                }
                next = written(&hint);
            }
            () = listener.overrun.notified() => break close_code::AGAIN,
            _ = stopping.changed() => break close_code::AWAY,
            _ = beat.tick() => {
                let now = session::person(app, token).await.ok().flatten();
                if now.is_none_or(|p| p.contact != person.contact) {
                    break close_code::POLICY;
                }
                if socket.send(Message::text(BEAT)).await.is_err() {
                    break close_code::NORMAL;
                }
            }
            heard = socket.recv() => match heard {
                Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                    Ok(Heard::Typing(id)) => {
                        if typed.is_none_or(|at| at.elapsed() >= TYPING) {
                            typed = Some(Instant::now());
                            say_typing(person, id).await;
                        }
                    }
                    _ => break close_code::INVALID,
                },
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break close_code::NORMAL,
            },
        }
    };
    app.hub.unsubscribe(person.workspace, topic, listener.socket);
    reason
}

/// Whatever waited until the person is there is said now: a socket is open only while they are.
async fn take(person: &Person) {
    if let Err(error) = outbound::arrive(&person.app, person.workspace, person.contact).await {
        // It waits on, for the next sign of life.
        tracing::error!(%error, "outbound");
    }
}

fn changed(seq: i64) -> String {
    json!({ "changed": seq }).to_string()
}

fn written(hint: &FromServer) -> Option<String> {
    match hint {
        FromServer::Changed { seq, .. } => Some(changed(*seq)),
        FromServer::Typing { conversation, name, over, .. } => {
            let name = name.as_ref().filter(|_| !over);
            Some(json!({ "typing": { "conversation": conversation, "name": name } }).to_string())
        }
        FromServer::Following { .. }
        | FromServer::Refused { .. }
        | FromServer::Present { .. }
        | FromServer::Beat
        | FromServer::Note(_) => None,
    }
}

/// Tells those who look at a conversation that its person is writing, if it is theirs.
async fn say_typing(person: &Person, id: ConversationId) {
    let Ok(mut c) = person.app.db.read().await else { return };
    let whose = talk::contact_of(&mut c, person.workspace, id).await.ok().flatten();
    if whose == Some(person.contact) {
        writing(person, id, false);
    }
}

/// Says that the person of a conversation is writing there, or that it is over: what they wrote was sent.
pub fn writing(person: &Person, conversation: ConversationId, over: bool) {
    let typing = FromServer::Typing { conversation, name: None, teammate: None, note: false, over };
    let topic = Topic::Conversation(conversation);
    person.app.hub.say_everywhere(person.workspace, topic, &typing);
}
