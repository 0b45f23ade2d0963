//! The rules of each workspace, looked up once, and which changes concern them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};
use tokio::sync::Notify;

use super::facts::{Kept, Needs};
use super::fault::Faults;
use super::known::known;
use super::portion::Portion;
use super::predicate::Predicate;
use super::resolve::{Known, resolve};
use super::rule::{Asks, EventAsked, EventLeaf, Leaf, Rule};
use super::store::{self, Row};
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{MessageId, SegmentId, WorkspaceId};
use crate::outbound;
use crate::server::db::Conn;
use crate::time::Time;

/// What a segment asks for and how it judges.
pub struct Watched {
    /// Which.
    pub id: SegmentId,
    /// People or companies.
    pub subject: Subject,
    /// Its name.
    pub name: String,
    /// Whether coming and going is told of elsewhere: the health of companies.
    pub silent: bool,
    /// The message whose audience it is; 0 for a segment that people see.
    pub message: MessageId,
    /// Whether it is kept too for which company of theirs somebody is in it.
    pub per_company: bool,
    /// The rule, or why it makes no sense.
    pub rule: Result<Rule, Faults>,
    /// Tells this rule, as it is looked up now, from any other.
    pub digest: String,
    /// The digest of the rule by which all its members were found out.
    pub judged: String,
    asks: Vec<Asks>,
    words: HashSet<String>,
    each: Vec<EventLeaf>,
}

/// The segments of a workspace that are not archived.
pub struct Rules {
    /// The number of the change that they follow.
    pub version: i64,
    /// What their rules were looked up in.
    pub known: Known,
    /// All of them.
    pub all: Vec<Watched>,
    /// What messages wait for people to reach. They have no members: who reaches one is written down with the message.
    pub goals: Vec<Watched>,
    /// The messages that an event sets off, each with the word of the event.
    pub events: Vec<(MessageId, String)>,
}

/// The rules of every workspace that this process has written to.
#[derive(Default)]
pub struct Watch {
    rules: Mutex<HashMap<WorkspaceId, Arc<Rules>>>,
    /// Rung when there is something to look at.
    pub wake: Arc<Notify>,
    /// How many changes are looked at at a time.
    pub checking: Portion,
    /// How many moments that have come.
    pub turning: Portion,
    /// How many for a new rule.
    pub filling: Portion,
    /// What is known of those who did something a great many times.
    pub kept: Kept,
}

