//! A message as a form, or a program, says it.

use crate::id::{CompanyId, SubscriptionTypeId};
use crate::outbound::{Again, Channel, Goal, Switches, When, Whom, Zone};
use crate::segments::Predicate;

/// What a form says of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its name; without one, the beginning of the text.
    pub name: String,
    /// How it gets there.
    pub channel: Channel,
    /// The subject of an e-mail, with Liquid in it.
    pub subject: String,
    /// Markdown with Liquid in it.
    pub body: String,
    /// Whom it is for.
    pub whom: Whom,
    /// The rule.
    pub rule: Predicate,
    /// Numbers of the people named, with commas.
    pub people: String,
    /// Of which company of theirs it is, where it was begun on that one's page.
    pub company: Option<CompanyId>,
    /// The tags, made when there is none of the name.
    pub switches: Switches,
    /// When it begins, as a form has it, in the workspace's time zone; empty for at once.
    pub starts: String,
    /// When it stops by itself; empty for never.
    pub stops: String,
    /// When it may arrive.
    pub when: When,
    /// Whose hours those are.
    pub zone: Zone,
    /// Whether each gets it once for each company of theirs; nothing where the author was not asked.
    pub per_company: Option<bool>,
    /// What it is about; 0 for nothing in particular.
    pub about: SubscriptionTypeId,
    /// Whether opens and clicks of its e-mails are measured.
    pub measured: bool,
    /// What sets it off; of no account where nothing does.
    pub again: Again,
    /// What somebody is to reach after they got it.
    pub goal: Option<Goal>,
}
