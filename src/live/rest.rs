//! The server's side of the socket: who may follow what, and what was missed.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::{Notify, mpsc};

use super::{Colleague, FromBrowser, FromServer, SIGNED_OUT, Topic};
use crate::companies;
use crate::contacts;
use crate::conversations;
use crate::error::Error;
use crate::id::{ConversationId, NoteId};
use crate::messenger;
use crate::notes::{frame, rooms};
use crate::server::hub::Listener;
use crate::server::metrics;
use crate::server::state::AppState;
use crate::server::{origin, page};
use crate::stream;
use crate::teammates::Viewer;

/// The most bytes of a message that is not about a note.
const WORDS: usize = 4096;
/// The most bytes of any message: what is larger ends the connection, and cannot be answered.
const LARGEST: usize = 2 * frame::LARGEST;
/// Topics that one socket may follow.
const TOPICS: usize = 50;

/// What one socket holds.
#[derive(Default)]
struct Held {
    topics: Vec<Topic>,
    /// The conversation that it has open.
    here: Option<ConversationId>,
    /// The notes that it has open to write in.
    notes: Vec<NoteId>,
}

/// The route of the socket.
pub fn router() -> Router<Arc<AppState>> {
    Router::new().route("/live", get(open))
}

async fn open(
    State(app): State<Arc<AppState>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !origin::is_ours(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Some(viewer) = page::find_viewer(&app, &headers).await else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    upgrade
        .read_buffer_size(4096)
        .write_buffer_size(0)
        .max_message_size(LARGEST)
        .on_upgrade(move |socket| talk(app, headers, viewer, socket))
}

async fn talk(app: Arc<AppState>, headers: HeaderMap, viewer: Viewer, mut socket: WebSocket) {
    let (queue, mut hints) = mpsc::channel(64);
    let listener =
        Listener { socket: app.hub.next_socket(), queue, overrun: Arc::new(Notify::new()) };
    let _counted = metrics::Tab::open();
    let mut held = Held::default();
    let mut beat = beats(&app);
    let mut stopping = app.stopping.subscribe();
    let reason = loop {
        let message = tokio::select! {
            // What is said to a browser goes before what it says next: the answers to many keys do not pile up.
            biased;
            () = listener.overrun.notified() => break close_code::AGAIN,
            _ = stopping.changed() => break close_code::AWAY,
            Some(hint) = hints.recv() => {
                // It may be that their sessions have ended elsewhere, or that they are off the team.
                let mine = matches!(hint, FromServer::Changed { topic: Topic::Mine(id), .. } if id == viewer.id);
                if mine && let Some(over) = over(&app, &headers, &viewer).await {
                    break over;
                }
                written(&hint)
            }
            _ = beat.tick() => match over(&app, &headers, &viewer).await {
                Some(over) => break over,
                None => written(&FromServer::Beat),
            },
            heard = socket.recv() => match heard {
                Some(Ok(Message::Binary(bytes))) => {
                    rooms::hear(&app, &viewer, &listener, &mut held.notes, &bytes).await;
                    continue;
                }
                Some(Ok(Message::Text(text))) if text.len() > WORDS => break close_code::SIZE,
                Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                    Ok(asked) => match answer(&app, &viewer, &listener, &mut held, asked).await {
                        Some(message) => written(&message),
                        None => continue,
                    },
                    Err(_) => break close_code::INVALID,
                },
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => break close_code::NORMAL,
            },
        };
        if socket.send(message).await.is_err() {
            break close_code::NORMAL;
        }
    };
    look_at(&app, &viewer, &listener, &mut held, None).await;
    for note in held.notes {
        rooms::leave(&app, &viewer, &listener, note).await;
    }
    for topic in held.topics {
        app.hub.unsubscribe(viewer.workspace, topic, listener.socket);
    }
    // The browser may be gone already; then there is nobody to tell.
    let _ = socket.send(Message::Close(Some(CloseFrame { code: reason, reason: "".into() }))).await;
}

/// Why a socket may not go on as who it was opened by, if it may not.
async fn over(app: &AppState, headers: &HeaderMap, viewer: &Viewer) -> Option<u16> {
    match page::find_viewer(app, headers).await {
        None => Some(SIGNED_OUT),
        // Another role, another name: it begins anew as that.
        Some(now) if now != *viewer => Some(close_code::AGAIN),
        Some(_) => None,
    }
}

/// When a socket is told that the server is there, and its session is looked at again. The browser hears no ping of the
/// protocol, so that it is a message.
pub fn beats(app: &AppState) -> tokio::time::Interval {
    tokio::time::interval_at(tokio::time::Instant::now() + app.beat, app.beat)
}

fn written(message: &FromServer) -> Message {
    if let FromServer::Note(bytes) = message {
        return Message::binary(bytes.to_vec());
    }
    Message::text(serde_json::to_string(message).unwrap_or_default())
}

