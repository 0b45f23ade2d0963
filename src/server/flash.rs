//! Native forms that fail: what was typed and why it failed wait here for the next page.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;

use crate::error::Error;
use crate::server::state::AppState;
use crate::server::{cookie, nul, secret};
use crate::ui::flash::Flash;

/// The cookie that leads to a flash.
const COOKIE: &str = "rapport_flash";
/// How many wait at most, and how many bytes they may hold together; the oldest goes first.
const MOST: usize = 1_000;
const BYTES: usize = 32 * 1024 * 1024;
/// The largest form, in bytes: a note of 100,000 characters, each of which may take twelve.
pub const FORM: usize = 1_300 * 1024;

/// Flashes by their cookie, in memory: losing one loses a message, not data.
#[derive(Default)]
pub struct Flashes {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    order: VecDeque<String>,
    by_key: HashMap<String, Flash>,
    bytes: usize,
}

impl Kept {
    fn take(&mut self, key: &str) -> Option<Flash> {
        let flash = self.by_key.remove(key)?;
        self.bytes -= size(&flash);
        Some(flash)
    }
}

fn size(flash: &Flash) -> usize {
    flash.fields.iter().map(|(name, value)| name.len() + value.len()).sum()
}

impl Flashes {
    /// Keeps a flash; answers the line that sets the cookie which leads to it.
    pub fn show_once(&self, flash: Flash, secure: bool) -> String {
        cookie::write(COOKIE, &self.keep(flash), 600, secure)
    }

    fn keep(&self, flash: Flash) -> String {
        let key = secret::random("");
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.bytes += size(&flash);
        while kept.order.len() >= MOST || kept.bytes > BYTES {
            let Some(oldest) = kept.order.pop_front() else { break };
            kept.take(&oldest);
        }
        kept.order.push_back(key.clone());
        kept.by_key.insert(key.clone(), flash);
        key
    }

    /// The flash that this request's cookie leads to; it is shown once.
    pub fn take(&self, headers: &HeaderMap) -> Option<Flash> {
        let key = cookie::read(headers, COOKIE)?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take(&key)
    }
}

/// The way back to the page of a form that failed, which gets what was typed in the form at `path`, by field.
pub fn again(
    app: &AppState,
    back: Response,
    path: &str,
    error: Error,
    fields: Vec<(String, String)>,
) -> Response {
    let flash = Flash { path: path.into(), error: Some(error), fields };
    let cookie = app.flashes.show_once(flash, app.secure);
    let Ok(cookie) = HeaderValue::from_str(&cookie) else { return back };
    ([(header::SET_COOKIE, cookie)], back).into_response()
}

/// Around the server functions: turns a native form's failure into a flash, and gives
/// the failures of other callers the status that says what they are.
pub async fn forms(State(app): State<Arc<AppState>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, FORM).await else {
        return axum::http::StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    if nul::is_in(&bytes) {
        return nul::refused();
    }
    let path = parts.uri.path().to_owned();
    let response = next.run(Request::from_parts(parts, Body::from(bytes.clone()))).await;
    if response.status().is_redirection() {
        return flashed(&app, &path, &bytes, response);
    }
    if response.status().is_server_error() { restated(response).await } else { response }
}

fn flashed(app: &AppState, path: &str, form: &[u8], mut response: Response) -> Response {
    let location = response.headers().get(header::LOCATION).and_then(|l| l.to_str().ok());
    let Some((page, query)) = location.and_then(|l| l.split_once('?')) else { return response };
    let mut error = None;
    let mut kept = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "__err" => error = decode(&value),
            "__path" => {}
            _ => {
                kept.append_pair(&name, &value);
            }
        }
    }
    let Some(error) = error else { return response };
    let kept = kept.finish();
    let back = if kept.is_empty() { page.to_owned() } else { format!("{page}?{kept}") };
    let fields = url::form_urlencoded::parse(form)
        .filter(|(name, _)| !name.contains("password"))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let key = app.flashes.keep(Flash { path: path.to_owned(), error: Some(error), fields });
    let headers = response.headers_mut();
    if let (Ok(back), Ok(cookie)) = (
        HeaderValue::from_str(&back),
        HeaderValue::from_str(&cookie::write(COOKIE, &key, 60, app.secure)),
    ) {
        headers.insert(header::LOCATION, back);
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

fn decode(text: &str) -> Option<Error> {
    let bytes = base64::engine::general_purpose::URL_SAFE.decode(text).ok()?;
    serde_json::from_slice(&bytes).ok()
}

async fn restated(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, FORM).await.unwrap_or_default();
    if let Ok(error) = serde_json::from_slice::<Error>(&bytes)
        && let Ok(status) = axum::http::StatusCode::from_u16(error.status())
    {
        parts.status = status;
    }
    Response::from_parts(parts, Body::from(bytes))
}
