//! Beginning, installing, keys and settings of the workspace, from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{General, Install, Keys};
use crate::error::Error;
use crate::id::ApiKeyId;

/// Makes the first workspace with its admin, signs in, and leads to the page that says how to send data; the keys
/// are shown there once. With `demo` it is filled with made-up customers meanwhile.
///
/// # Errors
/// As [`super::create_first`].
#[server(prefix = "/do", endpoint = "start")]
pub async fn start(
    workspace: String,
    name: String,
    email: String,
    password: String,
    demo: Option<bool>,
) -> Result<(), Error> {
    use crate::server::{cookie, db::Write, viewer};
    use crate::teammates::{self, SESSION_COOKIE};
    let app = viewer::app()?;
    let new = super::New { workspace, name, email: email.clone(), password: password.clone() };
    let keys = super::create_first(&app.db, new, app.clock.now()).await?;
    let entered = teammates::enter(&app, &email, &password, &viewer::agent()).await?;
    let teammates::Entered::Session(token) = entered else { return Err(Error::Internal) };
    if demo == Some(true) {
        let admin = teammates::viewer_of(&app, &token).await?.ok_or(Error::Internal)?;
        let plan = crate::demo::Plan::default();
        let mut w = Write::begin(&app, admin.workspace, admin.id).await?;
        crate::jobs::start(&mut w, &crate::jobs::Input::Demo { plan }, plan.people).await?;
        w.commit().await?;
    }
    cookie::set(&cookie::write(SESSION_COOKIE, &token, 30 * 24 * 60 * 60, app.secure))?;
    let shown = [
        ("write_key", keys.write_key),
        ("api_token", keys.api_token),
        ("identity_secret", keys.identity_secret),
    ];
    let fields = shown.map(|(name, key)| (name.to_owned(), key)).to_vec();
    viewer::lead_and_show(&app, "/settings/install", fields)
}

/// What a developer needs to send data, and whether any has arrived.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "install_status", input = GetUrl)]
pub async fn install_status() -> Result<Install, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let parts = use_context::<axum::http::request::Parts>().ok_or(Error::Internal)?;
    let host = parts.headers.get("host").and_then(|h| h.to_str().ok()).unwrap_or("127.0.0.1:3000");
    let scheme = if app.secure { "https" } else { "http" };
    let address = format!("{scheme}://{host}");
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let mut c = app.db.read().await?;
    super::install(&mut c, &dates, viewer.workspace, address).await
}

/// Makes another write key or API token, shown once on the page that asked: that of installing or that of the keys.
/// Admins only.
///
/// # Errors
/// [`Error::Forbidden`] for an agent, [`Error::Invalid`] for another kind, or as [`super::make_key`].
#[server(prefix = "/do", endpoint = "make_key")]
pub async fn make_key(
    kind: String,
    name: Option<String>,
    page: Option<String>,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let kind = match kind.as_str() {
        "write_key" => "write_key",
        "api_token" => "api_token",
        _ => return Err(Error::invalid("kind", "choose write_key or api_token")),
    };
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let key = super::make_key(&mut w, kind, name.as_deref().unwrap_or_default()).await?;
    w.commit().await?;
    let path = if page.as_deref() == Some("keys") { "/settings/keys" } else { "/settings/install" };
    viewer::lead_and_show(&app, path, vec![(kind.to_owned(), key)])
}

/// The keys that work; admins see the identity secret too.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "keys", input = GetUrl)]
pub async fn read_keys() -> Result<Keys, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let secrets = viewer.role.can_configure();
    super::keys(&mut c, &app, &dates, viewer.workspace, secrets).await
}

/// Ends a key; `confirm` is its last four characters.
///
/// # Errors
/// As [`super::revoke_key`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "revoke_key")]
pub async fn revoke_key(key: ApiKeyId, confirm: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::revoke_key(&mut w, key, &confirm).await?;
    w.commit().await?;
    Ok(())
}

/// Makes another identity secret; `confirm` is the last four characters of the one that there is.
///
/// # Errors
/// As [`super::roll_identity`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "roll_identity")]
pub async fn roll_identity(confirm: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::roll_identity(&mut w, &confirm).await?;
    w.commit().await?;
    Ok(())
}

/// The workspace's name and time zone.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "workspace", input = GetUrl)]
pub async fn read_workspace() -> Result<General, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    super::general(&mut c, viewer.workspace).await
}

/// Changes the workspace's name and time zone.
///
/// # Errors
/// As [`super::change`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "change_workspace")]
pub async fn change_workspace(name: String, time_zone: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::change(&mut w, &name, &time_zone).await?;
    w.commit().await?;
    viewer::lead_and_say(&app, "/settings/workspace", "Saved.")
}
