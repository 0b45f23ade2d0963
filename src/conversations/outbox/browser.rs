//! In a browser: one after the other, in the order of writing.

use futures::StreamExt as _;
use futures::channel::mpsc::{UnboundedReceiver, unbounded};
use futures::future::select;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::Storage;

use super::{Entry, Item, Outbox};
use crate::conversations::api::say;
use crate::error::Error;

/// What the names of kept items begin with.
const PREFIX: &str = "outbox-";
/// The wait before the next attempt, in milliseconds; it doubles up to the longest.
const SHORTEST: u32 = 1_000;
const LONGEST: u32 = 15_000;

/// The time, by this browser's clock, in milliseconds.
pub fn now() -> i64 {
    js_sys::Date::now() as i64
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Keeps an item until the server has it.
pub fn keep(item: &Item) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(item)) {
        // A full storage keeps nothing; the tab has it still.
        let _ = storage.set_item(&format!("{PREFIX}{}", item.client_id), &text);
    }
}

/// Forgets an item that the server has, or that was given up.
pub fn forget(client_id: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&format!("{PREFIX}{client_id}"));
    }
}

/// What a tab that was closed or loaded anew left behind.
fn kept() -> Vec<Item> {
    let Some(storage) = storage() else { return Vec::new() };
    let names = (0..storage.length().unwrap_or(0)).filter_map(|n| storage.key(n).ok().flatten());
    let texts = names
        .filter(|name| name.starts_with(PREFIX))
        .filter_map(|name| storage.get_item(&name).ok().flatten());
    let mut items: Vec<Item> =
        texts.filter_map(|t| serde_json::from_slice(t.as_bytes()).ok()).collect();
    items.sort_by_key(|item| item.written);
    items
}

/// Sends for as long as the page lives.
pub fn start(outbox: Outbox) {
    let (bell, rings) = unbounded();
    outbox.bell.set_value(Some(bell));
    let written = outbox
        .entries
        .with_untracked(|all| all.iter().map(|e| e.item.client_id.clone()).collect::<Vec<_>>());
    let left = kept()
        .into_iter()
        .filter(|item| item.teammate == outbox.me && !written.contains(&item.client_id));
    let left: Vec<_> = left.map(|item| Entry { item, failed: None, sent: false }).collect();
    outbox.entries.update(|all| all.splice(0..0, left).for_each(drop));
    spawn_local(work(outbox, rings));
}

async fn work(outbox: Outbox, mut rings: UnboundedReceiver<()>) {
    let mut wait = SHORTEST;
    loop {
        let next = outbox
            .entries
            .try_with_untracked(|all| all.iter().find(|e| e.goes_on()).map(|e| e.item.clone()));
        match next {
            None => return,
            Some(None) => {
                wait = SHORTEST;
                if rings.next().await.is_none() {
                    return;
                }
            }
            Some(Some(item)) => {
                if attempt(outbox, item).await {
                    wait = SHORTEST;
                    continue;
                }
                // The order of writing is the order of sending, so that the others wait as well.
                select(rings.next(), TimeoutFuture::new(wait)).await;
                wait = (wait * 2).min(LONGEST);
            }
        }
    }
}

/// Sends one; answers whether the server was reached.
async fn attempt(outbox: Outbox, item: Item) -> bool {
    let files: Vec<_> = item.files.iter().map(|f| f.id.to_string()).collect();
    let sent =
        say(item.conversation, item.kind, item.body, item.client_id.clone(), files.join(",")).await;
    let reached = !matches!(sent, Err(Error::Unreachable));
    match sent {
        Ok(()) => {
            forget(&item.client_id);
            outbox.mark(&item.client_id, |entry| {
                entry.sent = true;
                entry.failed = None;
            });
            outbox.taken.try_update(|n| *n += 1);
        }
        Err(error) => outbox.mark(&item.client_id, |entry| entry.failed = Some(error)),
    }
    reached
}
