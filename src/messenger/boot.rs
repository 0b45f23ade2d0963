//! A page boots: who is there, a session for them, and what the launcher needs to know.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::identity::{Claim, Evidence, prove};
use super::kept::{self, Place};
use super::session::{self, Person};
use super::talk::{self, Line};
use super::tell::{self, Facts};
use super::who::{self, Who};
use super::words::Language;
use super::{Office, ReplyTime, Settings, is_dark, office};
use crate::contacts::{self, Visit};
use crate::error::Error;
use crate::id::TeammateId;
use crate::outbound;
use crate::rest;
use crate::server::db::{Conn, Write};
use crate::server::state::AppState;
use crate::stream;
use crate::tracking;

/// How long an answer waits until it is noted that what it says has reached somebody: it says the same without, and others may be writing.
const PATIENCE: Duration = Duration::from_millis(100);

/// Boots a page's Messenger and answers what it shows.
///
/// # Errors
/// [`Error::Invalid`] for an unknown `app_id` and a proof that is wrong; [`Error::Forbidden`] where the workspace asks
/// for a proof and none was sent, and for a page that it does not name.
pub async fn boot(
    app: &Arc<AppState>,
    sent: &Map<String, Value>,
    headers: &HeaderMap,
    ip: Option<IpAddr>,
) -> Result<Value, Error> {
    let app_id = rest::text(sent, "app_id", 100)?.unwrap_or_default();
    let mut c = app.db.read().await?;
    let place = kept::place(&mut c, &app_id).await?;
    let place = place.ok_or_else(|| Error::invalid("app_id", "no workspace has this app_id"))?;
    allow(&place.settings, headers)?;
    let none = Map::new();
    let settings = sent.get("settings").and_then(Value::as_object).unwrap_or(&none);
    let (claim, evidence) = claim(settings)?;
    let secrets = kept::secrets(&mut c, place.workspace, app.clock.now()).await?;
    drop(c);
    let proved = prove(&secrets, &claim, &evidence, app.clock.now())?;
    let visitor = rest::text(sent, "visitor", 100)?;
    let token = session::token_of(headers);
    let mut w = Write::begin(app, place.workspace, TeammateId(0)).await?;
    let require = place.settings.require_identity;
    let who = who::decide(&mut w, &claim, proved.as_ref(), require, visitor.as_deref()).await?;
    let token = session::begin(&mut w, who.contact, who.verified, token).await?;
    let waits = outbound::expected(&mut w, who.contact).await?;
    if !waits.is_empty() {
        // Said before the visit is noted, so that rules which ask when they were last seen are judged as it was before.
        w.commit().await?;
        outbound::greet(app, waits).await;
        w = Write::begin(app, place.workspace, TeammateId(0)).await?;
    }
    let visit = Visit { contact: who.contact, at: w.now, context: tell::visit(sent, headers, ip) };
    contacts::visit(&mut w, &[visit]).await?;
    tracking::note_first(&mut w).await?;
    w.commit().await?;
    // A fact that is refused does not cost the customer their Messenger: it is named for the page's developer.
    let signed = proved.map(|p| (p.signed, p.claim.email)).unwrap_or_default();
    let refused = match facts(app, &place, &who, settings, signed).await {
        Ok(()) => None,
        Err(Error::Invalid { field, message }) => Some(format!("{field}: {message}")),
        Err(other) => return Err(other),
    };
    let person = session::person(app, &token).await?.ok_or(Error::Unauthorized)?;
    let mut answer = shown(&person, sent, headers).await?;
    answer["token"] = token.into();
    answer["visitor"] = who.visitor.into();
    answer["refused"] = refused.into();
    Ok(answer)
}

/// Whether a page of this origin may have the Messenger; our own pages may. What is not a browser names none.
fn allow(settings: &Settings, headers: &HeaderMap) -> Result<(), Error> {
    let origin = headers.get("origin").and_then(|o| o.to_str().ok());
    match origin {
        Some(origin) if !settings.allows(origin) && !crate::server::origin::is_ours(headers) => {
            let message = format!(
                "{origin} is not among the pages that the workspace's Messenger settings allow"
            );
            Err(Error::Forbidden(message))
        }
        _ => Ok(()),
    }
}

fn claim(settings: &Map<String, Value>) -> Result<(Claim, Evidence), Error> {
    let text = |name: &str, most| match settings.get(name) {
        Some(Value::Number(n)) => Ok(Some(n.to_string())),
        _ => {
            let text = rest::text(settings, name, most)?;
            Ok::<_, Error>(text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()))
        }
    };
    let claim = Claim { user_id: text("user_id", 255)?, email: text("email", 255)? };
    let evidence =
        Evidence { jwt: text("intercom_user_jwt", 10_000)?, user_hash: text("user_hash", 200)? };
    Ok((claim, evidence))
}

async fn facts(
    app: &Arc<AppState>,
    place: &Place,
    who: &Who,
    settings: &Map<String, Value>,
    (signed, email): (Map<String, Value>, Option<String>),
) -> Result<(), Error> {
    let mut said = tell::facts(settings)?;
    let left_out = said.left_out.take();
    let mut signed = if signed.is_empty() { Facts::default() } else { tell::facts(&signed)? };
    signed.set_email(email);
    let mut w = Write::begin(app, place.workspace, TeammateId(0)).await?;
    tell::tell(&mut w, who, said, signed).await?;
    w.commit().await?;
    // The rest is kept, and what was left out is named.
    left_out.map_or(Ok(()), Err)
}

