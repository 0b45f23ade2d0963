//! The list of people from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Change, Options, People};
use crate::error::Error;
use crate::id::ContactId;

/// A page of the list of people.
///
/// # Errors
/// [`Error::Invalid`] for a cursor that is not one; [`Error::TooSlow`] for a rule.
#[server(prefix = "/do", endpoint = "people", input = GetUrl)]
pub async fn list_people(address: String) -> Result<People, Error> {
    use crate::segments;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let asked = super::asked_of(&address);
    let mut c = segments::reader(&app.db, &asked.filter.rule).await.map_err(viewer::refuse)?;
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

/// Keeps the viewer's choice of columns.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
#[server(prefix = "/do", endpoint = "choose_columns")]
pub async fn choose_columns(#[server(default)] columns: Vec<String>) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::choose_columns(&mut w, &columns).await?;
    w.touch(crate::live::Topic::People);
    w.commit().await?;
    Ok(())
}

/// Tags the people of a list, or takes a tag off: those selected, or all whom the address means.
/// It happens as a job.
///
/// # Errors
/// [`Error::Invalid`] for nobody and for the tag's name.
#[server(prefix = "/do", endpoint = "tag_people")]
pub async fn tag_people(
    #[server(default)] people: Vec<ContactId>,
    #[server(default)] all: Option<String>,
    address: String,
    name: String,
    change: Change,
) -> Result<(), Error> {
    use crate::jobs::{self, Input};
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let people = if all.is_some() {
        let filter = super::asked_of(&address).filter;
        let mut c = crate::segments::reader(&app.db, &filter.rule).await?;
        super::ids(&mut c, viewer.workspace, &filter, app.clock.now()).await?
    } else {
        people
    };
    if people.is_empty() {
        return Err(super::nobody());
    }
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let (tag, _) = crate::tags::make(&mut w, &name).await?;
    let total = people.len() as i64;
    jobs::start(&mut w, &Input::Tag { tag, add: change == Change::Add, people }, total).await?;
    w.commit().await?;
    Ok(())
}
