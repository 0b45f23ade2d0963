//! What is made up of the team's side: conversations, tags and notes.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

use super::Made;
use super::noted::{COMPANY_NOTES, COMPANY_TAGS, NOTES, PEOPLE_TAGS};
use super::people::{self, DAY, Person};
use super::scenes::{SCENES, Scene, WELCOMES};
use crate::attributes::Writer;
use crate::companies;
use crate::contacts::{self, Details};
use crate::conversations::{self, PartKind, Words};
use crate::error::Error;
use crate::id::{ContactId, TeammateId};
use crate::notes;
use crate::owner::Owner;
use crate::server::db::Write;
use crate::tags::{self, Tag};
use crate::time::Time;

/// How many of the first people have something said with or of them.
pub const PEOPLE: i64 = 2_000;
const MINUTE: i64 = 60 * 1000;

/// How many conversations person number `n` has.
pub const fn conversations(n: i64) -> i64 {
    if n % 2 == 0 { 2 } else { 1 }
}

/// How a conversation ends, for now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// All was said, and it was closed.
    Closed,
    /// The customer waits for an answer.
    Unanswered,
    /// The team has answered last.
    Answered,
}

impl End {
    fn of(chance: u32) -> Self {
        match chance {
            0..78 => Self::Closed,
            78..91 => Self::Unanswered,
            _ => Self::Answered,
        }
    }

    /// How many lines are said: the customer's are the even ones.
    fn lines(self, scene: &Scene, random: &mut StdRng) -> usize {
        let all = scene.lines.len();
        match self {
            Self::Closed => all,
            Self::Unanswered => 1 + 2 * random.random_range(0..all / 2),
            Self::Answered => 2 * random.random_range(1..=all / 2),
        }
    }
}

/// Says, tags and notes what belongs to person number `n`.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn with(w: &mut Write<'_>, made: &Made, n: i64) -> Result<(), Error> {
    let now = w.now;
    let mut random = StdRng::seed_from_u64(n as u64 + 0x7a1c);
    let person = Person::new(made.plan, n, made.began);
    let (kind, value) = people::identity(n);
    let contact = contacts::find_or_create(w, kind, &value).await?;
    let known = contacts::find(&mut w.conn, w.workspace, contact).await?.ok_or(Error::Internal)?;
    // Somebody whom a teammate has put away meanwhile is left alone.
    if known.blocked_at.0 == 0 && known.archived_at.0 == 0 {
        let mut beginnings: Vec<_> =
            (0..conversations(n)).map(|k| beginning(made, &person, k, &mut random)).collect();
        beginnings.sort_by_key(|(at, _)| *at);
        for (k, (at, end)) in beginnings.into_iter().enumerate() {
            let talk = Talk { id: format!("demo-{n}-{k}"), contact, at, end };
            talk.say(w, made, &person, &mut random).await?;
        }
        about(w, made, &person, contact, &mut random).await?;
    }
    (w.now, w.actor) = (now, TeammateId(0));
    Ok(())
}

/// When a conversation begins, and how it ends: what is old is closed.
fn beginning(made: &Made, person: &Person, k: i64, random: &mut StdRng) -> (Time, End) {
    let end = End::of(random.random_range(0..100));
    let recent = made.began.plus(-7 * DAY).max(person.since);
    // Nobody writes long after they were last seen.
    let until = person.last.unwrap_or(made.began).plus(2 * DAY);
    let latest = made.began.plus(-DAY / 8).min(until).max(person.since);
    let end = if latest < recent { End::Closed } else { end };
    let earliest = if end == End::Closed { person.since.plus(k * DAY / 2) } else { recent };
    let span = (latest.0 - earliest.0).max(1);
    (earliest.plus(random.random_range(0..span)).min(latest), end)
}

/// One conversation to have.
struct Talk {
    id: String,
    contact: ContactId,
    at: Time,
    end: End,
}

