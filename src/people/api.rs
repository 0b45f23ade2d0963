//! The list of people from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Options, People};
use crate::error::Error;

/// A page of the list of people.
///
/// # Errors
/// [`Error::Invalid`] for a cursor that is not one; [`Error::TooSlow`] for a rule.
#[server(prefix = "/do", endpoint = "people", input = GetUrl)]
pub async fn list_people(address: String) -> Result<People, Error> {
    use crate::segments;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let asked: super::Asked = crate::lists::asked_of(&address);
    // What no index finds is given up in time, as a rule is.
    let slow = format!("{}{}", asked.filter.rule, asked.filter.place);
    let mut c = segments::reader(&app.db, &slow).await.map_err(viewer::refuse)?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    super::list(&mut c, &dates, viewer.workspace, viewer.id, &asked).await.map_err(viewer::refuse)
}

/// What the list's filters and columns offer.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "people_options", input = GetUrl)]
pub async fn people_options() -> Result<Options, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    super::options(&mut c, viewer.workspace).await
}

/// Names of companies that begin so, to suggest.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "people_firms", input = GetUrl)]
pub async fn people_firms(begin: String) -> Result<Vec<String>, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    super::firms(&mut c, viewer.workspace, &begin).await
}

/// Cities and regions of a country where people were last seen, to suggest.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "people_places", input = GetUrl)]
pub async fn people_places(country: String) -> Result<Vec<String>, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    super::places(&mut c, viewer.workspace, &country).await
}
