//! What e-mails lead to: their picture and their links, and `/unsubscribe/…`, the page behind the link in each e-mail, on which people choose what they get, and what mail programs post
//! to it by themselves (RFC 8058).

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::get;

use super::follow;
use super::page::{Page, lost};
use super::unsubscribing::{Link, unsubscribe, unsubscribe_from, whose};
use crate::contacts;
use crate::error::Error;
use crate::id::{SubscriptionTypeId, TeammateId};
use crate::messenger::Language;
use crate::outbound::types::{self, Choices};
use crate::rest::Refused;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Conn, Write};
use crate::server::state::AppState;

/// What e-mails lead to. No cookie is read here, and whoever has the link may use it.
pub fn router() -> Router<Arc<AppState>> {
    Router::new().route("/unsubscribe/{token}", get(ask).post(act)).merge(follow::routes())
}

/// Asks: programs follow links too, and nobody is unsubscribed by looking.
async fn ask(
    State(app): State<Arc<AppState>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let mut c = app.db.read().await?;
    let Some(link) = whose(&mut c, &token).await? else {
        return Ok(lost(language(None, &headers)));
    };
    shown(&app, &mut c, &link, &headers, "").await
}

/// What is pressed on the page, or posted by a mail program.
enum Pressed {
    /// E-mail arrives again.
    Again,
    /// No more of anything that goes to many.
    All,
    /// Exactly these types.
    Only(Vec<SubscriptionTypeId>),
    /// No more of what this e-mail is about.
    This,
}

fn pressed(body: &[u8]) -> Pressed {
    let fields: Vec<_> = url::form_urlencoded::parse(body).collect();
    let has = |wanted: &str| fields.iter().any(|(name, _)| name == wanted);
    if has("again") {
        Pressed::Again
    } else if has("all") {
        Pressed::All
    } else if has("save") {
        let ids = fields.iter().filter(|(name, _)| name == "type");
        Pressed::Only(ids.filter_map(|(_, id)| id.parse().ok()).collect())
    } else {
        Pressed::This
    }
}

/// Does what was pressed, at once, and shows how it stands then.
async fn act(
    State(app): State<Arc<AppState>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refused> {
    let mut c = app.db.read().await?;
    let Some(link) = whose(&mut c, &token).await? else {
        return Ok(lost(language(None, &headers)));
    };
    let before = choices(&app, &mut c, &link).await;
    drop(c);
    let before = match before {
        Err(Error::NotFound) => return Ok(lost(language(None, &headers))),
        other => other?,
    };
    let mut w = Write::begin(&app, link.workspace, TeammateId(0)).await?;
    let done = match pressed(&body) {
        Pressed::Again => {
            unsubscribe(&mut w, link.message, link.contact, false).await?;
            "mail-back"
        }
        Pressed::All => {
            unsubscribe(&mut w, link.message, link.contact, true).await?;
            "mail-none"
        }
        Pressed::This if link.about.0 == 0 => {
            unsubscribe(&mut w, link.message, link.contact, true).await?;
            "mail-none"
        }
        Pressed::This => {
            unsubscribe_from(&mut w, &link).await?;
            "mail-saved"
        }
        Pressed::Only(ids) => {
            for choice in &before.types {
                // What was not changed is not said.
                let wanted = ids.contains(&choice.id);
                if wanted != choice.wanted {
                    types::choose(&mut w, link.contact, choice.id, wanted).await?;
                }
            }
            "mail-saved"
        }
    };
    w.commit().await?;
    let mut c = app.db.read().await?;
    shown(&app, &mut c, &link, &headers, done).await
}

async fn choices(app: &AppState, c: &mut Conn, link: &Link) -> Result<Choices, Error> {
    let dates = Dates::new("UTC", app.clock.now());
    types::of_person(c, &dates, link.workspace, link.contact).await
}

/// The page as things stand; `done` is the key of what was just done, or empty.
async fn shown(
    app: &AppState,
    c: &mut Conn,
    link: &Link,
    headers: &HeaderMap,
    done: &'static str,
) -> Result<Response, Refused> {
    let person = contacts::find(c, link.workspace, link.contact).await?;
    let Some(person) = person else { return Ok(lost(language(None, headers))) };
    let sql = "select name from workspaces where id = $1";
    let (name,): (String,) =
        run!(c, |x| sqlx::query_as::<_, (String,)>(sql).bind(link.workspace).fetch_one(x))?;
    let page = Page {
        language: language(Some(&person), headers),
        name,
        choices: choices(app, c, link).await?,
        about: link.about,
        done,
    };
    Ok(page.response(StatusCode::OK))
}

/// The person's language, as the Messenger chooses it: the one that is set for them, their browser's then, their browser's now.
fn language(person: Option<&contacts::Contact>, headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|h| h.to_str().ok());
    let kept = person.into_iter().flat_map(|p| [&p.language_override, &p.browser_language]);
    let kept = kept.filter_map(|language| language.as_deref());
    Language::choose(kept.chain(Language::accepted(accepted.unwrap_or_default())))
}
