//! The Messenger's settings from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Form, Setup};
use crate::error::Error;

/// The Messenger's settings, and how to install it.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "messenger_setup", input = GetUrl)]
pub async fn messenger_setup() -> Result<Setup, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let parts = use_context::<axum::http::request::Parts>().ok_or(Error::Internal)?;
    let host = parts.headers.get("host").and_then(|h| h.to_str().ok()).unwrap_or("127.0.0.1:3000");
    let scheme = if app.secure { "https" } else { "http" };
    let address = format!("{scheme}://{host}");
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let install =
        crate::workspace::install(&mut c, &dates, viewer.workspace, address.clone()).await?;
    let settings = super::settings(&mut c, viewer.workspace).await?;
    Ok(Setup { settings, address, app_id: install.app_id, time_zone: viewer.time_zone })
}

/// Keeps the Messenger's settings. Admins only.
///
/// # Errors
/// [`Error::Forbidden`] for an agent; [`Error::Invalid`] names the field that is refused.
#[server(prefix = "/do", endpoint = "save_messenger")]
pub async fn save_messenger(form: Form) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let settings = form.read()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::save(&mut w, &settings).await?;
    w.commit().await?;
    let done = "Saved. Pages show it when they are next loaded.";
    viewer::lead_and_say(&app, "/settings/messenger", done)
}
