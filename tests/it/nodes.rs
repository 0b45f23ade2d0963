//! Several servers on one database: what one changes, and who is there, the tabs of the other hear.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use rapport::conversations::{self, PartKind};
use rapport::id::{CompanyId, TeammateId, WorkspaceId};
use rapport::live::{FromBrowser, FromServer, Topic};
use rapport::server::clock::Clock;
use rapport::server::db::{Db, Write};
use rapport::server::http;
use rapport::server::nodes::HOLDS;
use rapport::server::state::AppState;
use rapport::stream;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::on_both;
use crate::presence::{Scene, Tab, scene};
use crate::support::{Engine, NOON, TestApp};

/// Another server on the same database, which can be ended without a word.
struct Other {
    state: Arc<AppState>,
    addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    runtime: Option<Runtime>,
}

impl Other {
    async fn start(app: &TestApp) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let (url, folder) = (app.url.to_string(), app.folder.path().to_owned());
        let (stop, told) = oneshot::channel::<()>();
        let (said, started) = oneshot::channel();
        runtime.spawn(async move {
            let db = Db::open(&url).await.unwrap();
            let mut state = AppState::new(db, Clock::Fixed(AtomicI64::new(NOON.0)), false);
            state.data_dir = folder;
            let state = Arc::new(state);
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            said.send((state.clone(), listener.local_addr().unwrap())).ok();
            let told = async move { _ = told.await };
            http::serve(state, listener, told, Duration::from_secs(5)).await.unwrap();
        });
        let (state, addr) = started.await.unwrap();
        // It has to listen before what is said reaches it; until then it finds the log's lines by looking.
        tokio::time::sleep(Duration::from_millis(300)).await;
        Self { state, addr, stop: Some(stop), runtime: Some(runtime) }
    }

    /// As if it had been killed: nothing of it runs on.
    fn kill(mut self) {
        std::mem::forget(self.stop.take());
        self.runtime.take().into_iter().for_each(Runtime::shutdown_background);
    }

    /// As on SIGTERM.
    async fn stop(mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Waits for a hint about a topic.
async fn hint(tab: &mut Tab, topic: Topic) -> i64 {
    loop {
        match tab.hear().await {
            Some(FromServer::Changed { topic: of, seq }) if of == topic => return seq,
            Some(_) => {}
            None => panic!("nothing was heard of {topic:?}"),
        }
    }
}

async fn say(state: &Arc<AppState>, scene: &Scene, text: &str) -> i64 {
    let mut w = Write::begin(state, WorkspaceId(1), TeammateId(0)).await.unwrap();
    w.workspace =
        rapport::teammates::viewer_of(state, &scene.ada).await.unwrap().unwrap().workspace;
    conversations::say(&mut w, scene.conversation, PartKind::Message, text, text).await.unwrap();
    w.commit().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_at_another_server_is_seen_with_what_they_write() {
    let app = TestApp::new(Engine::Postgres).await;
    let Scene { addr, ada, grace, eve, conversation } = scene(&app).await;
    let other = Other::start(&app).await;
    let mut tab = Tab::open(addr, &ada).await;
    tab.follow(conversation).await;
    tab.look_at(Some(conversation)).await;
    tab.sees(&["Ada Lovelace"]).await;
    let mut there = Tab::open(other.addr, &grace).await;
    there.follow(conversation).await;
    there.sees(&["Ada Lovelace"]).await;
    there.look_at(Some(conversation)).await;
    there.sees(&["Ada Lovelace", "Grace Hopper"]).await;
    tab.sees(&["Ada Lovelace", "Grace Hopper"]).await;

    there.say(FromBrowser::Typing { conversation, note: false, over: false }).await;
    let heard = loop {
        match tab.hear().await {
            Some(FromServer::Typing { name, note, over, .. }) => break (name, note, over),
            Some(_) => {}
            None => panic!("nobody writes"),
        }
    };
    assert_eq!(heard, (Some("Grace Hopper".into()), false, false));
    // Who opens the conversation at the first server later hears of the reply that is written at the second.
    let mut late = Tab::open(addr, &ada).await;
    late.follow(conversation).await;
    late.sees(&["Ada Lovelace", "Grace Hopper"]).await;
    assert!(matches!(late.hear().await, Some(FromServer::Typing { note: false, over: false, .. })));

    // A server that comes later asks who is there.
    let third = Other::start(&app).await;
    let mut newest = Tab::open(third.addr, &grace).await;
    newest.follow(conversation).await;
    let both = loop {
        match newest.hear().await {
            Some(FromServer::Present { who, .. }) => break who.len(),
            Some(_) => {}
            None => panic!("it knows of nobody"),
        }
    };
    assert_eq!(both, 2);

    let mut outside = Tab::open(third.addr, &eve).await;
    outside.follow(conversation).await;
    assert!(matches!(outside.hear().await, Some(FromServer::Refused { .. })));

    drop(there);
    tab.sees(&["Ada Lovelace"]).await;
    newest.look_at(Some(conversation)).await;
    tab.sees(&["Ada Lovelace", "Grace Hopper"]).await;
    third.stop().await;
    tab.sees(&["Ada Lovelace"]).await;
    drop(other);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tabs_of_a_server_that_was_killed_count_until_their_leases_end() {
    let app = TestApp::new(Engine::Postgres).await;
    let Scene { addr, ada, grace, conversation, .. } = scene(&app).await;
    let other = Other::start(&app).await;
    let mut tab = Tab::open(addr, &ada).await;
    tab.follow(conversation).await;
    let mut there = Tab::open(other.addr, &grace).await;
    there.look_at(Some(conversation)).await;
    tab.sees(&["Grace Hopper"]).await;
    other.kill();
    drop(there);
    app.pass(HOLDS - 1);
    // Longer than the pause between two looks for leases that are over.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    tab.sees_only(&["Grace Hopper"]).await;
    app.pass(1);
    tab.sees(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_line_in_the_log_is_heard_of_at_another_server() {
    let app = TestApp::new(Engine::Postgres).await;
    let Scene { ada, .. } = scene(&app).await;
    let me = rapport::teammates::viewer_of(&app.state, &ada).await.unwrap().unwrap().id;
    let other = Other::start(&app).await;
    let mut there = Tab::open(other.addr, &ada).await;
    let topic = Topic::Mine(me);
    there.say(FromBrowser::Subscribe { topic, since: 1_000 }).await;
    while !matches!(
        there.hear().await,
        Some(FromServer::Following { .. } | FromServer::Changed { .. })
    ) {}
    let (status, body) =
        app.form(Some(&ada), "/do/set_alerts", "about=mine&from=19:00&to=08:00").await;
    assert!(status.is_success() || status.is_redirection(), "{status} {body}");
    assert_eq!(hint(&mut there, topic).await, 0, "it says nothing of how far the log goes");
}

on_both! {
    async fn what_one_server_writes_the_tabs_of_the_other_hear_of(app: TestApp) {
        let scene = scene(&app).await;
        let other = Other::start(&app).await;
        let topic = Topic::Conversation(scene.conversation);
        let (mut here, mut there) =
            (Tab::open(scene.addr, &scene.ada).await, Tab::open(other.addr, &scene.grace).await);
        let now = app.number("select max(n) from workspace_seq").await;
        for tab in [&mut here, &mut there] {
            tab.say(FromBrowser::Subscribe { topic, since: now }).await;
            while !matches!(tab.hear().await, Some(FromServer::Following { .. })) {}
        }
        // In turns, with pauses that a look falls into or not: the last number reaches both, whoever wrote it.
        for n in 0..12 {
            let state = if n % 3 == 0 { &other.state } else { &app.state };
            let last = say(state, &scene, &format!("Word {n}")).await;
            for tab in [&mut here, &mut there] {
                while hint(tab, topic).await < last {}
            }
            tokio::time::sleep(Duration::from_millis(n * 20)).await;
        }
        // More lines than are looked at one by one.
        app.call("identify", &serde_json::json!({"userId": "busy"})).await;
        for _ in 0..2 {
            let batch: Vec<_> = (0..300).map(|n| serde_json::json!({"type": "track", "userId": "busy", "event": format!("E{}", n % 5)})).collect();
            let (status, body) = app.call("batch", &serde_json::json!({"batch": batch})).await;
            assert!(status.is_success(), "{body}");
        }
        let last = say(&app.state, &scene, "The end").await;
        while hint(&mut there, topic).await < last {}
    }

    async fn what_people_do_is_heard_on_the_pages_of_their_companies(app: TestApp) {
        let scene = scene(&app).await;
        let other = Other::start(&app).await;
        for (user, company) in [("u", "navy"), ("v", "army")] {
            let call = serde_json::json!({"userId": user, "groupId": company, "traits": {"name": company}});
            let (status, body) = app.call("group", &call).await;
            assert!(status.is_success(), "{body}");
        }
        let navy = CompanyId(app.number("select id from companies where company_id = 'navy'").await);
        let army = CompanyId(app.number("select id from companies where company_id = 'army'").await);
        let now = app.number("select max(n) from workspace_seq").await;
        let mut tabs = Vec::new();
        for (addr, token, company) in [
            (scene.addr, &scene.ada, navy),
            (other.addr, &scene.grace, navy),
            (scene.addr, &scene.ada, army),
        ] {
            let mut tab = Tab::open(addr, token).await;
            let topic = Topic::Company(company);
            tab.say(FromBrowser::Subscribe { topic, since: now }).await;
            // Segments are entered by and by.
            while tokio::time::timeout(Duration::from_millis(500), tab.hear()).await.is_ok() {}
            tabs.push(tab);
        }
        let before = app.number("select max(n) from workspace_seq").await;
        let call = serde_json::json!({"userId": "u", "event": "Ordered"});
        let (status, body) = app.call("track", &call).await;
        assert!(status.is_success(), "{body}");
        let [here, there, elsewhere] = tabs.as_mut_slice() else { panic!("three tabs") };
        for tab in [&mut *here, there] {
            while hint(tab, Topic::Company(navy)).await <= before {}
        }
        assert!(tokio::time::timeout(Duration::from_millis(300), elsewhere.hear()).await.is_err(), "not those of others");
        // Who lost the connection meanwhile catches up.
        let workspace = WorkspaceId(app.number("select workspace_id from companies order by id limit 1").await);
        let since = async |company| stream::changed_since(&app.state, workspace, Topic::Company(company), before).await.unwrap();
        assert!(since(navy).await > before);
        assert_eq!(since(army).await, before);
        // What somebody does after they left is no longer the company's.
        let person = app.number("select contact_id from memberships order by contact_id limit 1").await;
        app.form(Some(&scene.ada), "/do/detach", &format!("company={navy}&contact={person}")).await;
        while tokio::time::timeout(Duration::from_millis(500), here.hear()).await.is_ok() {}
        let before = app.number("select max(n) from workspace_seq").await;
        app.call("track", &serde_json::json!({"userId": "u", "event": "Ordered"})).await;
        let after = stream::changed_since(&app.state, workspace, Topic::Company(navy), before).await.unwrap();
        assert_eq!(after, before);
    }
}
