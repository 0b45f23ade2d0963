//! Companies from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]
#![allow(
    clippy::too_many_arguments,
    reason = "the fields of a form are the arguments of its function"
)]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::list::{Companies, Options};
use super::{Health, Members, Order, Places, Profile, Thresholds};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, TeammateId};

/// A page of the list of companies.
///
/// # Errors
/// [`Error::Invalid`] for a cursor that is not one; [`Error::TooSlow`] for a rule.
#[server(prefix = "/do", endpoint = "companies", input = GetUrl)]
pub async fn list_companies(address: String) -> Result<Companies, Error> {
    use crate::segments;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let asked: super::list::Asked = crate::lists::asked_of(&address);
    let mut c = segments::reader(&app.db, &asked.filter.rule).await.map_err(viewer::refuse)?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let list = super::list::list(&mut c, &dates, viewer.workspace, viewer.id, &asked);
    list.await.map_err(viewer::refuse)
}

/// What the list's filters and columns offer.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "company_options", input = GetUrl)]
pub async fn company_options() -> Result<Options, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    super::list::options(&mut c, viewer.workspace).await
}

/// How many of the companies of an address stand how, in the order of [`Health::ALL`].
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in; [`Error::TooSlow`] for a rule.
#[server(prefix = "/do", endpoint = "company_counts", input = GetUrl)]
pub async fn company_counts(
    #[server(default)] address: String,
) -> Result<Vec<(Health, i64)>, Error> {
    use crate::segments;
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let filter = crate::lists::asked_of::<super::list::Filter>(&address).filter;
    let mut c = segments::reader(&app.db, &filter.rule).await.map_err(viewer::refuse)?;
    let counts = super::list::standings(&mut c, viewer.workspace, &filter, app.clock.now());
    counts.await.map_err(viewer::refuse)
}

/// What someone is called whose entries in a company's stream are asked for.
///
/// # Errors
/// [`Error::NotFound`] for the company and for the person.
#[server(prefix = "/do", endpoint = "company_person", input = GetUrl)]
pub async fn company_person(company: CompanyId, person: ContactId) -> Result<String, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    super::find(&mut c, viewer.workspace, company).await?.ok_or(Error::NotFound)?;
    let found = crate::contacts::find(&mut c, viewer.workspace, person).await?;
    found.map(|person| person.title()).ok_or(Error::NotFound)
}

/// A company's profile, but for its people, its map and the stream.
///
/// # Errors
/// [`Error::NotFound`] where the viewer's workspace has no such company.
#[server(prefix = "/do", endpoint = "company", input = GetUrl)]
pub async fn company_profile(id: CompanyId) -> Result<Profile, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let found = super::profile(&mut c, &dates, viewer.workspace, id).await;
    found.map_err(viewer::refuse)?.ok_or(Error::NotFound).map_err(viewer::refuse)
}

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
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = super::find(&mut c, viewer.workspace, company).await?;
    let company = found.ok_or(Error::NotFound).map_err(viewer::refuse)?.id;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let asked = super::Roll { find, order, reversed, page };
    let members = super::members(&mut c, &dates, viewer.workspace, company, &asked).await;
    members.map_err(viewer::refuse)
}