/// What the launcher shows: settings, words, what is new. Whatever waited has reached the person by it.
pub async fn shown(
    person: &Person,
    sent: &Map<String, Value>,
    headers: &HeaderMap,
) -> Result<Value, Error> {
    let language = language(person, sent, headers);
    let words = language.words();
    let word = |key: &str| words.get(key).cloned().unwrap_or_default();
    let settings = &person.settings;
    let mut answer = news(person, language).await?;
    answer["verified"] = person.verified.into();
    answer["language"] = language.code().into();
    answer["direction"] = language.direction().into();
    answer["settings"] = json!({
        "action_color": settings.action_color,
        "background_color": settings.background_color,
        "alignment": settings.alignment,
        "horizontal_padding": settings.horizontal_padding,
        "vertical_padding": settings.vertical_padding,
    });
    answer["words"] = json!({
        "open": word("open"), "close": word("close"), "title": word("title"), "dismiss": word("dismiss"),
    });
    Ok(answer)
}

/// The language of a person: their own, the page's, the browser's.
pub fn language(person: &Person, sent: &Map<String, Value>, headers: &HeaderMap) -> Language {
    let settings = sent.get("settings").and_then(Value::as_object);
    let page = settings.and_then(|s| s.get("language_override")).and_then(Value::as_str);
    let browser = sent.get("language").and_then(Value::as_str);
    let header = headers.get("accept-language").and_then(|h| h.to_str().ok()).unwrap_or_default();
    let own = page.or(person.language.as_deref());
    Language::choose(own.into_iter().chain(browser).chain(Language::accepted(header)))
}

/// What is new for a person: how many messages they have not seen, and the newest of them.
pub async fn news(person: &Person, language: Language) -> Result<Value, Error> {
    let mut c = person.app.db.read().await?;
    let seq = stream::last_seq(&mut c, person.workspace).await?;
    let lines =
        talk::list(&mut c, person.workspace, &person.workspace_name, person.contact, None).await?;
    let lines = lines.lines;
    let unread = talk::unread(&mut c, person.workspace, person.contact).await?;
    reached(person, c).await?;
    let newest = lines.iter().find(|l| l.unread > 0 && l.author.is_some());
    Ok(json!({
        "seq": seq,
        "unread": unread,
        "unread_words": counted(language, unread),
        "newest": newest,
    }))
}

/// Notes that what waited for a person has reached them, where something did; in its own time where that takes long.
async fn reached(person: &Person, mut c: Conn) -> Result<(), Error> {
    let waits = talk::waits(&mut c, person.workspace, person.contact).await?;
    // Given back first: a pool of readers that all wait for the writer would stand still.
    drop(c);
    if waits {
        let noting = tokio::spawn(note_reached(person.clone()));
        // What fails later is noted with the next answer: it waits on.
        if let Ok(noted) = timeout(PATIENCE, noting).await {
            return noted.map_err(|_| Error::Internal)?;
        }
    }
    Ok(())
}

async fn note_reached(person: Person) -> Result<(), Error> {
    let mut w = Write::begin(&person.app, person.workspace, TeammateId(0)).await?;
    talk::reached(&mut w, person.contact).await?;
    w.commit().await?;
    Ok(())
}

/// What the frame's first page shows: the list, and when the team answers.
pub async fn home(person: &Person, language: Language) -> Result<Value, Error> {
    let mut c = person.app.db.read().await?;
    let seq = stream::last_seq(&mut c, person.workspace).await?;
    let lines =
        talk::list(&mut c, person.workspace, &person.workspace_name, person.contact, None).await?;
    let unread = talk::unread(&mut c, person.workspace, person.contact).await?;
    reached(person, c).await?;
    let settings = &person.settings;
    let now = person.app.clock.now();
    let (state, back) = match office(&settings.office_hours, &person.time_zone, now) {
        Office::Open => ("open", None),
        Office::Closed(until) => ("closed", Some(until)),
    };
    let reply = match settings.reply_time {
        ReplyTime::Unsaid => None,
        ReplyTime::Minutes => Some("reply-minutes"),
        ReplyTime::Hours => Some("reply-hours"),
        ReplyTime::Day => Some("reply-day"),
    };
    Ok(json!({
        "seq": seq,
        "name": person.workspace_name,
        "greeting": settings.greeting,
        "office": state,
        "back_at": back,
        "reply": reply,
        "ask_email": !person.has_email && !person.verified,
        "unread": unread,
        "unread_words": counted(language, unread),
        "conversations": rows(&lines.lines, language),
        "earlier": lines.earlier.map(|place| place.to_string()),
    }))
}

/// A page of the list: the newest conversations, or those after a place in it.
pub async fn page(
    person: &Person,
    language: Language,
    before: Option<talk::Place>,
) -> Result<Value, Error> {
    let mut c = person.app.db.read().await?;
    let (workspace, contact) = (person.workspace, person.contact);
    let found = talk::list(&mut c, workspace, &person.workspace_name, contact, before).await?;
    Ok(json!({
        "conversations": rows(&found.lines, language),
        "earlier": found.earlier.map(|place| place.to_string()),
    }))
}

fn counted(language: Language, count: i64) -> String {
    if count > 0 { language.unread(count) } else { String::new() }
}

fn rows(lines: &[Line], language: Language) -> Vec<Value> {
    let row = |line: &Line| {
        let mut row = json!(line);
        row["unread_words"] = counted(language, line.unread).into();
        row
    };
    lines.iter().map(row).collect()
}

/// The readable colour on another one.
pub fn on(color: &str) -> &'static str {
    if is_dark(color) { "#ffffff" } else { "#111111" }
}
