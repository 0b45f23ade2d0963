//! What messages wait to hear of people: that they reach a goal, and that they do what sets a message off.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::facts::{Facts, Needs, load};
use super::judge::judge;
use super::members::{Cause, look};
use super::store;
use super::watch::{Rules, Watched};
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, MessageId};
use crate::outbound::{self, Key};
use crate::server::db::Write;
use crate::time::Time;

/// Somebody who got a message, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aim {
    /// Which message.
    pub message: MessageId,
    /// Which delivery of it.
    pub key: Key,
    /// When they got it: what they did from then on counts.
    pub since: Time,
}

/// Looks at people of whom something changed: who has reached a goal, and whom an event has set a message off for. The caller
/// holds the workspace's segments, and has found out who is in the audiences of messages.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn hear(
    w: &mut Write<'_>,
    rules: &Rules,
    changed: &BTreeMap<i64, BTreeSet<String>>,
) -> Result<(), Error> {
    for (message, word) in &rules.events {
        let did = changed.iter().filter(|(_, words)| words.contains(word));
        let did: Vec<_> = did.map(|(id, _)| ContactId(*id)).collect();
        let Some(event) = word.strip_prefix("e:").filter(|_| !did.is_empty()) else { continue };
        let audience = rules.all.iter().find(|segment| segment.message == *message);
        if let Some(audience) = audience.filter(|one| one.judged != one.digest) {
            // Not everybody was looked at yet; they are now.
            let whom = did.iter().map(|id| (id.0, Cause::Rule)).collect();
            look(w, Subject::Contact, &whom, &[audience]).await?;
        }
        outbound::set_off(w, *message, event, &did).await?;
    }
    let concerned = |words: &BTreeSet<String>| {
        rules.goals.iter().any(|goal| words.iter().any(|word| goal.asks_for(word)))
    };
    let some = changed.iter().filter(|(_, words)| concerned(words));
    let some: Vec<_> = some.map(|(id, _)| ContactId(*id)).collect();
    if some.is_empty() {
        return Ok(());
    }
    let open = outbound::aims(w, &some).await?;
    let met = met(w, rules, &open).await?;
    outbound::reached(w, &met).await
}

/// Those of somebody who just got a message for whom its goal holds already: they do not reach it any more.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn met_before(w: &mut Write<'_>, aims: &[Aim]) -> Result<Vec<Aim>, Error> {
    let version = store::version(&mut w.conn, w.workspace).await?;
    let rules = w.app.segments.rules(&mut w.conn, w.workspace, version).await?;
    met(w, &rules, aims).await
}

/// Those for whom the goal of the message holds now.
async fn met(w: &mut Write<'_>, rules: &Rules, aims: &[Aim]) -> Result<Vec<Aim>, Error> {
    let goals: HashMap<MessageId, &Watched> = rules.goals.iter().map(|g| (g.message, g)).collect();
    let asked: Vec<_> = aims.iter().filter(|aim| goals.contains_key(&aim.message)).collect();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let mut needs = Needs::at(w.now);
    let mut earliest = BTreeMap::new();
    for aim in &asked {
        let since = earliest.entry(aim.message).or_insert(aim.since);
        *since = aim.since.min(*since);
    }
    for (message, since) in earliest {
        if let Some(goal) = goals.get(&message) {
            goal.need_since(&mut needs, since);
        }
    }
    let ids: BTreeSet<_> = asked.iter().map(|aim| aim.key.contact.0).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let kept = &w.app.segments.kept;
    let facts = load(&mut w.conn, w.workspace, Subject::Contact, &ids, &needs, kept).await?;
    let holds = |aim: &Aim| {
        let goal = goals.get(&aim.message).and_then(|goal| goal.rule.as_ref().ok());
        let (Some(rule), Some(facts)) = (goal, facts.get(&aim.key.contact.0)) else { return false };
        judge(&rule.since(aim.since), &of_company(facts, aim.key.company), w.now).holds
    };
    Ok(asked.into_iter().filter(|aim| holds(aim)).copied().collect())
}

/// What is known of somebody for one company of theirs, where the message went out for that.
fn of_company(facts: &Facts, company: CompanyId) -> Facts {
    let mut facts = facts.clone();
    if company.0 > 0 {
        facts.companies.retain(|firm| firm.number == company.0);
    }
    facts
}
