//! Leases as they begin, are renewed, and end.

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
    assert_eq!(heard(&mut hears), Some(vec![5]), "the tabs of others have numbers of their own");
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
