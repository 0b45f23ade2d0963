//! `/unsubscribe/…`: the page behind the link in each e-mail, and what mail programs post to it by themselves (RFC 8058).

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use html_escape::encode_safe as escape;

use super::unsubscribing::{unsubscribe, whose};
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::rest::Refused;
use crate::run;
use crate::server::assets;
use crate::server::db::{Conn, Write};
use crate::server::state::AppState;

/// The page. No cookie is read here, and whoever has the link may use it.
pub fn router() -> Router<Arc<AppState>> {
    Router::new().route("/unsubscribe/{token}", get(ask).post(act))
}

/// Asks: programs follow links too, and nobody is unsubscribed by looking.
async fn ask(
    State(app): State<Arc<AppState>>,
    Path(token): Path<String>,
) -> Result<Response, Refused> {
    let mut c = app.db.read().await?;
    let Some((workspace, ..)) = whose(&mut c, &token).await? else { return Ok(unknown()) };
    let name = name(&mut c, workspace).await?;
    let text = format!(
        "No more e-mail from {} that goes to many. Answers to you still arrive.",
        escape(&name)
    );
    let button = r#"<button class="button primary" type="submit">Unsubscribe</button>"#;
    Ok(shown(StatusCode::OK, "Unsubscribe?", &text, button))
}

/// Unsubscribes, or with `again` takes it back.
async fn act(
    State(app): State<Arc<AppState>>,
    Path(token): Path<String>,
    body: Bytes,
) -> Result<Response, Refused> {
    let mut c = app.db.read().await?;
    let Some((workspace, message, contact)) = whose(&mut c, &token).await? else {
        return Ok(unknown());
    };
    let name = name(&mut c, workspace).await?;
    drop(c);
    let again = url::form_urlencoded::parse(&body).any(|(name, _)| name == "again");
    let mut w = Write::begin(&app, workspace, TeammateId(0)).await?;
    match unsubscribe(&mut w, message, contact, !again).await {
        Ok(()) => {}
        Err(Error::NotFound) => return Ok(unknown()),
        Err(other) => return Err(other.into()),
    }
    w.commit().await?;
    let name = escape(&name);
    Ok(if again {
        let text = format!("E-mail from {name} reaches you as before.");
        shown(StatusCode::OK, "You are subscribed again", &text, "")
    } else {
        let text = format!("No more e-mail from {name} that goes to many, from now on.");
        let button = r#"<input type="hidden" name="again" value="1"><button class="button" type="submit">Subscribe again</button>"#;
        shown(StatusCode::OK, "You are unsubscribed", &text, button)
    })
}

async fn name(c: &mut Conn, workspace: WorkspaceId) -> Result<String, Error> {
    let sql = "select name from workspaces where id = $1";
    let (name,): (String,) =
        run!(c, |x| sqlx::query_as::<_, (String,)>(sql).bind(workspace).fetch_one(x))?;
    Ok(name)
}

fn unknown() -> Response {
    let text = "The link is not whole, or whom it was for is no longer known. Use the one in the newest e-mail.";
    shown(StatusCode::NOT_FOUND, "This link leads nowhere", text, "")
}

/// `text` and `form` are HTML.
fn shown(status: StatusCode, title: &str, text: &str, form: &str) -> Response {
    let style = assets::url("style.css");
    let form = if form.is_empty() {
        String::new()
    } else {
        format!(r#"<form method="post">{form}</form>"#)
    };
    let page = format!(
        r#"<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><link rel="stylesheet" href="{style}"><title>{title}</title></head><body><main class="empty"><h1 class="empty-title">{title}</h1><p class="empty-text" role="status">{text}</p>{form}</main></body></html>"#
    );
    let mut response = (status, Html(page)).into_response();
    let headers = response.headers_mut();
    let policy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
