//! Sockets that break and fall silent: what a page shows that lives by them alone.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use futures::{SinkExt as _, StreamExt as _};
use rapport::conversations::{Parts, Thread};
use rapport::id::{ConversationId, TeammateId};
use rapport::live::{FromBrowser, FromServer, Topic};
use rapport::teammates::sign_in;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::messenger::boot;
use crate::on_both;
use crate::presence::{Tab, scene};
use crate::sending::Dice;
use crate::support::{Engine, TestApp};

/// What a page shows whose connection breaks at any moment: it asks only when it is told that something changed, and
/// after each break it says up to which number it knows everything.
async fn follow(
    app: Arc<TestApp>,
    addr: std::net::SocketAddr,
    token: String,
    id: ConversationId,
    total: usize,
) -> (Vec<String>, usize) {
    let (_, body) = app.get(&token, &format!("/do/conversation?id={id}")).await;
    let first: Thread = serde_json::from_str(&body).unwrap();
    let (mut since, mut last) = (first.seq, first.parts.parts[0].id);
    let (mut seen, mut breaks, mut dice) = (Vec::new(), 0, Dice(11));
    let topic = Topic::Conversation(id);
    while seen.len() < total {
        let mut tab = Tab::open(addr, &token).await;
        tab.say(FromBrowser::Subscribe { topic, since }).await;
        for _ in 0..dice.below(8) {
            let Some(heard) = tab.hear().await else {
                panic!("nothing is said any more, and {} of {total} are seen", seen.len())
            };
            let FromServer::Changed { seq, .. } = heard else { continue };
            since = since.max(seq);
            // One answer has fifty.
            loop {
                let asked = format!("/do/parts?id={id}&part={last}&later=true");
                let run: Parts = serde_json::from_str(&app.get(&token, &asked).await.1).unwrap();
                last = run.parts.last().map_or(last, |part| part.id);
                seen.extend(run.parts.into_iter().map(|part| part.body));
                if !run.later {
                    break;
                }
            }
            if seen.len() >= total {
                break;
            }
        }
        breaks += 1;
    }
    (seen, breaks)
}

on_both! {
    async fn an_open_page_hears_at_once_that_its_session_is_over(app: TestApp) {
        let scene = scene(&app).await;
        let me = TeammateId(app.number("select id from teammates where email = 'ada@example.com'").await);
        let signed_in = async || sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let (here, there) = (signed_in().await, signed_in().await);
        let open = async |token: &str| {
            let mut tab = Tab::open(scene.addr, token).await;
            tab.say(FromBrowser::Subscribe { topic: Topic::Mine(me), since: 0 }).await;
            assert!(tab.hear_any().await.is_some(), "it is followed");
            tab
        };
        // One session is ended, and its page alone is over; the rest follows with all of them.
        let (mut one, mut other) = (open(&here).await, open(&there).await);
        let session = app.number("select max(id) from teammate_sessions").await;
        let (status, _) = app.form(Some(&here), "/do/end_session", &format!("session={session}")).await;
        assert!(status.is_success() || status.is_redirection());
        assert!(other.is_signed_out().await, "long before its session is looked at by itself");
        let (status, _) = app.form(Some(&scene.ada), "/do/sign_out_everywhere", "").await;
        assert!(status.is_success() || status.is_redirection());
        assert!(one.is_signed_out().await);
    }

    async fn a_thousand_messages_reach_a_tab_whose_connection_breaks_at_random_once_and_in_order(app: TestApp) {
        const SENDERS: usize = 4;
        const EACH: usize = 250;
        let scene = scene(&app).await;
        let app = Arc::new(app);
        let (id, token) = (scene.conversation, scene.ada.clone());
        let page = tokio::spawn(follow(app.clone(), scene.addr, token.clone(), id, SENDERS * EACH));
        let speak = |who: usize| {
            let (app, token) = (&app, &token);
            async move {
                for n in 0..EACH {
                    let form = format!("conversation={id}&kind=message&body={who}.{n}.&client_id=t{who}-{n}");
                    assert_eq!(app.form(Some(token), "/do/say", &form).await.0, StatusCode::OK);
                }
            }
        };
        futures::future::join_all((0..SENDERS).map(speak)).await;
        let (seen, breaks) = tokio::time::timeout(Duration::from_secs(120), page).await.expect("none is missing").unwrap();
        assert_eq!(seen.len(), SENDERS * EACH);
        for who in 0..SENDERS {
            let theirs: Vec<_> = seen.iter().filter(|body| body.starts_with(&format!("{who}."))).cloned().collect();
            let said: Vec<_> = (0..EACH).map(|n| format!("{who}.{n}.")).collect();
            assert_eq!(theirs, said, "each once, and in order");
        }
        assert!(breaks > 10, "{breaks} breaks");
    }
}

async fn said_to_be_there(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::with(engine, folder, |state| state.beat = Duration::from_millis(50)).await;
    let scene = scene(&app).await;
    let mut tab = Tab::open(scene.addr, &scene.ada).await;
    for _ in 0..3 {
        assert!(matches!(tab.hear_any().await, Some(FromServer::Beat)));
    }
    let (token, _) = boot(&app, None, json!({})).await;
    let mut request = format!("ws://{}/messenger/live", scene.addr).into_client_request().unwrap();
    request.headers_mut().insert("origin", format!("http://{}", scene.addr).parse().unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let hello = json!({ "hello": { "token": token, "since": 0 } });
    socket.send(Message::text(hello.to_string())).await.unwrap();
    let mut beats = 0;
    while beats < 3 {
        let next = tokio::time::timeout(Duration::from_secs(3), socket.next()).await;
        let Message::Text(text) = next.unwrap().unwrap().unwrap() else { continue };
        beats += usize::from(text.as_str() == r#"{"beat":true}"#);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_says_that_it_is_there_sqlite() {
    said_to_be_there(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_says_that_it_is_there_postgres() {
    said_to_be_there(Engine::Postgres).await;
}
