//! Where somebody is in a note is seen at another process on the same database as well.

use std::sync::Arc;
use std::time::Duration;

use rapport::notes::rooms;
use rapport::server::nodes::{self, HOLDS};
use rapport::server::state::AppState;
use yrs::ClientID;
use yrs::sync::awareness::AwarenessUpdateEntry;
use yrs::sync::{AwarenessUpdate, Message};

use super::editor::Editor;
use super::random::another_process;
use super::{Scene, opened, scene};
use crate::support::{Engine, TestApp};

fn talks(state: &Arc<AppState>) {
    tokio::spawn(nodes::watch(Arc::downgrade(state)));
    tokio::spawn(nodes::speak(Arc::downgrade(state)));
}

async fn says(editor: &mut Editor, clock: u32, json: &str) {
    let client = ClientID::new(editor.client());
    let entry = AwarenessUpdateEntry { clock, json: json.into() };
    editor.post(Message::Awareness(AwarenessUpdate { clients: [(client, entry)].into() }));
    editor.settle().await;
}

/// Waits until an editor hears of another's that what it says contains this.
async fn hears(editor: &mut Editor, client: u64, what: &str) {
    for _ in 0..200 {
        editor.hear_all().await;
        let said = editor.seen.iter().rev().find_map(|u| u.clients.get(&ClientID::new(client)));
        if said.is_some_and(|entry| entry.json.contains(what)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{what} was not heard: {:?}", editor.seen);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_somebody_is_is_seen_at_another_process() {
    let app = TestApp::new(Engine::Postgres).await;
    let Scene { ada, grace, note, .. } = scene(&app, "base").await;
    let other = another_process(&app).await;
    talks(&app.state);
    talks(&other);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut one = opened(&app.state, &ada, note).await;
    says(&mut one, 1, r#"{"cursor":"here"}"#).await;
    // Who comes later is told who is there, under the name that the server knows.
    let mut two = opened(&other, &grace, note).await;
    hears(&mut two, one.client(), "Ada Lovelace").await;
    says(&mut two, 1, r#"{"cursor":"there","writing":true}"#).await;
    hears(&mut one, two.client(), "Grace Hopper").await;
    says(&mut one, 2, r#"{"cursor":"elsewhere"}"#).await;
    hears(&mut two, one.client(), "elsewhere").await;
    // Who goes is gone, and who comes back is seen again.
    two.disconnect().await;
    hears(&mut one, two.client(), "null").await;
    two.connect(&other);
    two.settle().await;
    says(&mut two, 3, r#"{"cursor":"again"}"#).await;
    hears(&mut one, two.client(), "again").await;
    // Nobody speaks for somebody who is connected elsewhere.
    let mut three = opened(&other, &grace, note).await;
    let client = ClientID::new(one.client());
    let entry = AwarenessUpdateEntry { clock: 9, json: "null".into() };
    three.post(Message::Awareness(AwarenessUpdate { clients: [(client, entry)].into() }));
    three.settle().await;
    says(&mut one, 3, r#"{"cursor":"still"}"#).await;
    hears(&mut two, one.client(), "still").await;
    // A process that is killed says no goodbye: its people count for a minute.
    let left = two.client();
    two.cut();
    three.cut();
    drop(other);
    rooms::sweep(&app.state, app.state.clock.now()).await;
    one.hear_all().await;
    let last = one.seen.iter().rev().find_map(|u| u.clients.get(&ClientID::new(left))).unwrap();
    assert!(last.json.contains("again"), "{last:?}");
    app.pass(HOLDS);
    rooms::sweep(&app.state, app.state.clock.now()).await;
    hears(&mut one, left, "null").await;
}