async fn answer(
    app: &AppState,
    viewer: &Viewer,
    listener: &Listener,
    held: &mut Held,
    asked: FromBrowser,
) -> Option<FromServer> {
    match asked {
        FromBrowser::Unsubscribe { topic } => {
            held.topics.retain(|t| *t != topic);
            app.hub.unsubscribe(viewer.workspace, topic, listener.socket);
            None
        }
        FromBrowser::Typing { conversation, note, over } => {
            if !note {
                let now = app.clock.now();
                let place = (viewer.workspace, conversation);
                app.presence.reply(&app.hub, place, listener.socket, (!over).then_some(now));
            }
            say_typing(app, viewer, conversation, note, over).await;
            None
        }
        // It comes as a binary message.
        FromBrowser::Note(_) => None,
        FromBrowser::LeaveNote { note } => {
            held.notes.retain(|n| *n != note);
            rooms::leave(app, viewer, listener, note).await;
            None
        }
        FromBrowser::Here { conversation } => {
            look_at(app, viewer, listener, held, conversation).await;
            None
        }
        FromBrowser::Subscribe { topic, since } => {
            if held.topics.len() >= TOPICS || !may_follow(app, viewer, topic).await.unwrap_or(false)
            {
                return Some(FromServer::Refused { topic });
            }
            held.topics.push(topic);
            // Listening begins before looking back, so that nothing falls between the two.
            app.hub.subscribe(viewer.workspace, topic, listener.clone());
            let seq = stream::changed_since(app, viewer.workspace, topic, since)
                .await
                .unwrap_or(since + 1);
            if let Topic::Conversation(id) = topic {
                let place = (viewer.workspace, id);
                app.presence.introduce(place, listener, app.clock.now());
            }
            let missed =
                seq > since || app.hub.touched_lately(viewer.workspace, topic, app.clock.now());
            Some(FromServer::Changed { topic, seq })
                .filter(|_| missed)
                .or(Some(FromServer::Following { topic }))
        }
    }
}

/// Tells those who look at a conversation, and its person unless it is for the team alone, that a teammate is writing.
async fn say_typing(
    app: &AppState,
    viewer: &Viewer,
    conversation: ConversationId,
    note: bool,
    over: bool,
) {
    let Ok(mut c) = app.db.read().await else { return };
    let contact = messenger::contact_of(&mut c, viewer.workspace, conversation).await;
    let Ok(Some(contact)) = contact else { return };
    let (name, teammate) = (Some(viewer.name.clone()), Some(viewer.id));
    let typing = FromServer::Typing { conversation, name, teammate, note, over };
    app.hub.say_everywhere(viewer.workspace, Topic::Conversation(conversation), &typing);
    if !note {
        app.hub.say_everywhere(viewer.workspace, Topic::Messenger(contact), &typing);
    }
}

/// The tab has this conversation open now, or still has it; `None` for none. What it had before is let go.
async fn look_at(
    app: &AppState,
    viewer: &Viewer,
    listener: &Listener,
    held: &mut Held,
    conversation: Option<ConversationId>,
) {
    let workspace = viewer.workspace;
    if held.here != conversation {
        if let Some(before) = held.here.take() {
            app.presence.release(&app.hub, (workspace, before), listener.socket);
        }
        if let Some(id) = conversation
            && may_follow(app, viewer, Topic::Conversation(id)).await.unwrap_or(false)
        {
            held.here = Some(id);
        }
    }
    if let Some(id) = held.here {
        let who = Colleague { id: viewer.id, name: viewer.name.clone() };
        app.presence.take(&app.hub, (workspace, id), listener.socket, who, app.clock.now());
        // Said with every renewal, so that a word that got lost is made good.
        app.presence.greet((workspace, id), listener);
    }
}

async fn may_follow(app: &AppState, viewer: &Viewer, topic: Topic) -> Result<bool, Error> {
    match topic {
        Topic::People
        | Topic::Companies
        | Topic::Segments
        | Topic::Messages
        | Topic::Inbox
        | Topic::Workspace => Ok(true),
        Topic::Messenger(_) => Ok(false),
        Topic::Webhooks => Ok(viewer.role.can_configure()),
        Topic::Mine(id) => Ok(id == viewer.id),
        Topic::Looks(owner) => {
            let mut c = app.db.read().await?;
            Ok(owner.existing(&mut c, viewer.workspace).await?.is_some())
        }
        Topic::Contact(id) => {
            let mut c = app.db.read().await?;
            Ok(contacts::found(&mut c, viewer.workspace, id).await?.is_some())
        }
        Topic::Company(id) => {
            let mut c = app.db.read().await?;
            Ok(companies::find(&mut c, viewer.workspace, id).await?.is_some())
        }
        Topic::Conversation(id) | Topic::LooksIn(id) => {
            let mut c = app.db.read().await?;
            Ok(conversations::find(&mut c, viewer.workspace, id).await?.is_some())
        }
    }
}