impl Watch {
    /// A workspace's rules as of a version, which the caller has read.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub async fn rules(
        &self,
        c: &mut Conn,
        workspace: WorkspaceId,
        version: i64,
    ) -> Result<Arc<Rules>, Error> {
        let held = self.lock().get(&workspace).filter(|r| r.version == version).cloned();
        if let Some(rules) = held {
            return Ok(rules);
        }
        let known = known(c, workspace).await?;
        let rows = store::all(c, workspace).await?;
        let all = rows.into_iter().filter_map(|row| watched(&known, row)).collect();
        let mut goals = Vec::new();
        let mut events = Vec::new();
        for heard in outbound::heard(c, workspace).await? {
            goals.extend(heard.goal.map(|rule| aimed(&known, heard.message, &rule)));
            events.extend(heard.event.map(|name| (heard.message, Asks::Event(name).word())));
        }
        let rules = Arc::new(Rules { version, known, all, goals, events });
        self.lock().insert(workspace, rules.clone());
        Ok(rules)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<WorkspaceId, Arc<Rules>>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn watched(known: &Known, row: Row) -> Option<Watched> {
    let subject = Subject::from_word(&row.subject)?;
    let rule = Predicate::parse(&row.rule)
        .and_then(|predicate| resolve(known, subject, Some(row.id), &predicate));
    let (asks, each) = match &rule {
        Ok(rule) => (rule.asks(subject), each_of(subject, rule)),
        Err(_) => (Vec::new(), Vec::new()),
    };
    let meaning = match &rule {
        Ok(rule) => format!("{rule:?}"),
        Err(_) => "nobody".into(),
    };
    Some(Watched {
        id: row.id,
        subject,
        name: row.name,
        message: row.message_id,
        per_company: row.per_company == 1,
        silent: subject == Subject::Company && !row.builtin.is_empty(),
        digest: hex::encode(&Sha256::digest(meaning.as_bytes())[..16]),
        judged: row.judged,
        words: asks.iter().map(Asks::word).collect(),
        asks,
        each,
        rule,
    })
}

/// The goal of a message. What people did counts from when they got it, see [`Watched::need_since`].
fn aimed(known: &Known, message: MessageId, text: &str) -> Watched {
    let rule = Predicate::parse(text)
        .and_then(|predicate| resolve(known, Subject::Contact, None, &predicate));
    Watched { message, each: Vec::new(), ..Watched::once(rule) }
}

impl Watched {
    /// A rule of people that nobody keeps, to be judged once.
    pub fn once(rule: Result<Rule, Faults>) -> Self {
        let (asks, each) = match &rule {
            Ok(rule) => (rule.asks(Subject::Contact), each_of(Subject::Contact, rule)),
            Err(_) => (Vec::new(), Vec::new()),
        };
        Self {
            id: SegmentId(0),
            subject: Subject::Contact,
            name: String::new(),
            silent: true,
            message: MessageId(0),
            per_company: false,
            digest: String::new(),
            judged: String::new(),
            words: asks.iter().map(Asks::word).collect(),
            asks,
            each,
            rule,
        }
    }
}

/// The conditions that ask for more of an event than the count, the first and the last.
fn each_of(subject: Subject, rule: &Rule) -> Vec<EventLeaf> {
    let mut leaves = Vec::new();
    rule.leaves(subject, &mut leaves);
    let each = leaves.iter().filter_map(|(_, leaf, _)| match leaf {
        Leaf::Event(e) => {
            let counts = matches!(e.asked, EventAsked::Count(..)) && !e.when.is_empty();
            (counts || !e.metadata.is_empty()).then(|| e.clone())
        }
        _ => None,
    });
    each.collect()
}

/// A change of everything about someone: they are new, gone, or somebody else.
pub const EVERYTHING: &str = "*";

impl Watched {
    /// Whether a change of this kind of thing may move someone in or out.
    pub fn asks_for(&self, word: &str) -> bool {
        match word.strip_suffix('*') {
            Some("") => true,
            Some(lead) => self.words.iter().any(|asked| asked.starts_with(lead)),
            None => self.words.contains(word),
        }
    }

    /// Adds what it needs to judge.
    pub fn need(&self, needs: &mut Needs) {
        needs.add(&self.asks, &self.each);
    }

    /// Adds what it needs to judge by what people did from a moment on, or from a later one: nothing before it is read.
    pub fn need_since(&self, needs: &mut Needs, at: Time) {
        if let Ok(rule) = &self.rule {
            needs.add(&self.asks, &each_of(self.subject, &rule.since(at)));
        }
    }

    /// What its conditions that ask for one of these say now.
    pub fn concerned<'a>(&'a self, words: &BTreeSet<String>) -> Vec<(Subject, &'a Leaf, &'a str)> {
        let Ok(rule) = &self.rule else { return Vec::new() };
        let mut leaves = Vec::new();
        rule.leaves(self.subject, &mut leaves);
        leaves.retain(|(of, leaf, _)| {
            let asked = leaf.asks(*of).word();
            words.iter().any(|word| match word.strip_suffix('*') {
                Some(lead) => asked.starts_with(lead),
                None => *word == asked,
            })
        });
        leaves
    }
}

impl Rules {
    /// The segments of a kind, and the goals, that a change concerns.
    pub fn concerned<'a>(
        &'a self,
        subject: Subject,
        words: &'a BTreeSet<String>,
    ) -> impl Iterator<Item = &'a Watched> {
        let asks = |one: &&Watched| words.iter().any(|word| one.asks_for(word));
        let all = self.all.iter().chain(&self.goals);
        all.filter(move |one| one.subject == subject).filter(asks)
    }

    /// Whether a change of a person or a company concerns any segment, of companies or of their people, or sets a message off.
    pub fn concern(&self, subject: Subject, words: &BTreeSet<String>) -> bool {
        self.concerned(subject, words).next().is_some()
            || (subject == Subject::Contact
                && self.events.iter().any(|(_, word)| words.contains(word)))
            || (subject == Subject::Company && self.through_company(words).next().is_some())
    }

    /// The segments and the goals of people that a change of one of their companies concerns.
    pub fn through_company<'a>(
        &'a self,
        words: &'a BTreeSet<String>,
    ) -> impl Iterator<Item = &'a Watched> {
        // A company that is new or gone is one by its members joining and leaving, who are told of by themselves.
        let asks = |one: &&Watched| {
            let through =
                |word: &&String| word.starts_with('c') || **word == Asks::Companies.word();
            words.iter().filter(through).any(|word| one.asks_for(word))
        };
        let all = self.all.iter().chain(&self.goals);
        all.filter(|one| one.subject == Subject::Contact).filter(asks)
    }
}
