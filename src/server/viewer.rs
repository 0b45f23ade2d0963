//! Who asks, inside server functions and pages.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::error::Error;
use crate::server::cookie;
use crate::server::state::AppState;
use crate::teammates::{SESSION_COOKIE, Viewer};
use crate::ui::flash::Flash;

/// The process's state, within a server function or a page.
///
/// # Errors
/// [`Error::Internal`] outside of them.
pub fn app() -> Result<Arc<AppState>, Error> {
    use_context::<Arc<AppState>>().ok_or(Error::Internal)
}

/// The teammate who asks, with the process's state.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
pub fn viewer() -> Result<(Arc<AppState>, Viewer), Error> {
    let viewer = use_context::<Viewer>().ok_or(Error::Unauthorized)?;
    Ok((app()?, viewer))
}

/// The admin who asks, with the process's state.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in, [`Error::Forbidden`] for an agent.
pub fn admin() -> Result<(Arc<AppState>, Viewer), Error> {
    let (app, viewer) = viewer()?;
    if viewer.role.can_configure() {
        return Ok((app, viewer));
    }
    Err(Error::Forbidden("Only admins change this. Ask one of them".into()))
}

/// The token of the session that asks.
///
/// # Errors
/// [`Error::Unauthorized`] when there is none.
pub fn session() -> Result<String, Error> {
    let parts = use_context::<Parts>().ok_or(Error::Internal)?;
    cookie::read(&parts.headers, SESSION_COOKIE).ok_or(Error::Unauthorized)
}

/// What the browser that asks calls itself, at most 400 characters.
pub fn agent() -> String {
    let parts = use_context::<Parts>();
    let agent = parts.as_ref().and_then(|p| p.headers.get(header::USER_AGENT)?.to_str().ok());
    agent.unwrap_or_default().chars().take(400).collect()
}

/// Gives a page or a reading request the status that says why it failed.
pub fn refuse(error: Error) -> Error {
    if let (Some(response), Ok(status)) =
        (use_context::<ResponseOptions>(), StatusCode::from_u16(error.status()))
    {
        response.set_status(status);
    }
    error
}

/// Whether a browser's own form asks, so that the answer is another page; else a page's script does.
pub fn is_native() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        let accepts = parts.headers.get(header::ACCEPT).and_then(|a| a.to_str().ok());
        accepts.is_some_and(|a| a.contains("text/html"))
    })
}

/// Gives the page that a native form leads to something to show once. A page's script has its answer already.
pub fn show_once(app: &AppState, flash: Flash) {
    if !is_native() {
        return;
    }
    let cookie = app.flashes.show_once(flash, app.secure);
    if let (Some(response), Ok(cookie)) =
        (use_context::<ResponseOptions>(), HeaderValue::from_str(&cookie))
    {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// Leads to a page of this site that shows something once, each text under its name.
///
/// # Errors
/// [`Error::Internal`] outside a request.
pub fn lead_and_show(
    app: &AppState,
    page: &str,
    texts: Vec<(String, String)>,
) -> Result<(), Error> {
    let flash = Flash { path: page.into(), error: None, fields: texts };
    cookie::set(&app.flashes.show_once(flash, app.secure))?;
    leptos_axum::redirect(page);
    Ok(())
}

/// Leads to a page of this site that says what is done.
///
/// # Errors
/// As [`lead_and_show`].
pub fn lead_and_say(app: &AppState, page: &str, done: &str) -> Result<(), Error> {
    lead_and_show(app, page, vec![("done".to_owned(), done.to_owned())])
}

/// Whether an address that somebody sent is a path of this site, and no more than a header may have. `//elsewhere` and
/// `/\elsewhere` are other sites, and so is what comes to that once the browser has left out tabs and line ends.
pub fn is_ours(path: &str) -> bool {
    let plain = !path.contains(|c: char| c.is_ascii_control());
    plain && path.starts_with('/') && !path.starts_with("//") && !path.contains('\\')
}

/// Leads the browser of a native form to a path of this site instead of back to the page that it came from.
/// A page's script stays where it is and decides itself.
pub fn lead_to(path: Option<&str>) {
    if let Some(path) = path.filter(|path| is_ours(path)).filter(|_| is_native()) {
        leptos_axum::redirect(path);
    }
}