/// Where a company's people were last seen, and the address of the map.
///
/// # Errors
/// [`Error::NotFound`] for the company.
#[server(prefix = "/do", endpoint = "company_places", input = GetUrl)]
pub async fn company_places(company: CompanyId) -> Result<Places, Error> {
    use crate::server::{assets, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = super::find(&mut c, viewer.workspace, company).await?;
    let company = found.ok_or(Error::NotFound).map_err(viewer::refuse)?.id;
    Ok(Places {
        map: assets::url("world.svg"),
        dots: super::dots(&mut c, viewer.workspace, company).await?,
        credits: app.geo.credits(),
    })
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
    use crate::jobs::{self, Ids, Input};
    use crate::lists::Change;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let people = {
        let mut c = app.db.read().await?;
        let found = super::find(&mut c, viewer.workspace, company).await?;
        let company = found.ok_or(Error::NotFound)?.id;
        match all {
            Some(_) => super::everyone(&mut c, viewer.workspace, company, &find).await?,
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
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let found = super::find(&mut w.conn, viewer.workspace, company).await?;
    let company = found.ok_or(Error::NotFound)?.id;
    let person = super::known_as(&mut w.conn, viewer.workspace, &who).await?;
    let at = w.now;
    super::join(&mut w, person, company, at).await?;
    w.commit().await?;
    Ok(())
}

/// Puts a person into the company of this name, or of the id that the customer gives it.
///
/// # Errors
/// [`Error::NotFound`] for the person; [`Error::Invalid`] where no company, or more than one, is known by it.
#[server(prefix = "/do", endpoint = "attach_to")]
pub async fn attach_to(contact: ContactId, company: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let person = crate::contacts::found(&mut w.conn, viewer.workspace, contact).await?;
    let person = person.ok_or(Error::NotFound)?;
    let company = super::called(&mut w.conn, viewer.workspace, &company).await?;
    let at = w.now;
    super::join(&mut w, person, company, at).await?;
    w.commit().await?;
    Ok(())
}

/// Takes a person out of a company.
///
/// # Errors
/// As [`super::leave`].
#[server(prefix = "/do", endpoint = "detach")]
pub async fn detach(company: CompanyId, contact: ContactId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::leave(&mut w, contact, company).await?;
    w.commit().await?;
    Ok(())
}

/// Says whom of a company to talk to first; 0 for nobody.
///
/// # Errors
/// As [`super::set_main_contact`].
#[server(prefix = "/do", endpoint = "main_contact")]
pub async fn main_contact(company: CompanyId, contact: ContactId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::set_main_contact(&mut w, company, contact).await?;
    w.commit().await?;
    Ok(())
}

/// Changes what every company has: name, website, industry, plan, size, monthly spend, since when it is a customer, and who
/// looks after it. `was` is what the fields held as the form was drawn: what still stands so is left as it is.
///
/// # Errors
/// As [`super::update`]; [`Error::Invalid`] for an owner who does not work here, and for what is no number or day.
#[server(prefix = "/do", endpoint = "set_company")]
pub async fn set_company(
    company: CompanyId,
    name: String,
    website: String,
    industry: String,
    plan: String,
    #[server(default)] size: String,
    #[server(default)] spend: String,
    #[server(default)] since: String,
    owner: TeammateId,
    #[server(default)] was: Vec<String>,
) -> Result<(), Error> {
    use super::Gone;
    use super::amounts::{day, money, people};
    use crate::attributes::Writer;
    use crate::server::{dates::Dates, db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let dates = Dates::new(&viewer.time_zone, w.now);
    let names = crate::teammates::names(&mut w.conn, viewer.workspace).await?;
    if owner.0 != 0 && names.iter().all(|(id, _)| *id != owner) {
        return Err(Error::invalid("owner", "choose someone who works here"));
    }
    // What stands as the form was drawn with it was not changed here, and may have been elsewhere since.
    let text = |n: usize, t: String| {
        let t = t.trim().to_owned();
        (was.get(n).map(|was| was.trim()) != Some(t.as_str())).then_some(t)
    };
    let owner_before = was.get(4).and_then(|id| id.parse().ok()).map(TeammateId);
    // An empty field takes away what stood in it as the form was drawn.
    let amount = |n: usize, sent: String| {
        text(n, sent).filter(|text| !text.is_empty() || was.get(n).is_some())
    };
    let (size, spend, since) = (amount(5, size), amount(6, spend), amount(7, since));
    let gone = [(Gone::Size, &size), (Gone::MonthlySpend, &spend), (Gone::RemoteCreatedAt, &since)];
    let gone = gone.into_iter().filter(|(_, sent)| sent.as_deref() == Some(""));
    let details = super::Details {
        name: text(0, name),
        website: text(1, website),
        industry: text(2, industry),
        plan: text(3, plan),
        size: people(size.as_deref())?,
        monthly_spend: money(spend.as_deref())?,
        remote_created_at: day(since.as_deref(), &dates)?,
        owner: Some(owner).filter(|owner| owner_before != Some(*owner)),
        gone: gone.map(|(field, _)| field).collect(),
        ..Default::default()
    };
    let at = w.now;
    super::update(&mut w, Writer::Teammate, company, &details, "data", at).await?;
    w.commit().await?;
    Ok(())
}

/// The days after which a company stands otherwise.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "health", input = GetUrl)]
pub async fn health_days() -> Result<Thresholds, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    super::thresholds(&mut c, viewer.workspace).await
}

/// Sets the days after which a company stands otherwise.
///
/// # Errors
/// [`Error::Forbidden`] for an agent; as [`super::set_thresholds`].
#[server(prefix = "/do", endpoint = "set_health")]
pub async fn set_health(new: i64, active: i64, slipping: i64) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::set_thresholds(&mut w, Thresholds { new, active, slipping }).await?;
    w.commit().await?;
    Ok(())
}
