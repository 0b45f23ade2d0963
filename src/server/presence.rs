//! Who has which conversation open now: leases, held by open tabs, gone when they go and not before.
//!
//! They live in the memory of this process, as the hub's topics do. Where several processes work on one database each
//! tells the others of its tabs (see [`nodes`](crate::server::nodes)), whose leases end by themselves when it falls silent.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use crate::id::{ConversationId, WorkspaceId};
use crate::live::{Colleague, FromServer, REPLYING, Topic};
use crate::server::hub::{Hub, Listener};
use crate::server::nodes::{self, Here, Word};
use crate::server::state::AppState;
use crate::time::Time;

/// How long a tab counts that is silent, in milliseconds. It speaks every 20 seconds.
pub const LEASE: i64 = 45_000;
/// How often leases that are over are looked for.
const SWEEP: Duration = Duration::from_secs(1);

/// A tab: the process that it is connected to, `None` for this one, and the number of its socket there.
type Tab = (Option<u64>, u64);

/// A tab that has a conversation open.
struct Lease {
    tab: Tab,
    who: Colleague,
    until: Time,
    /// Until when they count as replying.
    replies: Option<Time>,
}

/// A conversation in its workspace.
type Place = (WorkspaceId, ConversationId);

/// Who is where.
#[derive(Default)]
pub struct Presence {
    places: Mutex<HashMap<Place, Vec<Lease>>>,
}

impl Presence {
    /// A tab has a conversation open, or still has it: who looks at it is told if that is news. The caller has checked
    /// that it is of the workspace.
    pub fn take(&self, hub: &Hub, place: Place, socket: u64, who: Colleague, now: Time) {
        let here = || Word::Here(written(place, socket, &who, None, now));
        if lease(&mut self.lock(), hub, place, (None, socket), &who, now.plus(LEASE)).1 {
            hub.nodes.say(here);
        }
    }

    /// A tab no longer has a conversation open.
    pub fn release(&self, hub: &Hub, place: Place, socket: u64) {
        if keep(&mut self.lock(), hub, place, |lease| lease.tab != (None, socket)) > 0 {
            hub.nodes.say(|| Word::Gone(place.0, place.1, socket));
        }
    }

    /// Ends the leases that were not renewed in time.
    pub fn sweep(&self, hub: &Hub, now: Time) {
        let mut places = self.lock();
        let over = |(place, leases): (&Place, &Vec<Lease>)| {
            leases.iter().any(|l| l.until <= now).then_some(*place)
        };
        let over: Vec<_> = places.iter().filter_map(over).collect();
        for place in over {
            for socket in own(&places, place).filter(|l| l.until <= now).map(|l| l.tab.1) {
                hub.nodes.say(|| Word::Gone(place.0, place.1, socket));
            }
            keep(&mut places, hub, place, |lease| lease.until > now);
        }
    }

    /// A tab that has a conversation open writes a reply in it, since this moment, or does no more.
    pub fn reply(&self, hub: &Hub, place: Place, socket: u64, since: Option<Time>) {
        let mut places = self.lock();
        let leases = places.get_mut(&place).map_or(&mut [][..], Vec::as_mut_slice);
        if let Some(mine) = leases.iter_mut().find(|l| l.tab == (None, socket)) {
            mine.replies = since.map(|now| now.plus(REPLYING.into()));
            let now = since.unwrap_or(Time(0));
            hub.nodes.say(|| Word::Here(written(place, socket, &mine.who, mine.replies, now)));
        }
    }

    /// Tells the other processes of every tab that is connected to this one.
    pub fn tell_all(&self, hub: &Hub, now: Time) {
        let places = self.lock();
        for place in places.keys() {
            for mine in own(&places, *place) {
                let here = || written(*place, mine.tab.1, &mine.who, mine.replies, now);
                hub.nodes.say(|| Word::Here(here()));
            }
        }
    }

    /// A tab that is connected to another process has a conversation open, or still has it.
    pub(crate) fn hear_here(&self, hub: &Hub, node: u64, here: Here, now: Time) {
        let Here { workspace, conversation, socket, who, replies } = here;
        let mut places = self.lock();
        let until = now.plus(nodes::HOLDS);
        let place = (workspace, conversation);
        let (theirs, _) = lease(&mut places, hub, place, (Some(node), socket), &who, until);
        if let Some(theirs) = theirs {
            theirs.replies = (replies > 0).then(|| now.plus(replies.min(REPLYING.into())));
        }
    }

