//! The team and its invitations.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::Error;
use crate::id::{InvitationId, TeammateId};
use crate::teammates::{Role, Team};

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
    crate::teammates::team(&mut c, &dates, viewer.workspace).await
}

/// Invites an address; the link is shown on the team's page, once.
///
/// # Errors
/// As [`crate::teammates::invite`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "invite")]
pub async fn invite(email: String, role: Role) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let token = crate::teammates::invite(&mut w, &email, role).await?;
    w.commit().await?;
    let parts = use_context::<axum::http::request::Parts>().ok_or(Error::Internal)?;
    let host = parts.headers.get("host").and_then(|h| h.to_str().ok()).unwrap_or("127.0.0.1:3000");
    let scheme = if app.secure { "https" } else { "http" };
    let link = format!("{scheme}://{host}/join/{token}");
    let mut fields = vec![("link".to_owned(), link), ("invited".to_owned(), email.clone())];
    if let Some(mail) = &app.mail {
        let link = format!("{}/join/{token}", app.public_url);
        let sent = mail.send(crate::teammates::invitation(&viewer, &email, &link)).await;
        let word = if sent.is_ok() { "yes" } else { "failed" };
        fields.push(("mailed".to_owned(), word.to_owned()));
    }
    viewer::lead_and_show(&app, "/settings/team", fields)
}

/// Ends an invitation.
///
/// # Errors
/// As [`crate::teammates::revoke`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "revoke_invitation")]
pub async fn revoke_invitation(invitation: InvitationId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    crate::teammates::revoke(&mut w, invitation).await?;
    w.commit().await?;
    Ok(())
}

/// Gives a teammate a role.
///
/// # Errors
/// As [`crate::teammates::set_role`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "set_role")]
pub async fn set_role(teammate: TeammateId, role: Role) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    crate::teammates::set_role(&mut w, teammate, role).await?;
    w.commit().await?;
    Ok(())
}

/// Takes a teammate off the team; what they held goes to the heir.
///
/// # Errors
/// As [`crate::teammates::remove`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "remove_teammate")]
pub async fn remove_teammate(teammate: TeammateId, heir: TeammateId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    crate::teammates::remove(&mut w, teammate, heir).await?;
    w.commit().await?;
    Ok(())
}

/// Switches the second step of a teammate off who lost their telephone and their recovery codes.
///
/// # Errors
/// As [`crate::teammates::second::switch_off`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "switch_off_second_step_of")]
pub async fn switch_off_second_step_of(teammate: TeammateId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    if teammate == viewer.id {
        return Err(Error::Conflict("Switch off your own on the page of your account".into()));
    }
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    crate::teammates::second::switch_off(&mut w, teammate).await?;
    w.commit().await?;
    Ok(())
}
