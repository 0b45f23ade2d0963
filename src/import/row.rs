//! What the columns of a file mean, and a row read by them.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::cell::{moment, text_of, truth, value};
use super::pairs::quoted;
use super::{Import, Kind, Reading, list};
use crate::error::Error;
use crate::id::TeammateId;
use crate::time::Time;
use crate::tracking::{Arrival, Body, Call, parse};

/// What leads the name of an attribute that is called like something else.
pub const ATTRIBUTE: &str = "attribute:";

/// Teammates by their e-mail address in small letters.
pub type Owners = HashMap<String, TeammateId>;

/// Why a row is not taken, in the words that columns are mapped with rather than those of the tracking API.
pub fn reason(refused: Error) -> String {
    let (Error::Invalid { field, .. } | Error::Taken { field, .. } | Error::Missing { field }) =
        &refused
    else {
        return refused.to_string();
    };
    let inner = ["traits.", "properties."].iter().find_map(|part| field.strip_prefix(part));
    let word = match inner.unwrap_or(field) {
        "userId" => "user_id",
        "groupId" | "company.id" => "company_id",
        "company.name" => "company_name",
        other => other,
    };
    let word = word.to_owned();
    refused.of_field(word).to_string()
}

/// What one column means.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meaning {
    UserId,
    Event,
    Timestamp,
    Properties,
    CompanyId,
    CompanyIds,
    CompanyName,
    Email,
    Role,
    Owner,
    /// What a file can say, and never takes back.
    Said(&'static str),
    Tags,
    Date(String),
    Fact(String),
    Nothing,
}

/// The meaning of each column, in the file's order.
#[derive(Debug, Clone)]
pub struct Columns {
    kind: Kind,
    event: Option<String>,
    meanings: Vec<Meaning>,
}

impl Columns {
    /// Reads the header by the import's map.
    ///
    /// # Errors
    /// A sentence that names the column or the option that is missing.
    pub fn new(import: &Import, header: &csv::ByteRecord) -> Result<Self, String> {
        let names: Vec<_> =
            header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        // As they are written to be mapped.
        let listed = || names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
        for (column, _) in &import.map {
            if !names.contains(column) {
                let (column, listed) = (quoted(column), listed());
                return Err(format!(
                    "--map {column}: the file has no such column; it has {listed}"
                ));
            }
        }
        // A name that stands twice takes the meanings it was given one after the other.
        let mapped = |(n, name): (usize, &String)| {
            let before = names[..n].iter().filter(|other| *other == name).count();
            let mut given =
                import.map.iter().filter(|(column, _)| column == name).map(|(_, to)| to);
            given.clone().nth(before).or_else(|| given.next_back()).unwrap_or(name).clone()
        };
        let words: Vec<_> = names.iter().enumerate().map(mapped).collect();
        let meaning = |word: &String| match (word.as_str(), import.kind) {
            ("-" | "", _) => Meaning::Nothing,
            ("user_id", _) => Meaning::UserId,
            ("event", Kind::Events) => Meaning::Event,
            ("timestamp", Kind::Events) => Meaning::Timestamp,
            ("properties", Kind::Events) => Meaning::Properties,
            ("company_id", Kind::Contacts | Kind::Companies) => Meaning::CompanyId,
            ("company_ids", Kind::Contacts) => Meaning::CompanyIds,
            ("company_name", Kind::Contacts) => Meaning::CompanyName,
            ("email", Kind::Contacts | Kind::Events) => Meaning::Email,
            ("contact_role", Kind::Contacts | Kind::Events) => Meaning::Role,
            ("owner_email", Kind::Contacts) => Meaning::Owner,
            ("unsubscribed_from_emails", Kind::Contacts) => {
                Meaning::Said("unsubscribed_from_emails")
            }
            ("marked_email_as_spam", Kind::Contacts) => Meaning::Said("marked_email_as_spam"),
            ("tags", Kind::Contacts | Kind::Companies) => Meaning::Tags,
            (
                date @ ("signed_up_at" | "created_at" | "remote_created_at"),
                Kind::Contacts | Kind::Companies,
            ) => Meaning::Date(date.to_owned()),
            (other, _) => Meaning::Fact(other.strip_prefix(ATTRIBUTE).unwrap_or(other).to_owned()),
        };
        let meanings: Vec<_> = words.iter().map(meaning).collect();
        let once = |meaning: &Meaning| !matches!(meaning, Meaning::Nothing | Meaning::Tags);
        let twice = (1..meanings.len())
            .find(|n| once(&meanings[*n]) && meanings[..*n].contains(&meanings[*n]));
        if let Some(n) = twice {
            let word = &words[n];
            return Err(format!(
                "more than one column means {word}: give one of them another meaning, or leave it out"
            ));
        }
        let (key, word) = match import.kind {
            Kind::Companies => (Meaning::CompanyId, "company_id"),
            Kind::Contacts | Kind::Events => (Meaning::UserId, "user_id"),
        };
        let by_email = import.kind != Kind::Companies && meanings.contains(&Meaning::Email);
        if !meanings.contains(&key) && !by_email {
            let names = listed();
            let word = if word == "user_id" { "user_id or email" } else { word };
            return Err(format!("no column means {word}, and one must; the columns are {names}"));
        }
        if import.kind == Kind::Events
            && import.event.is_none()
            && !meanings.contains(&Meaning::Event)
        {
            return Err(
                "no column means event: give one that meaning, or name one event for all rows"
                    .into(),
            );
        }
        Ok(Self { kind: import.kind, event: import.event.clone(), meanings })
    }

