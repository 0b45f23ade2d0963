//! The socket in the browser: one a tab, opened again when it is lost, catching up by number.

use futures::channel::mpsc::{UnboundedReceiver, unbounded};
use futures::{SinkExt as _, StreamExt as _, future::Either, future::select};
use gloo_net::websocket::futures::WebSocket;
use gloo_net::websocket::{Message, WebSocketError};
use gloo_timers::future::TimeoutFuture;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Colleague, FromBrowser, FromServer, Live, REPLYING, SIGNED_OUT, SILENCE, Typist};
use crate::id::ConversationId;
use crate::notes::frame;
use crate::teammates::api::is_signed_in;

/// The wait before the first new attempt, in milliseconds; it doubles up to the longest.
const SHORTEST: u32 = 500;
const LONGEST: u32 = 15_000;
/// How often it is looked how long the server has been silent, in milliseconds. By the clock on the wall, since what
/// counts time stands still while a machine sleeps.
const LOOK: u32 = 5_000;
/// How long a sign that somebody writes holds, in milliseconds.
const SIGN: u32 = 5_000;

/// Opens the socket and keeps it open for as long as the page lives.
pub fn start(live: Live) {
    let (said, mut network) = unbounded();
    // They live as long as the page, as the socket does.
    let gone = said.clone();
    window_event_listener(ev::offline, move |_| _ = gone.unbounded_send(Network::Gone));
    window_event_listener(ev::online, move |_| _ = said.unbounded_send(Network::Back));
    spawn_local(async move {
        let mut wait = SHORTEST;
        loop {
            let end = talk(live, &mut network).await;
            if matches!(end, End::Lost) {
                wait = SHORTEST;
            }
            if matches!(end, End::Refused) && matches!(is_signed_in().await, Ok(false)) {
                live.signed_out.try_set(true);
                return;
            }
            if live.online.try_get_untracked().is_none() {
                return;
            }
            turn(live, false);
            let sooner = select(TimeoutFuture::new(wait), network.next()).await;
            let is_back = matches!(sooner, Either::Right((Some(Network::Back), _)));
            wait = if is_back { SHORTEST } else { (wait * 2).min(LONGEST) };
        }
    });
}

/// What the browser says of the network: it knows at once, where a silent socket is found out only after a while.
enum Network {
    Gone,
    Back,
}

/// How a connection ended.
enum End {
    /// It stood, and may come back.
    Lost,
    /// It never stood, or the server ended it with the session: a server that is not there looks like one that refuses.
    Refused,
}

/// Talks until the connection ends.
async fn talk(live: Live, network: &mut UnboundedReceiver<Network>) -> End {
    let place = window().location();
    let (Ok(protocol), Ok(host)) = (place.protocol(), place.host()) else { return End::Refused };
    let scheme = if protocol == "https:" { "wss" } else { "ws" };
    let Ok(socket) = WebSocket::open(&format!("{scheme}://{host}/live")) else {
        return End::Refused;
    };
    let (mut out, mut incoming) = socket.split();
    let (sender, mut outgoing) = unbounded();
    let topics = live
        .followed
        .try_with_value(|all| all.iter().map(|(t, f)| (*t, f.since)).collect::<Vec<_>>());
    for (topic, since) in topics.unwrap_or_default() {
        if sender.unbounded_send(FromBrowser::Subscribe { topic, since }).is_err() {
            return End::Refused;
        }
    }
    live.sender.try_update_value(|s| *s = Some(sender));
    live.say_here();
    live.connections.try_update(|n| *n += 1);
    let mut end = End::Refused;
    let mut heard = js_sys::Date::now();
    loop {
        if js_sys::Date::now() - heard > f64::from(SILENCE) {
            end = End::Lost;
            break;
        }
        let next = select(incoming.next(), outgoing.next());
        let other = select(network.next(), TimeoutFuture::new(LOOK));
        let next = match select(next, other).await {
            Either::Left((next, _)) => next,
            Either::Right((Either::Left((Some(Network::Gone), _)), _)) => {
                turn(live, false);
                continue;
            }
            // What was open before may hang in a network that is not there any more.
            Either::Right((Either::Left((Some(Network::Back), _)), _)) => {
                end = End::Lost;
                break;
            }
            Either::Right(_) => continue,
        };
        if matches!(next, Either::Left(_)) {
            heard = js_sys::Date::now();
        }
        match next {
            Either::Left((Some(Ok(Message::Text(text))), _)) => {
                end = End::Lost;
                turn(live, true);
                mark();
                hear(live, &text);
            }
            Either::Right((Some(message), _)) => {
                let message = match message {
                    FromBrowser::Note(bytes) => Message::Bytes(bytes),
                    words => match serde_json::to_string(&words) {
                        Ok(text) => Message::Text(text),
                        Err(_) => continue,
                    },
                };
                if out.send(message).await.is_err() {
                    break;
                }
            }
            Either::Left((Some(Ok(Message::Bytes(bytes))), _)) => {
                end = End::Lost;
                turn(live, true);
                pass_on(live, bytes);
            }
            Either::Left((Some(Err(WebSocketError::ConnectionClose(close))), _))
                if close.code == SIGNED_OUT =>
            {
                end = End::Refused;
                break;
            }
            Either::Left((None | Some(Err(_)), _)) | Either::Right((None, _)) => break,
        }
    }
    live.sender.try_update_value(|s| *s = None);
    end
}

