//! Who is in a company, from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::companies::{Members, Order};
use crate::error::Error;
use crate::id::{CompanyId, ContactId};

/// A page of a company's people.
///
/// # Errors
/// [`Error::NotFound`] for the company; [`Error::Invalid`] for the page.
#[server(prefix = "/do", endpoint = "company_members", input = GetUrl)]
pub async fn company_members(
    company: CompanyId,
    find: String,
    order: Order,
    page: i64,
    #[server(default)] reversed: bool,
) -> Result<Members, Error> {
    use crate::companies;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = companies::find(&mut c, viewer.workspace, company).await?;
    let company = found.ok_or(Error::NotFound).map_err(viewer::refuse)?.id;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let asked = companies::Roll { find, order, reversed, page };
    let members = companies::members(&mut c, &dates, viewer.workspace, company, &asked).await;
    members.map_err(viewer::refuse)
}

/// What someone is called whose entries in a company's stream are asked for.
///
/// # Errors
/// [`Error::NotFound`] for the company and for the person.
#[server(prefix = "/do", endpoint = "company_person", input = GetUrl)]
pub async fn company_person(company: CompanyId, person: ContactId) -> Result<String, Error> {
    use crate::companies;
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    companies::find(&mut c, viewer.workspace, company).await?.ok_or(Error::NotFound)?;
    let found = crate::contacts::find(&mut c, viewer.workspace, person).await?;
    found.map(|person| person.title()).ok_or(Error::NotFound)
}

/// Tags people of a company, or takes a tag off: those selected, or all who match. It happens as a job.
///
/// # Errors
/// [`Error::NotFound`] for the company; [`Error::Invalid`] for nobody and for the tag's name.
#[server(prefix = "/do", endpoint = "tag_members")]
pub async fn tag_members(
    company: CompanyId,
    #[server(default)] people: Vec<ContactId>,
    #[server(default)] all: Option<String>,
    #[server(default)] find: String,
    name: String,
    change: crate::lists::Change,
) -> Result<(), Error> {
    use crate::companies;
    use crate::jobs::{self, Ids, Input};
    use crate::lists::Change;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let people = {
        let mut c = app.db.read().await?;
        let found = companies::find(&mut c, viewer.workspace, company).await?;
        let company = found.ok_or(Error::NotFound)?.id;
        match all {
            Some(_) => companies::everyone(&mut c, viewer.workspace, company, &find).await?,
            None => people,
        }
    };
    if people.is_empty() {
        return Err(crate::people::nobody());
    }
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let (tag, _) = crate::tags::make(&mut w, &name).await?;
    let people = Ids::of(people.into_iter().map(|id| id.0))?;
    let total = people.count()?;
    jobs::start(&mut w, &Input::Tag { tag, add: change == Change::Add, people }, total).await?;
    w.commit().await?;
    Ok(())
}

/// Puts a person into a company, by their e-mail address or the customer's id of them.
///
/// # Errors
/// [`Error::NotFound`] for the company; [`Error::Invalid`] where nobody, or more than one, is known by it.
#[server(prefix = "/do", endpoint = "attach")]
pub async fn attach(company: CompanyId, who: String) -> Result<(), Error> {
    use crate::companies;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let found = companies::find(&mut w.conn, viewer.workspace, company).await?;
    let company = found.ok_or(Error::NotFound)?.id;
    let person = companies::known_as(&mut w.conn, viewer.workspace, &who).await?;
    let at = w.now;
    companies::join(&mut w, person, company, at).await?;
    w.commit().await?;
    Ok(())
}

/// Puts a person into the company of this name, or of the id that the customer gives it.
///
/// # Errors
/// [`Error::NotFound`] for the person; [`Error::Invalid`] where no company, or more than one, is known by it.
#[server(prefix = "/do", endpoint = "attach_to")]
pub async fn attach_to(contact: ContactId, company: String) -> Result<(), Error> {
    use crate::companies;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let person = crate::contacts::found(&mut w.conn, viewer.workspace, contact).await?;
    let person = person.ok_or(Error::NotFound)?;
    let company = companies::called(&mut w.conn, viewer.workspace, &company).await?;
    let at = w.now;
    companies::join(&mut w, person, company, at).await?;
    w.commit().await?;
    Ok(())
}

/// Takes a person out of a company.
///
/// # Errors
/// As [`crate::companies::leave`].
#[server(prefix = "/do", endpoint = "detach")]
pub async fn detach(company: CompanyId, contact: ContactId) -> Result<(), Error> {
    use crate::companies;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    companies::leave(&mut w, contact, company).await?;
    w.commit().await?;
    Ok(())
}

/// Says whom of a company to talk to first; 0 for nobody.
///
/// # Errors
/// As [`crate::companies::set_main_contact`].
#[server(prefix = "/do", endpoint = "main_contact")]
pub async fn main_contact(company: CompanyId, contact: ContactId) -> Result<(), Error> {
    use crate::companies;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    companies::set_main_contact(&mut w, company, contact).await?;
    w.commit().await?;
    Ok(())
}
