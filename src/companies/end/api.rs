//! Merging and deleting companies, from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Brief, Merging};
use crate::error::Error;
use crate::id::CompanyId;

/// What a company is called.
///
/// # Errors
/// [`Error::NotFound`] where the viewer's workspace has no such company.
#[server(prefix = "/do", endpoint = "company_title", input = GetUrl)]
pub async fn company_title(company: CompanyId) -> Result<String, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = crate::companies::find(&mut c, viewer.workspace, company).await?;
    found.map(|company| company.title()).ok_or(Error::NotFound).map_err(viewer::refuse)
}

/// Companies that another may be merged into: number, name, the customer's id, and how many people.
///
/// # Errors
/// [`Error::NotFound`] for the company.
#[server(prefix = "/do", endpoint = "other_companies", input = GetUrl)]
pub async fn other_companies(
    company: CompanyId,
    #[server(default)] find: String,
) -> Result<Vec<(CompanyId, String, String, i64)>, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let found = super::others(&mut c, &dates, viewer.workspace, company, &find).await;
    found.map_err(viewer::refuse)
}

/// What a merge will do.
///
/// # Errors
/// As [`super::what_merge_does`].
#[server(prefix = "/do", endpoint = "merge_plan", input = GetUrl)]
pub async fn merge_plan(from: CompanyId, into: CompanyId) -> Result<Merging, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let plan = super::what_merge_does(&mut c, &dates, viewer.workspace, from, into).await;
    plan.map_err(viewer::refuse)
}

/// What a deletion will take away.
///
/// # Errors
/// [`Error::NotFound`] for the company.
#[server(prefix = "/do", endpoint = "deletion_plan", input = GetUrl)]
pub async fn deletion_plan(company: CompanyId) -> Result<Brief, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    super::what_delete_does(&mut c, viewer.workspace, company).await.map_err(viewer::refuse)
}

#[cfg(feature = "ssr")]
fn confirmed(company: &crate::companies::Company, typed: &str) -> Result<(), Error> {
    // A page shows several spaces as one.
    if typed.split_whitespace().eq(company.title().split_whitespace()) {
        return Ok(());
    }
    Err(Error::invalid("confirm", "type the name exactly as it is shown"))
}

/// Merges a company into another, once its name has been typed and the seconds have passed in which that can be undone,
/// and goes to the one that stays.
///
/// # Errors
/// As [`super::begin`]; [`Error::Invalid`] unless the name is that of the company that goes.
#[server(prefix = "/do", endpoint = "merge_companies")]
pub async fn merge_companies(
    from: CompanyId,
    into: CompanyId,
    #[server(default)] confirm: String,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let found = crate::companies::find(&mut w.conn, viewer.workspace, from).await?;
    let goes = found.ok_or(Error::NotFound)?;
    // What was merged already has no name of its own any more.
    if goes.id == from {
        confirmed(&goes, &confirm)?;
    }
    let into = super::begin(&mut w, from, Some(into)).await?.ok_or(Error::Internal)?;
    w.commit().await?;
    leptos_axum::redirect(&format!("/companies/{into}"));
    Ok(())
}

/// Deletes a company, once its name has been typed and the seconds have passed in which that can be undone, and goes to
/// the list.
///
/// # Errors
/// As [`super::begin`]; [`Error::Invalid`] unless the name is its.
#[server(prefix = "/do", endpoint = "delete_company")]
pub async fn delete_company(
    company: CompanyId,
    #[server(default)] confirm: String,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let found = crate::companies::find(&mut w.conn, viewer.workspace, company).await?;
    confirmed(&found.ok_or(Error::NotFound)?, &confirm)?;
    super::begin(&mut w, company, None).await?;
    w.commit().await?;
    leptos_axum::redirect("/companies");
    Ok(())
}
