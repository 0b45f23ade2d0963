//! Where those are in a note who write in it on another process.

use std::sync::PoisonError;

use super::seen::{Spot, spots};
use super::{Heard, Place, Rooms};
use crate::server::nodes::Word;
use crate::server::state::AppState;
use crate::time::Time;

impl Rooms {
    fn hear_spots(&self, place: Place, node: u64, spots: Vec<Spot>) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.entry(place).or_default().push((node, spots));
    }

    /// What was heard of a note, and nobody has taken in yet.
    pub(super) fn take_heard(&self, place: Place) -> Vec<Heard> {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.remove(&place).unwrap_or_default()
    }
}

/// Another process says where its editors are. A note that is just being written to disk takes it in afterwards.
pub(crate) fn hear_spots(app: &AppState, node: u64, place: Place, said: Vec<Spot>, now: Time) {
    let found = app.notes.lock().get(&place).cloned();
    let Some(room) = found else { return };
    app.notes.hear_spots(place, node, said);
    if let Ok(mut room) = room.try_lock() {
        room.take_heard(app, place, now);
    }
}

/// Another process asks who is in a note, or in every note.
pub(crate) fn tell_spots(app: &AppState, only: Option<Place>) {
    for (place, room) in app.notes.all() {
        // One that is just being written to disk is told of with its next key, or the next renewal.
        let Ok(room) = room.try_lock() else { continue };
        if only.is_none_or(|only| only == place)
            && let Some(own) = room.own_spots()
        {
            app.hub.nodes.say(|| Word::Spots(place.0, place.1, spots(&own)));
        }
    }
}
