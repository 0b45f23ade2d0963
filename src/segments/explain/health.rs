//! What is said of a company's health, and when time alone makes it another one: it is kept as a word, which says neither.

use std::collections::HashMap;

use super::moment;
use crate::attributes::Subject;
use crate::companies::{Health, Thresholds, thresholds};
use crate::contacts::title_of;
use crate::error::Error;
use crate::id::{ContactId, WorkspaceId};
use crate::run;
use crate::segments::facts::{Fact, Facts};
use crate::segments::rule::Slot;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::time::Time;

const HEALTH: Slot = Slot::Standard("health");

/// What the health follows from, of the companies that somebody is explained with. None where no rule asks for it.
#[derive(Default)]
pub struct Healths {
    days: Thresholds,
    /// The company that is explained, where it is one.
    itself: Option<i64>,
    of: HashMap<i64, Known>,
}

#[derive(sqlx::FromRow)]
struct Known {
    id: i64,
    since: Time,
    last_seen_at: Time,
    who: ContactId,
    name: Option<String>,
    email: Option<String>,
    external_id: Option<String>,
}

impl Healths {
    /// Reads that of a company, or of those that a person is in.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub async fn read(
        c: &mut Conn,
        workspace: WorkspaceId,
        subject: Subject,
        id: i64,
        facts: &Facts,
    ) -> Result<Self, Error> {
        let itself = (subject == Subject::Company).then_some(id);
        let ids: Vec<_> = match itself {
            Some(id) => vec![[id]],
            None => facts.companies.iter().map(|firm| [firm.number]).collect(),
        };
        let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
        let sql = "select c.id, coalesce(c.remote_created_at, c.created_at) as since, c.last_seen_at, \
                   coalesce(p.id, 0) as who, p.name, p.email, p.external_id \
                   from json_each($2) j cross join companies c \
                   left join contacts p on p.workspace_id = c.workspace_id and p.id = c.last_seen_contact_id \
                   where c.workspace_id = $1 and c.id = cast(j.value ->> 0 as bigint)";
        let rows: Vec<Known> = run!(c, |x| {
            sqlx::query_as::<_, Known>(sql).bind(workspace).bind(&ids).fetch_all(x)
        })?;
        let days = thresholds(c, workspace).await?;
        Ok(Self { days, itself, of: rows.into_iter().map(|known| (known.id, known)).collect() })
    }

    /// Why the company of these facts stands as it does: `Active: Ada was seen 3 days ago (…)`; with `since` besides when
    /// it became a customer, which makes one new. `None` where that was not read.
    pub fn said(&self, facts: &Facts, since: bool, dates: &Dates) -> Option<String> {
        let known = self.of.get(&self.itself.unwrap_or(facts.number))?;
        let health = Health::from_word(&facts.values.get(&HEALTH)?.text)?;
        let name = health.name();
        let verb = if known.since > dates.now() { "becomes" } else { "became" };
        // The epoch says that somebody did not know.
        let began = (known.since.0 != 0)
            .then(|| format!("{verb} a customer {}", moment(dates, known.since)));
        let seen = match known.who {
            _ if known.last_seen_at.0 <= 0 => "nobody of it was ever seen".to_owned(),
            ContactId(0) => format!("someone was seen {}", moment(dates, known.last_seen_at)),
            who => {
                let who = title_of(who, [&known.name, &known.email, &known.external_id]);
                format!("{who} was seen {}", moment(dates, known.last_seen_at))
            }
        };
        Some(match began {
            Some(began) if health == Health::New => format!("{name}: {began}"),
            Some(began) if since => format!("{name}: {seen}; {began}"),
            _ => format!("{name}: {seen}"),
        })
    }

    /// Whether none was read.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// The next moment at which one of them stands otherwise.
    pub fn next(&self, at: Time) -> Option<Time> {
        let turn = |k: &Known| Health::of(k.since, k.last_seen_at, &self.days, at).until;
        self.of.values().filter_map(turn).min()
    }

    /// Has the facts say how they stand at a moment.
    pub fn pass(&self, facts: &mut Facts, at: Time) {
        let own = self.itself.and_then(|id| self.of.get(&id));
        if let Some(known) = own {
            self.put(facts, known, at);
        }
        for firm in &mut facts.companies {
            if let Some(known) = self.of.get(&firm.number) {
                self.put(firm, known, at);
            }
        }
    }

    fn put(&self, facts: &mut Facts, known: &Known, at: Time) {
        let word = Health::of(known.since, known.last_seen_at, &self.days, at).health.word();
        let fact = Fact { text: word.into(), key: word.into(), number: None };
        facts.values.insert(HEALTH, fact);
    }
}
