//! Where the others are, and what one says of oneself.

use std::collections::HashMap;

use leptos::prelude::*;
use leptos::web_sys::HtmlElement;
use serde_json::{Value, json};
use yrs::sync::AwarenessUpdate;
use yrs::sync::awareness::AwarenessUpdateEntry;
use yrs::{ClientID, Doc, StickyIndex, Transact as _};

use super::mirror::{self, Caret};
use crate::notes::editor::{Desk, Other};

/// How many colours there are.
const COLOURS: i64 = 8;

/// Who is seen.
pub struct Sight {
    client: u64,
    mirror: HtmlElement,
    clock: u32,
    said: String,
    others: HashMap<ClientID, (u32, Value)>,
    /// Whether somebody types here.
    pub writing: bool,
}

impl Sight {
    /// Nobody yet.
    pub fn new(client: u64, mirror: HtmlElement) -> Self {
        let (clock, said, others) = (0, String::new(), HashMap::new());
        Self { client, mirror, clock, said, others, writing: false }
    }

    /// Nobody is seen without a connection, and oneself is to be said again.
    pub fn clear(&mut self) {
        self.others.clear();
        self.said.clear();
    }

    /// What is to be said of oneself, if it is anything new.
    pub fn say(
        &mut self,
        anchor: Option<StickyIndex>,
        head: Option<StickyIndex>,
    ) -> Option<AwarenessUpdate> {
        let state =
            json!({ "cursor": { "anchor": anchor, "head": head }, "writing": self.writing });
        let state = state.to_string();
        if state == self.said {
            return None;
        }
        self.said.clone_from(&state);
        self.clock += 1;
        let entry = AwarenessUpdateEntry { clock: self.clock, json: state.into() };
        Some(AwarenessUpdate { clients: HashMap::from([(ClientID::new(self.client), entry)]) })
    }

    /// Hears of the others.
    pub fn hear(&mut self, update: AwarenessUpdate) {
        for (client, entry) in update.clients {
            let newer = self.others.get(&client).is_none_or(|(clock, _)| *clock <= entry.clock);
            if client.get() == self.client || !newer {
                continue;
            }
            match serde_json::from_str(&entry.json) {
                Ok(Value::Null) | Err(_) => _ = self.others.remove(&client),
                Ok(state) => _ = self.others.insert(client, (entry.clock, state)),
            }
        }
    }

    /// Shows them.
    pub fn publish(&self, doc: &Doc, text: &[u16], desk: Desk) {
        let txn = doc.transact();
        let mut all = Vec::new();
        let mut carets = Vec::new();
        for (client, (_, state)) in &self.others {
            let user = &state["user"];
            let name = user["name"].as_str().unwrap_or("Somebody").to_owned();
            let colour = user["id"].as_i64().unwrap_or_default().rem_euclid(COLOURS) as u8;
            let place = |end: &str| {
                let mark: StickyIndex =
                    serde_json::from_value(state["cursor"][end].clone()).ok()?;
                Some(mark.get_offset(&txn)?.index as usize)
            };
            if let Some((anchor, head)) = place("anchor").zip(place("head")) {
                carets.push(Caret { name: name.clone(), colour, anchor, head });
            }
            let writing = state["writing"] == Value::Bool(true);
            all.push(Other { client: client.get(), name, colour, writing });
        }
        drop(txn);
        all.sort_by_key(|other| other.client);
        carets.sort_by_key(|caret| caret.head);
        mirror::draw(&self.mirror, text, &carets);
        if desk.others.try_with_untracked(|others| *others != all) == Some(true) {
            desk.others.try_set(all);
        }
    }
}