impl Talk {
    async fn say(
        &self,
        w: &mut Write<'_>,
        made: &Made,
        person: &Person,
        random: &mut StdRng,
    ) -> Result<(), Error> {
        let fits = |language: &str| person.region.locale.starts_with(language);
        let scenes: Vec<_> = SCENES.iter().filter(|s| fits(s.language)).collect();
        let scene = **scenes.choose(random).ok_or(Error::Internal)?;
        let agent = *made.team.choose(random).ok_or(Error::Internal)?;
        let number = random.random_range(12..980).to_string();
        let welcome = WELCOMES.iter().find(|(language, _)| fits(language));
        let mut conversation = None;
        w.now = self.at;
        if let Some((_, text)) = welcome.filter(|_| random.random_range(0..12) == 0) {
            w.actor = agent;
            let id = format!("{}-welcome", self.id);
            conversation =
                Some(conversations::start(w, self.contact, Words::new(text, &id)).await?);
        }
        for line in 0..self.end.lines(&scene, random) {
            w.now = w.now.plus(random.random_range(2..240) * MINUTE).min(made.began);
            let text = scene.lines[line].replace("{n}", &number);
            let id = format!("{}-{line}", self.id);
            match conversation {
                Some(known) if line % 2 == 1 => {
                    w.actor = agent;
                    conversations::say(w, known, PartKind::Message, &text, &id).await?;
                    if line == 1 && random.random_range(0..5) > 0 {
                        conversations::assign(w, known, agent).await?;
                    }
                }
                _ => {
                    w.actor = TeammateId(0);
                    let found =
                        conversations::receive(w, self.contact, conversation, &text, &id).await?;
                    conversation = Some(found);
                }
            }
        }
        let Some(known) = conversation else { return Ok(()) };
        w.actor = agent;
        w.now = w.now.plus(random.random_range(1..30) * MINUTE).min(made.began);
        if random.random_range(0..10) == 0 {
            let note = NOTES.choose(random).ok_or(Error::Internal)?;
            let id = format!("{}-note", self.id);
            conversations::say(w, known, PartKind::Note, note, &id).await?;
        }
        if random.random_range(0..4) == 0 {
            let team = made.team_for(scene.tag);
            conversations::assign_team(w, known, team).await?;
        }
        if random.random_range(0..2) == 0 {
            conversations::tag(w, known, scene.tag).await?;
        }
        if self.end != End::Closed && random.random_range(0..8) == 0 {
            conversations::set_priority(w, known, true).await?;
        }
        match self.end {
            End::Closed => {
                conversations::close(w, known).await?;
            }
            End::Answered if random.random_range(0..3) == 0 => {
                let until = made.began.plus(random.random_range(DAY / 4..6 * DAY));
                let until = Some(until).filter(|_| random.random_range(0..3) > 0);
                conversations::snooze(w, known, until).await?;
            }
            End::Unanswered if random.random_range(0..2) == 0 => {
                conversations::assign(w, known, agent).await?;
            }
            End::Unanswered | End::Answered => {}
        }
        Ok(())
    }
}

/// Tags and notes of a person, and who looks after them.
async fn about(
    w: &mut Write<'_>,
    made: &Made,
    person: &Person,
    contact: ContactId,
    random: &mut StdRng,
) -> Result<(), Error> {
    let span = (made.began.0 - person.since.0).max(1);
    for _ in 0..random.random_range(0..8_u32).saturating_sub(5) {
        w.actor = *made.team.choose(random).ok_or(Error::Internal)?;
        w.now = person.since.plus(random.random_range(0..span));
        let name = PEOPLE_TAGS.choose(random).ok_or(Error::Internal)?;
        tags::add(w, contact, name).await?;
    }
    if random.random_range(0..6) == 0 {
        w.actor = *made.team.choose(random).ok_or(Error::Internal)?;
        w.now = person.since.plus(random.random_range(0..span));
        let note = NOTES.choose(random).ok_or(Error::Internal)?;
        notes::add(w, notes::Owner::Contact(contact), note).await?;
    }
    if random.random_range(0..5) == 0 {
        w.actor = *made.team.choose(random).ok_or(Error::Internal)?;
        w.now = person.since.plus(random.random_range(0..span));
        let details = Details { owner: Some(w.actor), ..Details::default() };
        let at = w.now;
        contacts::update(w, Writer::Teammate, contact, &details, "owner", at).await?;
    }
    Ok(())
}

/// Tags and notes of the first companies, and who looks after them.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn of_companies(w: &mut Write<'_>, made: &Made) -> Result<(), Error> {
    let now = w.now;
    for number in 0..made.plan.companies().min(PEOPLE / 10) {
        let mut random = StdRng::seed_from_u64(number as u64 + 0xc0);
        let id = format!("demo-{number}");
        let found = companies::find_by_company_id(&mut w.conn, w.workspace, &id).await?;
        let Some(company) = found else { continue };
        (w.now, w.actor) = (made.began, TeammateId(0));
        companies::tell_past(w, company.id).await?;
        w.actor = *made.team.choose(&mut random).ok_or(Error::Internal)?;
        w.now = made.began.plus(-random.random_range(1..90 * DAY));
        if number % 3 == 0 {
            let name = COMPANY_TAGS.choose(&mut random).ok_or(Error::Internal)?;
            let (id, name) = tags::make(w, name).await?;
            tags::apply(w, Owner::Company(company.id), &Tag { id, name }).await?;
        }
        if number % 4 == 0 {
            let note = COMPANY_NOTES.choose(&mut random).ok_or(Error::Internal)?;
            notes::add(w, notes::Owner::Company(company.id), note).await?;
        }
        if number % 2 == 0 {
            let details =
                companies::Details { owner: Some(w.actor), ..companies::Details::default() };
            let at = w.now;
            companies::update(w, Writer::Teammate, company.id, &details, "owner", at).await?;
        }
    }
    (w.now, w.actor) = (now, TeammateId(0));
    Ok(())
}
