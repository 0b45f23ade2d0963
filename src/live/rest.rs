//! The server's side of the socket: who may follow what, and what was missed.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::{Notify, mpsc};

use super::{FromBrowser, FromServer, SIGNED_OUT, Topic};
use crate::companies;
use crate::contacts;
use crate::conversations;
use crate::error::Error;
use crate::id::ConversationId;
use crate::messenger;
use crate::server::hub::Listener;
use crate::server::state::AppState;
use crate::server::{origin, page};
use crate::stream;
use crate::teammates::Viewer;

/// How often a silent socket is asked for a sign of life, and its session looked at again.
const BEAT: Duration = Duration::from_secs(30);
/// Topics that one socket may follow.
const TOPICS: usize = 50;

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
        .max_message_size(4096)
        .on_upgrade(move |socket| talk(app, headers, viewer, socket))
}

async fn talk(app: Arc<AppState>, headers: HeaderMap, viewer: Viewer, mut socket: WebSocket) {
    let (queue, mut hints) = mpsc::channel(64);
    let listener =
        Listener { socket: app.hub.next_socket(), queue, overrun: Arc::new(Notify::new()) };
    let mut followed: Vec<Topic> = Vec::new();
    let mut beat = tokio::time::interval(BEAT);
    let mut stopping = app.stopping.subscribe();
    let reason = loop {
        let message = tokio::select! {
            Some(hint) = hints.recv() => written(&hint),
            () = listener.overrun.notified() => break close_code::AGAIN,
            _ = stopping.changed() => break close_code::AWAY,
            _ = beat.tick() => {
                match page::find_viewer(&app, &headers).await {
                    None => break SIGNED_OUT,
                    // Another role, another name: it begins anew as that.
                    Some(now) if now != viewer => break close_code::AGAIN,
                    Some(_) => Message::Ping(Default::default()),
                }
            }
            heard = socket.recv() => match heard {
                Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                    Ok(asked) => match answer(&app, &viewer, &listener, &mut followed, asked).await {
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
    for topic in followed {
        app.hub.unsubscribe(viewer.workspace, topic, listener.socket);
    }
    // The browser may be gone already; then there is nobody to tell.
    let _ = socket.send(Message::Close(Some(CloseFrame { code: reason, reason: "".into() }))).await;
}

fn written(message: &FromServer) -> Message {
    Message::text(serde_json::to_string(message).unwrap_or_default())
}

async fn answer(
    app: &AppState,
    viewer: &Viewer,
    listener: &Listener,
    followed: &mut Vec<Topic>,
    asked: FromBrowser,
) -> Option<FromServer> {
    match asked {
        FromBrowser::Unsubscribe { topic } => {
            followed.retain(|t| *t != topic);
            app.hub.unsubscribe(viewer.workspace, topic, listener.socket);
            None
        }
        FromBrowser::Typing { conversation, note } => {
            say_typing(app, viewer, conversation, note).await;
            None
        }
        FromBrowser::Subscribe { topic, since } => {
            if followed.len() >= TOPICS || !may_follow(app, viewer, topic).await.unwrap_or(false) {
                return Some(FromServer::Refused { topic });
            }
            followed.push(topic);
            // Listening begins before looking back, so that nothing falls between the two.
            app.hub.subscribe(viewer.workspace, topic, listener.clone());
            let seq = stream::changed_since(app, viewer.workspace, topic, since)
                .await
                .unwrap_or(since + 1);
            let missed =
                seq > since || app.hub.touched_lately(viewer.workspace, topic, app.clock.now());
            Some(FromServer::Changed { topic, seq })
                .filter(|_| missed)
                .or(Some(FromServer::Following { topic }))
        }
    }
}

/// Tells those who look at a conversation, and its person unless it is for the team alone, that a teammate is writing.
async fn say_typing(app: &AppState, viewer: &Viewer, conversation: ConversationId, note: bool) {
    let Ok(mut c) = app.db.read().await else { return };
    let contact = messenger::contact_of(&mut c, viewer.workspace, conversation).await;
    let Ok(Some(contact)) = contact else { return };
    let (name, teammate) = (Some(viewer.name.clone()), Some(viewer.id));
    let typing = FromServer::Typing { conversation, name, teammate };
    app.hub.say(viewer.workspace, Topic::Conversation(conversation), &typing);
    if !note {
        app.hub.say(viewer.workspace, Topic::Messenger(contact), &typing);
    }
}

async fn may_follow(app: &AppState, viewer: &Viewer, topic: Topic) -> Result<bool, Error> {
    match topic {
        Topic::People | Topic::Companies | Topic::Inbox | Topic::Workspace => Ok(true),
        Topic::Messenger(_) => Ok(false),
        Topic::Mine(id) => Ok(id == viewer.id),
        Topic::Contact(id) => {
            let mut c = app.db.read().await?;
            Ok(contacts::find(&mut c, viewer.workspace, id).await?.is_some())
        }
        Topic::Company(id) => {
            let mut c = app.db.read().await?;
            Ok(companies::find(&mut c, viewer.workspace, id).await?.is_some())
        }
        Topic::Conversation(id) => {
            let mut c = app.db.read().await?;
            Ok(conversations::find(&mut c, viewer.workspace, id).await?.is_some())
        }
    }
}
