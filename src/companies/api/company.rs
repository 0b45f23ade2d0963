//! Companies and what is known of one, from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]
#![allow(
    clippy::too_many_arguments,
    reason = "the fields of a form are the arguments of its function"
)]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::companies::list::{Companies, Options};
use crate::companies::{Health, Places, Profile, Thresholds};
use crate::error::Error;
use crate::id::{CompanyId, TeammateId};

/// A page of the list of companies.
///
/// # Errors
/// [`Error::Invalid`] for a cursor that is not one; [`Error::TooSlow`] for a rule.
#[server(prefix = "/do", endpoint = "companies", input = GetUrl)]
pub async fn list_companies(address: String) -> Result<Companies, Error> {
    use crate::companies;
    use crate::segments;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let asked: companies::list::Asked = crate::lists::asked_of(&address);
    let mut c = segments::reader(&app.db, &asked.filter.rule).await.map_err(viewer::refuse)?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let list = companies::list::list(&mut c, &dates, viewer.workspace, viewer.id, &asked);
    list.await.map_err(viewer::refuse)
}

/// What the list's filters and columns offer.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "company_options", input = GetUrl)]
pub async fn company_options() -> Result<Options, Error> {
    use crate::companies;
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    companies::list::options(&mut c, viewer.workspace).await
}

/// How many of the companies of an address stand how, in the order of [`Health::ALL`].
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in; [`Error::TooSlow`] for a rule.
#[server(prefix = "/do", endpoint = "company_counts", input = GetUrl)]
pub async fn company_counts(
    #[server(default)] address: String,
) -> Result<Vec<(Health, i64)>, Error> {
    use crate::companies;
    use crate::segments;
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let filter = crate::lists::asked_of::<companies::list::Filter>(&address).filter;
    let mut c = segments::reader(&app.db, &filter.rule).await.map_err(viewer::refuse)?;
    let counts = companies::list::standings(&mut c, viewer.workspace, &filter, app.clock.now());
    counts.await.map_err(viewer::refuse)
}

/// A company's profile, but for its people, its map and the stream.
///
/// # Errors
/// [`Error::NotFound`] where the viewer's workspace has no such company.
#[server(prefix = "/do", endpoint = "company", input = GetUrl)]
pub async fn company_profile(id: CompanyId) -> Result<Profile, Error> {
    use crate::companies;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let found = companies::profile(&mut c, &dates, viewer.workspace, id).await;
    found.map_err(viewer::refuse)?.ok_or(Error::NotFound).map_err(viewer::refuse)
}

/// Where a company's people were last seen, and the address of the map.
///
/// # Errors
/// [`Error::NotFound`] for the company.
#[server(prefix = "/do", endpoint = "company_places", input = GetUrl)]
pub async fn company_places(company: CompanyId) -> Result<Places, Error> {
    use crate::companies;
    use crate::server::{assets, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = companies::find(&mut c, viewer.workspace, company).await?;
    let company = found.ok_or(Error::NotFound).map_err(viewer::refuse)?.id;
    Ok(Places {
        map: assets::url("world.svg"),
        dots: companies::dots(&mut c, viewer.workspace, company).await?,
        credits: app.geo.credits(),
    })
}

/// Changes what every company has: name, website, industry, plan, size, monthly spend, since when it is a customer, and who
/// looks after it. `was` is what the fields held as the form was drawn: what still stands so is left as it is.
///
/// # Errors
/// As [`crate::companies::update`]; [`Error::Invalid`] for an owner who does not work here, and for what is no number or day.
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
    use crate::attributes::Writer;
    use crate::companies::amounts::{day, money, people};
    use crate::companies::{self, Gone};
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
    let details = companies::Details {
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
    companies::update(&mut w, Writer::Teammate, company, &details, "data", at).await?;
    w.commit().await?;
    Ok(())
}

/// The days after which a company stands otherwise.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "health", input = GetUrl)]
pub async fn health_days() -> Result<Thresholds, Error> {
    use crate::companies;
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    companies::thresholds(&mut c, viewer.workspace).await
}

/// Sets the days after which a company stands otherwise.
///
/// # Errors
/// [`Error::Forbidden`] for an agent; as [`crate::companies::set_thresholds`].
#[server(prefix = "/do", endpoint = "set_health")]
pub async fn set_health(new: i64, active: i64, slipping: i64) -> Result<(), Error> {
    use crate::companies;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    companies::set_thresholds(&mut w, Thresholds { new, active, slipping }).await?;
    w.commit().await?;
    Ok(())
}