    /// A tab that is connected to another process no longer has a conversation open.
    pub(crate) fn hear_gone(&self, hub: &Hub, node: u64, place: Place, socket: u64) {
        keep(&mut self.lock(), hub, place, |lease| lease.tab != (Some(node), socket));
    }

    /// Tells a tab that opens a conversation who has it open, and who is replying: that was said before it listened.
    pub fn introduce(&self, place: Place, listener: &Listener, now: Time) {
        self.greet(place, listener);
        let places = self.lock();
        let leases = places.get(&place).map_or(&[][..], Vec::as_slice);
        for lease in leases.iter().filter(|l| l.replies.is_some_and(|until| until > now)) {
            let (name, teammate) = (Some(lease.who.name.clone()), Some(lease.who.id));
            let conversation = place.1;
            let message =
                FromServer::Typing { conversation, name, teammate, note: false, over: false };
            let _ = listener.queue.try_send(message);
        }
    }

    /// Tells one tab who has a conversation open.
    pub fn greet(&self, place: Place, listener: &Listener) {
        let places = self.lock();
        let who = present(places.get(&place).map_or(&[], Vec::as_slice));
        let message = FromServer::Present { conversation: place.1, who };
        // A full queue closes the socket soon, and the next one is told.
        let _ = listener.queue.try_send(message);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Place, Vec<Lease>>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What another process is told of a tab here.
fn written(
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
fn own(places: &HashMap<Place, Vec<Lease>>, place: Place) -> impl Iterator<Item = &Lease> {
    places.get(&place).into_iter().flatten().filter(|lease| lease.tab.0.is_none())
}

/// Begins or renews a lease; answers it, and whether it is new.
fn lease<'a>(
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
fn keep(
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
fn present(leases: &[Lease]) -> Vec<Colleague> {
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

/// Ends leases that are over, for as long as the process runs.
pub async fn watch(app: Weak<AppState>) {
    let mut beat = tokio::time::interval(SWEEP);
    loop {
        beat.tick().await;
        let Some(app): Option<Arc<AppState>> = app.upgrade() else { return };
        if *app.stopping.borrow() {
            return;
        }
        app.presence.sweep(&app.hub, app.clock.now());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::{Notify, mpsc};

    use super::{LEASE, Place, Presence};
    use crate::id::{ConversationId, TeammateId, WorkspaceId};
    use crate::live::{self, Colleague, FromServer, Topic};
    use crate::server::hub::{Hub, Listener};
    use crate::server::nodes::{HOLDS, Here};
    use crate::time::Time;

    const REPLY: i64 = live::REPLYING as i64;
    const HERE: Place = (WorkspaceId(1), ConversationId(7));

    fn who(id: i64) -> Colleague {
        Colleague { id: TeammateId(id), name: format!("Teammate {id}") }
    }

    fn listener(hub: &Hub) -> (Listener, mpsc::Receiver<FromServer>) {
        let (queue, hears) = mpsc::channel(8);
        let listener = Listener { socket: 99, queue, overrun: Arc::new(Notify::new()) };
        hub.subscribe(HERE.0, Topic::Conversation(HERE.1), listener.clone());
        (listener, hears)
    }

    fn heard(hears: &mut mpsc::Receiver<FromServer>) -> Option<Vec<i64>> {
        match hears.try_recv() {
            Ok(FromServer::Present { who, .. }) => Some(who.iter().map(|c| c.id.0).collect()),
            _ => None,
        }
    }

    #[test]
    fn two_tabs_count_once_and_until_both_are_gone() {
        let (hub, presence) = (Hub::default(), Presence::default());
        let (_listener, mut hears) = listener(&hub);
        presence.take(&hub, HERE, 1, who(5), Time(0));
        assert_eq!(heard(&mut hears), Some(vec![5]));
        presence.take(&hub, HERE, 2, who(5), Time(0));
        presence.release(&hub, HERE, 1);
        assert_eq!(heard(&mut hears), None, "the other tab is still there");
        presence.take(&hub, HERE, 3, who(6), Time(0));
        assert_eq!(heard(&mut hears), Some(vec![5, 6]));
        presence.release(&hub, HERE, 2);
        assert_eq!(heard(&mut hears), Some(vec![6]));
        presence.release(&hub, HERE, 2);
        assert_eq!(heard(&mut hears), None, "who is gone cannot go");
    }

    #[test]
    fn a_lease_holds_to_its_end_and_a_renewed_one_longer() {
        let (hub, presence) = (Hub::default(), Presence::default());
        let (listener, mut hears) = listener(&hub);
        presence.take(&hub, HERE, 1, who(5), Time(0));
        presence.take(&hub, HERE, 2, who(6), Time(0));
        presence.take(&hub, HERE, 2, who(6), Time(20_000));
        while heard(&mut hears).is_some() {}
        presence.sweep(&hub, Time(LEASE - 1));
        assert_eq!(heard(&mut hears), None);
        presence.sweep(&hub, Time(LEASE));
        assert_eq!(heard(&mut hears), Some(vec![6]));
        presence.greet(HERE, &listener);
        assert_eq!(heard(&mut hears), Some(vec![6]));
        presence.sweep(&hub, Time(20_000 + LEASE));
        assert_eq!(heard(&mut hears), Some(vec![]));
        assert!(presence.lock().is_empty(), "nothing is left of them");
    }

    #[test]
    fn who_comes_later_hears_of_a_reply_until_it_is_over() {
        let (hub, presence) = (Hub::default(), Presence::default());
        let (listener, mut hears) = listener(&hub);
        presence.take(&hub, HERE, 1, who(5), Time(0));
        let mut hears_of_reply = |now| {
            while hears.try_recv().is_ok() {}
            presence.introduce(HERE, &listener, Time(now));
            assert_eq!(heard(&mut hears), Some(vec![5]));
            matches!(hears.try_recv(), Ok(FromServer::Typing { teammate: Some(TeammateId(5)), .. }))
        };
        assert!(!hears_of_reply(0));
        presence.reply(&hub, HERE, 1, Some(Time(0)));
        assert!(hears_of_reply(REPLY - 1));
        assert!(!hears_of_reply(REPLY), "they stopped");
        presence.reply(&hub, HERE, 1, Some(Time(REPLY)));
        assert!(hears_of_reply(REPLY));
        presence.reply(&hub, HERE, 1, None);
        assert!(!hears_of_reply(REPLY), "it was sent");
    }

    #[test]
    fn who_is_at_another_process_counts_until_it_says_so_or_falls_silent() {
        let (hub, presence) = (Hub::default(), Presence::default());
        let (listener, mut hears) = listener(&hub);
        let here = |socket, replies| {
            let (workspace, conversation) = HERE;
            Here { workspace, conversation, socket, who: who(5), replies }
        };
        presence.take(&hub, HERE, 1, who(6), Time(0));
        presence.hear_here(&hub, 70, here(1, 0), Time(0));
        presence.hear_here(&hub, 71, here(1, 0), Time(0));
        assert_eq!(heard(&mut hears), Some(vec![6]));
        assert_eq!(heard(&mut hears), Some(vec![6, 5]));
        presence.release(&hub, HERE, 1);
        assert_eq!(
            heard(&mut hears),
            Some(vec![5]),
            "the tabs of others have numbers of their own"
        );
        presence.hear_gone(&hub, 70, HERE, 1);
        assert_eq!(heard(&mut hears), None, "the other process has them still");
        presence.hear_here(&hub, 71, here(1, 900_000), Time(50_000));
        presence.introduce(HERE, &listener, Time(50_000 + REPLY - 1));
        assert_eq!(heard(&mut hears), Some(vec![5]));
        assert!(matches!(hears.try_recv(), Ok(FromServer::Typing { .. })));
        presence.introduce(HERE, &listener, Time(50_000 + REPLY));
        assert_eq!(heard(&mut hears), Some(vec![5]));
        assert!(hears.try_recv().is_err(), "no process keeps somebody replying for longer");
        presence.sweep(&hub, Time(50_000 + HOLDS - 1));
        assert_eq!(heard(&mut hears), None);
        presence.sweep(&hub, Time(50_000 + HOLDS));
        assert_eq!(heard(&mut hears), Some(vec![]));
        assert!(presence.lock().is_empty(), "nothing is left of them");
    }

    #[test]
    fn another_workspace_with_the_same_number_hears_nothing() {
        let (hub, presence) = (Hub::default(), Presence::default());
        let (_listener, mut hears) = listener(&hub);
        presence.take(&hub, (WorkspaceId(2), HERE.1), 1, who(5), Time(0));
        assert_eq!(heard(&mut hears), None);
    }
}
