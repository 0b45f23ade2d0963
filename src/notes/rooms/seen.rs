//! Where the others are in a note: what each says of its cursor, under the name that the server knows it by.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use yrs::ClientID;
use yrs::sync::AwarenessUpdate;
use yrs::sync::awareness::AwarenessUpdateEntry;

use crate::id::TeammateId;
use crate::server::nodes::HOLDS;
use crate::teammates::Viewer;
use crate::time::Time;

/// The most bytes that one may say of oneself.
const MOST: usize = 4096;
/// What one says who is gone.
const NOBODY: &str = "null";

/// Through whom an editor is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Through {
    /// A socket of this process, and whose it is.
    Socket(u64, TeammateId),
    /// Another process. It counts until this moment, unless that one says it again.
    Process(u64, Time),
}

struct Seen {
    clock: u32,
    json: String,
    through: Through,
}

/// What one editor says of itself, as processes tell each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Spot {
    /// Its number in the document.
    pub client: u64,
    /// How often it has said something.
    pub clock: u32,
    /// What, with the true name of who writes in it; `null` when it is gone.
    pub json: String,
}

/// News of editors, as processes tell each other.
pub(super) fn spots(news: &AwarenessUpdate) -> Vec<Spot> {
    let spot = |(client, entry): (&ClientID, &AwarenessUpdateEntry)| Spot {
        client: client.get(),
        clock: entry.clock,
        json: entry.json.to_string(),
    };
    news.clients.iter().map(spot).collect()
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
            let theirs =
                |k: &Seen| !matches!(k.through, Through::Socket(_, who) if who == viewer.id);
            if known.is_some_and(|k| theirs(k) || k.clock >= entry.clock) {
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
            let through = Through::Socket(socket, viewer.id);
            self.all.insert(client, Seen { clock, json: json.clone(), through });
            news.insert(client, AwarenessUpdateEntry { clock, json: json.into() });
        }
        update_of(news)
    }

    /// Takes what another process says of editors that are connected to it; answers what is news.
    pub(super) fn hear(
        &mut self,
        node: u64,
        spots: Vec<Spot>,
        now: Time,
    ) -> Option<AwarenessUpdate> {
        let mut news = HashMap::new();
        for Spot { client, clock, json } in spots {
            let client = ClientID::new(client);
            let known = self.all.get_mut(&client);
            // Who came over to this process is known better here.
            if known.as_ref().is_some_and(|k| matches!(k.through, Through::Socket(..))) {
                continue;
            }
            let through = Through::Process(node, now.plus(HOLDS));
            match known {
                Some(known) if known.clock >= clock => {
                    known.through = through;
                    continue;
                }
                Some(_) if json == NOBODY => _ = self.all.remove(&client),
                None if json == NOBODY => continue,
                _ => _ = self.all.insert(client, Seen { clock, json: json.clone(), through }),
            }
            news.insert(client, AwarenessUpdateEntry { clock, json: json.into() });
        }
        update_of(news)
    }

    /// Forgets a socket's editors; answers what is news of it.
    pub fn forget(&mut self, socket: u64) -> Option<AwarenessUpdate> {
        self.drop_where(|through| matches!(through, Through::Socket(of, _) if of == socket))
    }

    /// Forgets those of other processes that fell silent; answers what is news of it.
    pub(super) fn expire(&mut self, now: Time) -> Option<AwarenessUpdate> {
        self.drop_where(|through| matches!(through, Through::Process(_, until) if until <= now))
    }

    fn drop_where(&mut self, over: impl Fn(Through) -> bool) -> Option<AwarenessUpdate> {
        let gone = self.all.extract_if(|_, seen| over(seen.through));
        let gone = gone.map(|(client, seen)| {
            let clock = seen.clock.saturating_add(1);
            (client, AwarenessUpdateEntry { clock, json: NOBODY.into() })
        });
        update_of(gone.collect())
    }

    /// Everyone, for who comes.
    pub fn everyone(&self) -> Option<AwarenessUpdate> {
        self.some(|_| true)
    }

    /// Those who are connected to this process.
    pub(super) fn own(&self) -> Option<AwarenessUpdate> {
        self.some(|through| matches!(through, Through::Socket(..)))
    }

    fn some(&self, which: impl Fn(Through) -> bool) -> Option<AwarenessUpdate> {
        let entry = |(client, seen): (&ClientID, &Seen)| {
            let json = seen.json.as_str().into();
            (*client, AwarenessUpdateEntry { clock: seen.clock, json })
        };
        update_of(self.all.iter().filter(|(_, seen)| which(seen.through)).map(entry).collect())
    }
}

fn update_of(clients: HashMap<ClientID, AwarenessUpdateEntry>) -> Option<AwarenessUpdate> {
    (!clients.is_empty()).then_some(AwarenessUpdate { clients })
}

/// What somebody says of themselves, with their true name in it; nothing for what is no object or too much.
fn named(json: &str, viewer: &Viewer) -> Option<String> {
    let mut said: Map<String, Value> =
        (json.len() <= MOST).then(|| serde_json::from_str(json).ok()).flatten()?;
    said.insert("user".into(), serde_json::json!({ "id": viewer.id, "name": viewer.name }));
    serde_json::to_string(&said).ok()
}