    /// One row as a tracking call, by the rules of tracking calls.
    ///
    /// # Errors
    /// The reason for which the row is set aside.
    pub fn call(
        &self,
        record: &csv::ByteRecord,
        reading: &Reading,
        owners: &Owners,
        now: Time,
    ) -> Result<Call, String> {
        if record.len() != self.meanings.len() {
            let fields = match record.len() {
                1 => "1 field".to_owned(),
                many => format!("{many} fields"),
            };
            return Err(format!("{fields}, but the header has {}", self.meanings.len()));
        }
        let (mut call, mut facts, mut company) = (Map::new(), Map::new(), Map::new());
        let (mut tags, mut owner) = (Vec::new(), None);
        if let Some(event) = &self.event {
            call.insert("event".into(), event.clone().into());
        }
        for (n, (meaning, field)) in self.meanings.iter().zip(record.iter()).enumerate() {
            let text = text_of(field, reading).map_err(|e| format!("field {} {e}", n + 1))?;
            if text.is_empty() {
                continue;
            }
            match meaning {
                Meaning::UserId => call.insert("userId".into(), text.into()),
                Meaning::Event => call.insert("event".into(), text.into()),
                Meaning::Timestamp => {
                    call.insert("timestamp".into(), moment("timestamp", text)?.into())
                }
                Meaning::Date(name) => facts.insert(name.clone(), moment(name, text)?.into()),
                Meaning::Properties => {
                    let object: Map<String, Value> = serde_json::from_str(text)
                        .map_err(|_| "properties: not a JSON object".to_owned())?;
                    facts.extend(object);
                    None
                }
                Meaning::CompanyId if self.kind == Kind::Companies => {
                    call.insert("groupId".into(), text.into())
                }
                Meaning::CompanyId => company.insert("id".into(), text.into()),
                Meaning::CompanyIds => {
                    let one = |id: String| json!({ "id": id });
                    let all: Vec<_> = list::split(text).into_iter().map(one).collect();
                    facts.insert("companies".into(), all.into())
                }
                Meaning::CompanyName => company.insert("name".into(), text.into()),
                Meaning::Email if self.kind == Kind::Events => {
                    call.insert("email".into(), text.into())
                }
                Meaning::Email => facts.insert("email".into(), text.into()),
                Meaning::Role => call.insert("role".into(), text.to_lowercase().into()),
                Meaning::Owner => {
                    let found = owners.get(&text.to_lowercase());
                    let unknown = || format!("owner_email: no teammate has the address {text}");
                    owner = Some(*found.ok_or_else(unknown)?);
                    None
                }
                Meaning::Said(name) => {
                    let neither = || format!("{name}: {text} is neither true nor false");
                    // A no that was said meanwhile is not taken back by a file.
                    if truth(text).ok_or_else(neither)? {
                        facts.insert((*name).into(), true.into())
                    } else {
                        None
                    }
                }
                Meaning::Tags => {
                    tags.extend(list::split(text));
                    None
                }
                Meaning::Fact(name) => facts.insert(name.clone(), value(name, text)),
                Meaning::Nothing => None,
            };
        }
        let (kind, facts_name) = match self.kind {
            Kind::Contacts => ("person", "traits"),
            Kind::Companies => ("company", "traits"),
            // The address counts where there is no id.
            Kind::Events
                if self.meanings.contains(&Meaning::Email) && !call.contains_key("userId") =>
            {
                ("event", "properties")
            }
            Kind::Events => ("track", "properties"),
        };
        if !company.is_empty() {
            facts.insert("company".into(), company.into());
        }
        call.insert(facts_name.into(), facts.into());
        call.insert("tags".into(), tags.into());
        let mut call = parse(kind, &call.into(), Arrival::at(now)).map_err(reason)?;
        if let Body::Person(person) = &mut call.body {
            person.details.owner = owner;
        }
        Ok(call)
    }
}
