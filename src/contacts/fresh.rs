//! Many people at once whom nobody knew, in a few statements: what finding or making them, updating them and their
//! visits one after the other would write.

use serde::Serialize;
use serde_json::{Value, json};

use super::details::of_new;
use super::sessions::{Session, merged};
use super::{Details, IdentityKind, Place, Visit, words};
use crate::attributes::{self, Subject};
use crate::error::Error;
use crate::id::ContactId;
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::stream::Kind;
use crate::time::Time;

/// Somebody who is new.
#[derive(Debug, Clone)]
pub struct Fresh {
    /// Their number, taken by [`Fresh::new`].
    pub id: ContactId,
    /// What kind of name the sender has for them.
    pub kind: IdentityKind,
    /// That name, which nobody has yet.
    pub value: String,
    /// When they were first heard of.
    pub since: Time,
    /// What is known of them.
    pub details: Details,
    /// When they were in the product, in order of time.
    pub visits: Vec<Visit>,
}

impl Fresh {
    /// Somebody of whom only the name is known; it is logged that they became known, at the moment `since`.
    ///
    /// # Errors
    /// [`Error::Internal`] when a transaction makes more than 10,000 people.
    pub fn new(
        w: &mut Write<'_>,
        kind: IdentityKind,
        value: &str,
        since: Time,
    ) -> Result<Self, Error> {
        let id = ContactId(w.app.db.next_id()?);
        let fresh = Self {
            id,
            kind,
            value: value.to_owned(),
            since,
            details: Details::default(),
            visits: Vec::new(),
        };
        let data = json!({ "role": fresh.role() });
        w.log(Entry::of_contact(Kind::ContactCreated, since, id, 0, data));
        Ok(fresh)
    }

    const fn role(&self) -> &'static str {
        match self.kind {
            IdentityKind::ExternalId | IdentityKind::VerifiedEmail => "user",
            IdentityKind::AnonymousId => "lead",
        }
    }

    fn external_id(&self) -> Option<&str> {
        (self.kind == IdentityKind::ExternalId).then_some(self.value.as_str())
    }

    /// Sets what is known of them, once, and logs it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for text over 1,000 characters.
    pub fn describe(&mut self, w: &mut Write<'_>, details: Details, at: Time) -> Result<(), Error> {
        if !details.is_empty() {
            let data = of_new(&details)?;
            w.log(Entry::of_contact(Kind::AttributesChanged, at, self.id, 0, data));
        }
        self.details = details;
        Ok(())
    }

    /// When their sessions began and ended.
    fn sessions(&self) -> Vec<Session> {
        let point = |v: &Visit| Session { started_at: v.at, ended_at: v.at };
        merged(self.visits.iter().map(point))
    }

    /// When they began the sessions since a moment.
    pub fn sessions_since(&self, at: Time) -> Vec<Time> {
        self.sessions().iter().map(|s| s.started_at).filter(|began| *began >= at).collect()
    }

    /// When they were last seen; 0 for never.
    pub fn last_seen_at(&self) -> Time {
        self.visits.last().map_or(Time(0), |v| v.at)
    }

    fn words(&self) -> Vec<(String, ContactId)> {
        words::of(&words::Row {
            id: self.id,
            external_id: self.external_id().map(str::to_owned),
            name: self.details.name.clone(),
            email: self.details.email.clone(),
            phone: self.details.phone.clone(),
        })
    }

    /// The columns of [`PEOPLE`] in their order, from the second on.
    fn row(&self, w: &Write<'_>) -> Value {
        let key = |text: &Option<String>| text.as_deref().unwrap_or_default().to_lowercase();
        let (d, last) = (&self.details, self.visits.last());
        let context = last.map(|v| v.context.clone()).unwrap_or_default();
        let location = context.ip.and_then(|ip| w.app.geo.locate(ip));
        let place = location.as_ref().and_then(|l| serde_json::to_string(l).ok());
        let [city, region] = location.as_ref().map(Place::keys).unwrap_or_default();
        let country = location.and_then(|l| l.country_code).unwrap_or_default();
        let [campaign, content, medium, source, term] = context.campaign;
        json!([
            self.id,
            self.role(),
            self.external_id(),
            self.external_id().unwrap_or_default().to_lowercase(),
            d.name,
            key(&d.name),
            d.email,
            key(&d.email),
            d.phone,
            d.avatar,
            d.owner.map_or(0, |o| o.0),
            d.signed_up_at,
            self.visits.first().map(|v| v.at),
            self.last_seen_at(),
            self.sessions().len(),
            i64::from(d.unsubscribed.unwrap_or_default()),
            context.browser,
            context.browser_version,
            context.language,
            d.language_override,
            context.os,
            context.referrer,
            campaign,
            content,
            medium,
            source,
            term,
            context.ip.map(|ip| ip.to_string()),
            place,
            country,
            context.page,
            context.time_zone,
            self.since,
            city,
            region,
            if d.complained == Some(true) { w.now } else { Time(0) },
        ])
    }
}