/// Says whether the connection stands, where that is news: whoever once waited for it would otherwise hear of every message.
fn turn(live: Live, online: bool) {
    if live.online.try_get_untracked() == Some(!online) {
        live.online.try_set(online);
    }
}

/// Says on the page's root that it is live, for styles and tests.
fn mark() {
    if let Some(root) = document().document_element() {
        // An attribute that cannot be set costs nothing but the mark.
        let _ = root.set_attribute("data-live", "on");
    }
}

/// Gives what is said about a note to the editor that has it open.
fn pass_on(live: Live, bytes: Vec<u8>) {
    let Some((note, _)) = frame::read(&bytes) else { return };
    live.notes.try_with_value(|all| all.get(&note).map(|ear| ear.unbounded_send(bytes).is_ok()));
}

fn hear(live: Live, text: &str) {
    let (topic, seq) = match serde_json::from_slice(text.as_bytes()) {
        Ok(FromServer::Changed { topic, seq }) => (topic, seq),
        Ok(FromServer::Typing { conversation, name, teammate, note, over }) => {
            return sign(live, Typist { conversation, name, teammate, note, mark: 0 }, over);
        }
        Ok(FromServer::Present { conversation, who }) => return meet(live, conversation, who),
        Ok(
            FromServer::Following { .. }
            | FromServer::Refused { .. }
            | FromServer::Beat
            | FromServer::Note(_),
        )
        | Err(_) => return,
    };
    let versions = live.followed.try_update_value(|all| {
        let followed = all.get_mut(&topic)?;
        followed.since = followed.since.max(seq);
        Some(followed.versions.clone())
    });
    for version in versions.flatten().into_iter().flatten() {
        version.try_update(|n| *n += 1);
    }
}

/// Notes that somebody is writing, until they are silent for a while, or say that it is over.
fn sign(live: Live, typist: Typist, over: bool) {
    let (conversation, teammate) = (typist.conversation, typist.teammate);
    let same = move |t: &Typist| t.conversation == conversation && t.teammate == teammate;
    if over {
        return forget(live, same);
    }
    let holds = if typist.replies() { REPLYING } else { SIGN };
    let mark = live.typing.try_update(|all| {
        let mark = all.iter().map(|t| t.mark).max().map_or(0, |m| m.wrapping_add(1));
        all.retain(|t| !same(t));
        all.push(Typist { mark, ..typist });
        mark
    });
    let Some(mark) = mark else { return };
    spawn_local(async move {
        TimeoutFuture::new(holds).await;
        forget(live, move |t| same(t) && t.mark == mark);
    });
}

/// Takes away signs that somebody writes, if there are any.
fn forget(live: Live, which: impl Fn(&Typist) -> bool) {
    if live.typing.try_with_untracked(|all| all.iter().any(&which)) == Some(true) {
        live.typing.try_update(|all| all.retain(|t| !which(t)));
    }
}

/// Hears who has a conversation open. Who is gone does not write there either.
fn meet(live: Live, conversation: ConversationId, who: Vec<Colleague>) {
    let here: Vec<_> = who.iter().map(|c| c.id).collect();
    forget(live, move |t| {
        t.conversation == conversation && t.teammate.is_some_and(|id| !here.contains(&id))
    });
    let same = live.present.try_with_untracked(|all| all.get(&conversation) == Some(&who));
    if same == Some(false) {
        live.present.try_update(|all| all.insert(conversation, who));
    }
}
