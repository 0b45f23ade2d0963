//! Where the others are in a note: what each says of its cursor, under the name that the server knows it by.

use std::collections::HashMap;

use serde_json::{Map, Value};
use yrs::ClientID;
use yrs::sync::AwarenessUpdate;
use yrs::sync::awareness::AwarenessUpdateEntry;

use crate::id::TeammateId;
use crate::teammates::Viewer;

/// The most bytes that one may say of oneself.
const MOST: usize = 4096;
/// What one says who is gone.
const NOBODY: &str = "null";

struct Seen {
    clock: u32,
    json: String,
    socket: u64,
    who: TeammateId,
}

/// Who is seen, by the numbers that their editors have in the document.
#[derive(Default)]
pub struct Sight {
    all: HashMap<ClientID, Seen>,
}

impl Sight {
    /// Takes what a socket says of its own editors; answers what is news. What it says of others' is passed over.
    pub fn take(
        &mut self,
        viewer: &Viewer,
        socket: u64,
        update: AwarenessUpdate,
    ) -> Option<AwarenessUpdate> {
        let mut news = HashMap::new();
        // An editor is one; its old number may still be on its way out.
        for (client, entry) in update.clients.into_iter().take(4) {
            let known = self.all.get(&client);
            if known.is_some_and(|k| k.who != viewer.id || k.clock >= entry.clock) {
                continue;
            }
            if &*entry.json == NOBODY {
                if known.is_some() {
                    self.all.remove(&client);
                    news.insert(client, entry);
                }
                continue;
            }
            let Some(json) = named(&entry.json, viewer) else { continue };
            let clock = entry.clock;
            let seen = Seen { clock, json: json.clone(), socket, who: viewer.id };
            self.all.insert(client, seen);
            news.insert(client, AwarenessUpdateEntry { clock, json: json.into() });
        }
        (!news.is_empty()).then_some(AwarenessUpdate { clients: news })
    }

    /// Forgets a socket's editors; answers what is news of it.
    pub fn forget(&mut self, socket: u64) -> Option<AwarenessUpdate> {
        let gone = self.all.extract_if(|_, seen| seen.socket == socket);
        let gone = gone.map(|(client, seen)| {
            let clock = seen.clock.saturating_add(1);
            (client, AwarenessUpdateEntry { clock, json: NOBODY.into() })
        });
        let clients: HashMap<_, _> = gone.collect();
        (!clients.is_empty()).then_some(AwarenessUpdate { clients })
    }

    /// Everyone, for who comes.
    pub fn everyone(&self) -> Option<AwarenessUpdate> {
        let entry = |(client, seen): (&ClientID, &Seen)| {
            let json = seen.json.as_str().into();
            (*client, AwarenessUpdateEntry { clock: seen.clock, json })
        };
        let clients: HashMap<_, _> = self.all.iter().map(entry).collect();
        (!clients.is_empty()).then_some(AwarenessUpdate { clients })
    }
}

/// What somebody says of themselves, with their true name in it; nothing for what is no object or too much.
fn named(json: &str, viewer: &Viewer) -> Option<String> {
    let mut said: Map<String, Value> =
        (json.len() <= MOST).then(|| serde_json::from_str(json).ok()).flatten()?;
    said.insert("user".into(), serde_json::json!({ "id": viewer.id, "name": viewer.name }));
    serde_json::to_string(&said).ok()
}
