//! Signing in and out, as forms that work without JavaScript.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Role, Team};
use crate::error::Error;
use crate::id::{InvitationId, TeammateId};

/// Signs in and goes where the teammate wanted to go.
///
/// # Errors
/// As [`super::sign_in`].
#[server(prefix = "/do", endpoint = "sign_in")]
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Result<(), Error> {
    use crate::server::{cookie, viewer};
    let app = viewer::app()?;
    let token = super::sign_in(&app, &email, &password).await?;
    let line = cookie::write(super::SESSION_COOKIE, &token, 30 * 24 * 60 * 60, app.secure);
    cookie::set(&line)?;
    // Only a path of this site: `//elsewhere` and `/\elsewhere` are other sites.
    let next = next.filter(|n| n.starts_with('/') && !n.starts_with("//") && !n.contains('\\'));
    leptos_axum::redirect(next.as_deref().unwrap_or("/people"));
    Ok(())
}

/// Signs out.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
#[server(prefix = "/do", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), Error> {
    use crate::server::{cookie, viewer};
    let app = viewer::app()?;
    let headers =
        use_context::<axum::http::request::Parts>().map(|p| p.headers).unwrap_or_default();
    if let Some(token) = cookie::read(&headers, super::SESSION_COOKIE) {
        super::sign_out(&app, &token).await?;
    }
    cookie::set(&cookie::write(super::SESSION_COOKIE, "", 0, app.secure))?;
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// The team and its open invitations.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "team", input = GetUrl)]
pub async fn read_team() -> Result<Team, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    super::team(&mut c, &dates, viewer.workspace).await
}

/// Invites an address; the link is shown on the team's page, once.
///
/// # Errors
/// As [`super::invite`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "invite")]
pub async fn invite(email: String, role: Role) -> Result<(), Error> {
    use crate::server::{cookie, db::Write, viewer};
    use crate::ui::flash::Flash;
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let token = super::invite(&mut w, &email, role).await?;
    w.commit().await?;
    let parts = use_context::<axum::http::request::Parts>().ok_or(Error::Internal)?;
    let host = parts.headers.get("host").and_then(|h| h.to_str().ok()).unwrap_or("127.0.0.1:3000");
    let scheme = if app.secure { "https" } else { "http" };
    let link = format!("{scheme}://{host}/join/{token}");
    let fields = vec![("link".to_owned(), link), ("invited".to_owned(), email)];
    let flash = Flash { path: "/settings/team".into(), error: None, fields };
    cookie::set(&app.flashes.show_once(flash, app.secure))?;
    leptos_axum::redirect("/settings/team");
    Ok(())
}

/// Ends an invitation.
///
/// # Errors
/// As [`super::revoke`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "revoke_invitation")]
pub async fn revoke_invitation(invitation: InvitationId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::revoke(&mut w, invitation).await?;
    w.commit().await?;
    Ok(())
}

/// Gives a teammate a role.
///
/// # Errors
/// As [`super::set_role`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "set_role")]
pub async fn set_role(teammate: TeammateId, role: Role) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::set_role(&mut w, teammate, role).await?;
    w.commit().await?;
    Ok(())
}

/// Takes a teammate off the team; what they held goes to the heir.
///
/// # Errors
/// As [`super::remove`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "remove_teammate")]
pub async fn remove_teammate(teammate: TeammateId, heir: TeammateId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::remove(&mut w, teammate, heir).await?;
    w.commit().await?;
    Ok(())
}

/// The workspace's name and the address that a link invites.
///
/// # Errors
/// [`Error::NotFound`] for a link that is used, revoked or too old.
#[server(prefix = "/do", endpoint = "invited", input = GetUrl)]
pub async fn invited(token: String) -> Result<(String, String), Error> {
    use crate::server::viewer;
    let app = viewer::app()?;
    super::invited(&app, &token).await?.ok_or(Error::NotFound).map_err(viewer::refuse)
}

/// Accepts an invitation and signs in.
///
/// # Errors
/// As [`super::join`].
#[server(prefix = "/do", endpoint = "join")]
pub async fn join(token: String, name: String, password: String) -> Result<(), Error> {
    use crate::server::{cookie, viewer};
    let app = viewer::app()?;
    let email = super::join(&app, &token, &name, &password).await?;
    let session = super::sign_in(&app, &email, &password).await?;
    cookie::set(&cookie::write(super::SESSION_COOKIE, &session, 30 * 24 * 60 * 60, app.secure))?;
    leptos_axum::redirect("/inbox");
    Ok(())
}

/// Changes the viewer's password and ends their other sessions.
///
/// # Errors
/// As [`super::change_password`].
#[server(prefix = "/do", endpoint = "change_password")]
pub async fn change_password(current_password: String, new_password: String) -> Result<(), Error> {
    use crate::server::{cookie, viewer};
    use crate::ui::flash::Flash;
    let (app, viewer) = viewer::viewer()?;
    let token = viewer::session()?;
    super::change_password(
        &app,
        viewer.workspace,
        viewer.id,
        &current_password,
        &new_password,
        &token,
    )
    .await?;
    let fields = vec![(
        "done".to_owned(),
        "Your password is changed. Other sessions have ended.".to_owned(),
    )];
    let flash = Flash { path: "/settings/account".into(), error: None, fields };
    cookie::set(&app.flashes.show_once(flash, app.secure))?;
    leptos_axum::redirect("/settings/account");
    Ok(())
}

/// Ends the viewer's sessions everywhere, this one too.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
#[server(prefix = "/do", endpoint = "sign_out_everywhere")]
pub async fn sign_out_everywhere() -> Result<(), Error> {
    use crate::server::{cookie, db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::end_others(&mut w, viewer.id, "").await?;
    w.commit().await?;
    cookie::set(&cookie::write(super::SESSION_COOKIE, "", 0, app.secure))?;
    leptos_axum::redirect("/sign-in");
    Ok(())
}
