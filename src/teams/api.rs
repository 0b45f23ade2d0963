//! Teams from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::Teams;
use crate::error::Error;
use crate::id::{TeamId, TeammateId};

/// Every team.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "teams", input = GetUrl)]
pub async fn read_teams() -> Result<Teams, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    super::all(&mut c, viewer.workspace).await
}

/// Makes a team.
///
/// # Errors
/// As [`super::make`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "make_team")]
pub async fn make_team(name: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::make(&mut w, &name).await?;
    w.commit().await?;
    Ok(())
}

/// Gives a team a name and says who is in it.
///
/// # Errors
/// As [`super::rename`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "change_team")]
pub async fn change_team(
    team: TeamId,
    name: String,
    #[server(default)] members: Vec<TeammateId>,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::rename(&mut w, team, &name).await?;
    super::set_members(&mut w, team, &members).await?;
    w.commit().await?;
    Ok(())
}

/// Puts a team away, or brings it back.
///
/// # Errors
/// As [`super::archive`] and [`super::restore`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "archive_team")]
pub async fn archive_team(team: TeamId, archived: bool) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    if archived {
        super::archive(&mut w, team).await?;
    } else {
        super::restore(&mut w, team).await?;
    }
    w.commit().await?;
    Ok(())
}
