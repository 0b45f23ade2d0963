//! What the other processes say.

use std::collections::BTreeSet;

use super::packing::Packet;
use super::{Word, log};
use crate::error::Error;
use crate::notes::rooms;
use crate::server::state::AppState;

/// Does what another process says. What this one said itself it hears as well, and leaves.
///
/// # Errors
/// [`Error::Internal`] when the database fails; then the rest was done, and the log is looked at again soon.
pub(super) async fn called(app: &AppState, text: &str) -> Result<(), Error> {
    let Ok(Packet { node, words }) = serde_json::from_str(text) else {
        // While an installation changes its version, two versions speak to each other.
        tracing::debug!("another process says what is not understood");
        return Ok(());
    };
    if node == app.hub.nodes.out.node {
        return Ok(());
    }
    // The log first: a number that comes with what was touched says that everything before it is known.
    let logs: BTreeSet<_> = words
        .iter()
        .filter_map(|word| match word {
            Word::Log(workspace) | Word::Touched(workspace, _) => Some(*workspace),
            _ => None,
        })
        .collect();
    let mut done = Ok(());
    for workspace in logs {
        done = done.and(log::look(app, Some(workspace)).await);
    }
    let now = app.clock.now();
    for word in words {
        match word {
            Word::Log(_) => {}
            Word::Touched(workspace, topics) => {
                let topics: BTreeSet<_> = topics.into_iter().collect();
                app.hub.touch(workspace, &topics, now);
                // Without a number: nothing of the log is said to be known by it.
                app.hub.publish(workspace, topics, 0);
            }
            Word::Said(workspace, topic, message) => app.hub.say(workspace, topic, &message),
            Word::Here(here) => app.presence.hear_here(&app.hub, node, here, now),
            Word::Gone(workspace, conversation, socket) => {
                app.presence.hear_gone(&app.hub, node, (workspace, conversation), socket);
            }
            Word::Spots(workspace, note, spots) => {
                rooms::hear_spots(app, node, (workspace, note), spots, now);
            }
            Word::WhoIsIn(workspace, note) => rooms::tell_spots(app, Some((workspace, note))),
            Word::Hello => {
                app.presence.tell_all(&app.hub, now);
                rooms::tell_spots(app, None);
            }
        }
    }
    done
}
