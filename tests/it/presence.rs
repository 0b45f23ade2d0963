//! Who is here: what tabs that follow a conversation are told of the others who have it open.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use rapport::id::{ConversationId, TeammateId};
use rapport::live::{FromBrowser, FromServer, SIGNED_OUT, Topic};
use rapport::server::db::Write;
use rapport::server::http;
use rapport::server::presence::LEASE;
use rapport::teammates::{self, Role, sign_in, viewer_of};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::on_both;
use crate::support::{TestApp, new_workspace};

const PASSWORD: &str = "correct horse battery";

/// A tab with its socket.
pub struct Tab(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Tab {
    pub async fn open(addr: SocketAddr, token: &str) -> Self {
        let mut request = format!("ws://{addr}/live").into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("origin", format!("http://{addr}").parse().unwrap());
        headers.insert("cookie", format!("rapport_session={token}").parse().unwrap());
        Self(tokio_tungstenite::connect_async(request).await.unwrap().0)
    }

    pub async fn say(&mut self, said: FromBrowser) {
        self.0.send(Message::text(serde_json::to_string(&said).unwrap())).await.unwrap();
    }

    pub async fn follow(&mut self, conversation: ConversationId) {
        let topic = Topic::Conversation(conversation);
        self.say(FromBrowser::Subscribe { topic, since: 0 }).await;
    }

    pub async fn look_at(&mut self, conversation: Option<ConversationId>) {
        self.say(FromBrowser::Here { conversation }).await;
    }

    /// What it is told next, but that the server is there.
    pub async fn hear(&mut self) -> Option<FromServer> {
        loop {
            match self.hear_any().await {
                Some(FromServer::Beat) => {}
                other => return other,
            }
        }
    }

    pub async fn hear_any(&mut self) -> Option<FromServer> {
        let next = async {
            loop {
                if let Message::Text(text) = self.0.next().await.unwrap().unwrap() {
                    return serde_json::from_str(&text).unwrap();
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(3), next).await.ok()
    }

    /// Whether the server ends it within a moment because its session is over.
    pub async fn is_signed_out(&mut self) -> bool {
        let end = async {
            while let Some(Ok(message)) = self.0.next().await {
                if let Message::Close(Some(frame)) = message {
                    return u16::from(frame.code) == SIGNED_OUT;
                }
            }
            false
        };
        tokio::time::timeout(Duration::from_secs(3), end).await.unwrap_or(false)
    }

    /// Waits until it is told that these are there.
    pub async fn sees(&mut self, names: &[&str]) {
        let mut told = Vec::new();
        while let Some(heard) = self.hear().await {
            if let FromServer::Present { who, .. } = heard {
                told = who.into_iter().map(|c| c.name).collect();
                if told == names {
                    return;
                }
            }
        }
        panic!("it should see {names:?} and was told of {told:?} last");
    }

    /// Whatever it is told within a moment, it is that these are there.
    pub async fn sees_only(&mut self, names: &[&str]) {
        let moment = Duration::from_millis(500);
        while let Ok(Some(heard)) = tokio::time::timeout(moment, self.hear()).await {
            if let FromServer::Present { who, .. } = heard {
                assert_eq!(who.into_iter().map(|c| c.name).collect::<Vec<_>>(), names);
            }
        }
    }

    /// Whatever it is told within a moment, it is not about people.
    async fn hears_of_nobody(&mut self) {
        while let Ok(Some(Ok(message))) =
            tokio::time::timeout(Duration::from_millis(500), self.0.next()).await
        {
            assert!(!message.to_string().contains("present"), "{message}");
        }
    }
}

/// Ada and Grace of one workspace, Eve of another, a conversation of the first, and where it is served.
pub struct Scene {
    pub addr: SocketAddr,
    pub ada: String,
    pub grace: String,
    pub eve: String,
    pub conversation: ConversationId,
}

pub async fn scene(app: &TestApp) -> Scene {
    let ada = sign_in(&app.state, "ada@example.com", PASSWORD).await.unwrap();
    let viewer = viewer_of(&app.state, &ada).await.unwrap().unwrap();
    let mut w = Write::begin(&app.state, viewer.workspace, viewer.id).await.unwrap();
    let link = teammates::invite(&mut w, "grace@example.com", Role::Agent).await.unwrap();
    w.commit().await.unwrap();
    teammates::join(&app.state, &link, "Grace Hopper", PASSWORD).await.unwrap();
    let grace = sign_in(&app.state, "grace@example.com", PASSWORD).await.unwrap();
    let now = app.state.clock.now();
    rapport::workspace::create(&app.state.db, new_workspace("eve@example.com"), now).await.unwrap();
    let eve = sign_in(&app.state, "eve@example.com", PASSWORD).await.unwrap();
    app.call("identify", &json!({"userId": "u", "traits": {"name": "Ida"}})).await;
    let contact = app.number("select id from contacts").await;
    let form = format!("contact={contact}&body=Hello&client_id=c0");
    app.begin(Some(&ada), &form).await;
    let conversation = ConversationId(app.number("select id from conversations").await);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let state = Arc::clone(&app.state);
    tokio::spawn(http::serve(state, listener, std::future::pending(), Duration::ZERO));
    Scene { addr, ada, grace, eve, conversation }
}

on_both! {
    async fn who_is_here_is_seen_until_their_last_tab_is_gone(app: TestApp) {
        let Scene { addr, ada, grace, conversation, .. } = scene(&app).await;
        let mut tab = Tab::open(addr, &ada).await;
        tab.follow(conversation).await;
        tab.sees(&[]).await;
        tab.look_at(Some(conversation)).await;
        tab.sees(&["Ada Lovelace"]).await;
        let mut first = Tab::open(addr, &grace).await;
        first.follow(conversation).await;
        first.look_at(Some(conversation)).await;
        first.sees(&["Ada Lovelace", "Grace Hopper"]).await;
        tab.sees(&["Ada Lovelace", "Grace Hopper"]).await;
        let mut second = Tab::open(addr, &grace).await;
        second.look_at(Some(conversation)).await;
        // Its renewal is answered, so that it is known to be taken.
        second.sees(&["Ada Lovelace", "Grace Hopper"]).await;
        drop(first);
        tab.sees_only(&["Ada Lovelace", "Grace Hopper"]).await;
        second.look_at(None).await;
        tab.sees(&["Ada Lovelace"]).await;
        second.look_at(Some(conversation)).await;
        tab.sees(&["Ada Lovelace", "Grace Hopper"]).await;
        // The socket ends with the tab, without a word.
        drop(second);
        tab.sees(&["Ada Lovelace"]).await;
    }

    async fn a_silent_tab_goes_when_its_lease_ends_and_not_before(app: TestApp) {
        let Scene { addr, ada, grace, conversation, .. } = scene(&app).await;
        let mut tab = Tab::open(addr, &ada).await;
        tab.follow(conversation).await;
        let mut silent = Tab::open(addr, &grace).await;
        silent.look_at(Some(conversation)).await;
        tab.sees(&["Grace Hopper"]).await;
        app.pass(LEASE - 1);
        // Longer than the pause between two looks for leases that are over.
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        tab.sees_only(&["Grace Hopper"]).await;
        app.pass(1);
        tab.sees(&[]).await;
        silent.look_at(Some(conversation)).await;
        tab.sees(&["Grace Hopper"]).await;
    }

    async fn another_workspace_sees_nobody_and_is_not_seen(app: TestApp) {
        let Scene { addr, ada, eve, conversation, .. } = scene(&app).await;
        let mut tab = Tab::open(addr, &ada).await;
        tab.follow(conversation).await;
        tab.look_at(Some(conversation)).await;
        tab.sees(&["Ada Lovelace"]).await;
        let mut outside = Tab::open(addr, &eve).await;
        outside.follow(conversation).await;
        outside.look_at(Some(conversation)).await;
        let refused = outside.hear().await;
        assert!(matches!(refused, Some(FromServer::Refused { .. })), "{refused:?}");
        tab.look_at(Some(conversation)).await;
        tab.sees(&["Ada Lovelace"]).await;
        outside.hears_of_nobody().await;
        tab.sees_only(&["Ada Lovelace"]).await;
    }

    async fn a_reply_is_announced_with_its_end_and_a_note_as_one(app: TestApp) {
        let Scene { addr, ada, grace, conversation, .. } = scene(&app).await;
        let mut tab = Tab::open(addr, &ada).await;
        tab.follow(conversation).await;
        tab.sees(&[]).await;
        let mut other = Tab::open(addr, &grace).await;
        let id = app.number("select max(id) from teammates where name = 'Grace Hopper'").await;
        for (note, over) in [(false, false), (false, true), (true, false)] {
            other.say(FromBrowser::Typing { conversation, note, over }).await;
            let heard = loop {
                match tab.hear().await {
                    Some(FromServer::Changed { .. }) => {}
                    heard => break heard,
                }
            };
            let Some(FromServer::Typing { name, teammate, note: n, over: o, .. }) = heard else {
                panic!("{heard:?}")
            };
            assert_eq!((name.as_deref(), teammate), (Some("Grace Hopper"), Some(TeammateId(id))));
            assert_eq!((n, o), (note, over));
        }
    }
}