const PEOPLE: &str = "insert into contacts (workspace_id, updated_at, id, role, external_id, external_key, name, name_key, \
     email, email_key, phone, avatar, owner_id, signed_up_at, first_seen_at, last_seen_at, session_count, unsubscribed, \
     browser, browser_version, browser_language, language_override, os, referrer, utm_campaign, utm_content, utm_medium, \
     utm_source, utm_term, last_seen_ip, location, country_code, last_page, time_zone, created_at, city_key, region_key, complained_at) \
     select $1, $2, cast(value ->> 0 as bigint), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, \
     value ->> 6, value ->> 7, value ->> 8, value ->> 9, cast(value ->> 10 as bigint), cast(value ->> 11 as bigint), \
     cast(value ->> 12 as bigint), cast(value ->> 13 as bigint), cast(value ->> 14 as bigint), cast(value ->> 15 as bigint), \
     value ->> 16, value ->> 17, value ->> 18, value ->> 19, value ->> 20, value ->> 21, value ->> 22, value ->> 23, \
     value ->> 24, value ->> 25, value ->> 26, value ->> 27, value ->> 28, value ->> 29, value ->> 30, value ->> 31, cast(value ->> 32 as bigint), \
     value ->> 33, value ->> 34, cast(value ->> 35 as bigint) from json_each($3)";

/// Writes people who are new: names, facts, attributes, sessions and the words they are found by; logs their sessions.
/// Who has one of the names already is the caller's to know.
///
/// # Errors
/// [`Error::Invalid`] as [`attributes::set`]; [`Error::Internal`] when the database fails, or when a name is taken.
pub async fn make_many(w: &mut Write<'_>, people: &[Fresh]) -> Result<(), Error> {
    let rows: Vec<_> = people.iter().map(|p| p.row(w)).collect();
    let now = w.now;
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(PEOPLE).bind(w.workspace).bind(now).bind(text(&rows)?).execute(c)
    })?;
    w.count_people(people.len() as i64);
    let names: Vec<_> = people.iter().map(|p| (p.kind.word(), &p.value, p.id)).collect();
    let sql = "insert into contact_identities (workspace_id, kind, value, contact_id) \
               select $1, value ->> 0, value ->> 1, cast(value ->> 2 as bigint) from json_each($2)";
    let _: Changed =
        run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(text(&names)?).execute(c))?;
    words::insert(w, people.iter().flat_map(Fresh::words).collect()).await?;
    let custom: Vec<_> = people.iter().map(|p| (p.id.0, &p.details.custom)).collect();
    attributes::set_new(w, Subject::Contact, "traits", &custom).await?;
    let mut sessions = Vec::new();
    for person in people {
        let mut previous = Time(0);
        for session in person.sessions() {
            sessions.push((person.id, session.started_at, session.ended_at, previous));
            previous = session.ended_at;
            let at = session.started_at;
            w.log(Entry::of_contact(Kind::SessionStarted, at, person.id, 0, json!({})));
        }
    }
    let sql = "insert into sessions (workspace_id, contact_id, started_at, ended_at, previous_last_seen_at) \
               select $1, cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as bigint), \
               cast(value ->> 3 as bigint) from json_each($2)";
    let _: Changed =
        run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(text(&sessions)?).execute(c))?;
    w.touch(Topic::People);
    Ok(())
}

fn text(rows: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(rows).map_err(|_| Error::Internal)
}
