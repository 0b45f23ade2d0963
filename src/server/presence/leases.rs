//! Leases of one process's memory: how each begins, is renewed and ends, and who is told of it.

use std::collections::HashMap;

use crate::id::{ConversationId, WorkspaceId};
use crate::live::{Colleague, FromServer, Topic};
use crate::server::hub::Hub;
use crate::server::nodes::Here;
use crate::time::Time;

/// A tab: the process that it is connected to, `None` for this one, and the number of its socket there.
pub(super) type Tab = (Option<u64>, u64);

/// A tab that has a conversation open.
pub(super) struct Lease {
    pub tab: Tab,
    pub who: Colleague,
    pub until: Time,
    /// Until when they count as replying.
    pub replies: Option<Time>,
}

/// A conversation in its workspace.
pub(super) type Place = (WorkspaceId, ConversationId);

/// What another process is told of a tab here.
pub(super) fn written(
    (workspace, conversation): Place,
    socket: u64,
    who: &Colleague,
    replies: Option<Time>,
    now: Time,
) -> Here {
    let replies = replies.map_or(0, |until| (until.0 - now.0).max(0));
    Here { workspace, conversation, socket, who: who.clone(), replies }
}

/// The leases of tabs that are connected to this process.
pub(super) fn own(
    places: &HashMap<Place, Vec<Lease>>,
    place: Place,
) -> impl Iterator<Item = &Lease> {
    places.get(&place).into_iter().flatten().filter(|lease| lease.tab.0.is_none())
}

/// Begins or renews a lease; answers it, and whether it is new.
pub(super) fn lease<'a>(
    places: &'a mut HashMap<Place, Vec<Lease>>,
    hub: &Hub,
    place: Place,
    tab: Tab,
    who: &Colleague,
    until: Time,
) -> (Option<&'a mut Lease>, bool) {
    let leases = places.entry(place).or_default();
    if let Some(at) = leases.iter().position(|l| l.tab == tab) {
        leases[at].until = until;
        return (leases.get_mut(at), false);
    }
    let new = leases.iter().all(|l| l.who.id != who.id);
    leases.push(Lease { tab, who: who.clone(), until, replies: None });
    if new {
        tell(hub, place, leases);
    }
    (leases.last_mut(), true)
}

/// Ends the leases of a place but for some; answers how many ended.
pub(super) fn keep(
    places: &mut HashMap<Place, Vec<Lease>>,
    hub: &Hub,
    place: Place,
    stays: impl Fn(&Lease) -> bool,
) -> usize {
    let Some(leases) = places.get_mut(&place) else { return 0 };
    let (all, before) = (leases.len(), present(leases).len());
    leases.retain(stays);
    let ended = all - leases.len();
    // Another tab of the same teammate keeps them here.
    if present(leases).len() != before {
        tell(hub, place, leases);
    }
    if leases.is_empty() {
        places.remove(&place);
    }
    ended
}

/// Each teammate once, whoever came first before the others.
pub(super) fn present(leases: &[Lease]) -> Vec<Colleague> {
    let mut all: Vec<Colleague> = Vec::new();
    for lease in leases {
        if all.iter().all(|c| c.id != lease.who.id) {
            all.push(lease.who.clone());
        }
    }
    all
}

/// Said while the leases are locked, so that what is told last is what holds.
fn tell(hub: &Hub, (workspace, conversation): Place, leases: &[Lease]) {
    let message = FromServer::Present { conversation, who: present(leases) };
    hub.say(workspace, Topic::Conversation(conversation), &message);
}
