//! Types of subscription and limits from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Choices, Setup};
use crate::error::Error;
use crate::id::{ContactId, SubscriptionTypeId};
use crate::outbound::limits::LimitsForm;

/// The page that the forms belong to.
pub const PAGE: &str = "/settings/outbound";

/// The limits and the types of the workspace.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "outbound_setup", input = GetUrl)]
pub async fn outbound_setup() -> Result<Setup, Error> {
    use crate::outbound::limits;
    use crate::server::viewer;
    use crate::stream;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let seq = stream::last_seq(&mut c, viewer.workspace).await?;
    let limits = limits::limits(&mut c, viewer.workspace).await?;
    let types = super::counted(&mut c, viewer.workspace).await?;
    Ok(Setup { seq, limits, types })
}

/// Keeps the limits. Admins only.
///
/// # Errors
/// [`Error::Forbidden`] for an agent; [`Error::Invalid`] names the field that is refused.
#[server(prefix = "/do", endpoint = "save_limits")]
pub async fn save_limits(form: LimitsForm) -> Result<(), Error> {
    use crate::outbound::limits;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let read = form.read()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    limits::save_limits(&mut w, &read).await?;
    w.commit().await?;
    viewer::lead_and_say(&app, PAGE, "Saved. The limits hold from now on.")
}

/// Makes a type of subscription, or changes one. Admins only.
///
/// # Errors
/// As [`super::save`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "save_subscription_type")]
pub async fn save_subscription_type(
    #[server(default)] id: Option<SubscriptionTypeId>,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] consent: String,
) -> Result<(), Error> {
    use super::Consent;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let consent = Consent::from_word(&consent).unwrap_or_default();
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::save(&mut w, id, &name, &description, consent).await?;
    w.commit().await?;
    viewer::lead_and_say(&app, PAGE, "Saved.")
}

/// Takes a type out of use, or back into it. Admins only.
///
/// # Errors
/// As [`super::archive`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "archive_subscription_type")]
pub async fn archive_subscription_type(
    id: SubscriptionTypeId,
    archived: bool,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::archive(&mut w, id, archived).await?;
    w.commit().await?;
    viewer::lead_and_say(&app, PAGE, if archived { "Put away." } else { "In use again." })
}

/// What a person wants to hear of by e-mail.
///
/// # Errors
/// [`Error::NotFound`] for the person.
#[server(prefix = "/do", endpoint = "subscriptions", input = GetUrl)]
pub async fn subscriptions(contact: ContactId) -> Result<Choices, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let found = super::of_person(&mut c, &dates, viewer.workspace, contact).await;
    found.map_err(viewer::refuse)
}

/// Says for a person that they want e-mail of a type, or do not; of no type (0) that they want e-mail to many at all.
///
/// # Errors
/// [`Error::NotFound`] for the person and for the type.
#[server(prefix = "/do", endpoint = "subscribe")]
pub async fn subscribe(
    contact: ContactId,
    about: SubscriptionTypeId,
    wanted: bool,
) -> Result<(), Error> {
    use crate::attributes::Writer;
    use crate::contacts::{self, Details};
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    if about.0 == 0 {
        let found = contacts::found(&mut w.conn, w.workspace, contact).await?;
        let contact = found.ok_or(Error::NotFound)?;
        // Who wants it again says that a complaint is over.
        let complained = wanted.then_some(false);
        let details = Details { unsubscribed: Some(!wanted), complained, ..Details::default() };
        let now = w.now;
        contacts::update(&mut w, Writer::Teammate, contact, &details, "teammate", now).await?;
    } else {
        super::choose(&mut w, contact, about, wanted).await?;
    }
    w.commit().await?;
    Ok(())
}

/// Notes of a person that they marked an e-mail as spam, as their mail's provider says.
///
/// # Errors
/// [`Error::NotFound`] for the person.
#[server(prefix = "/do", endpoint = "complain")]
pub async fn complain(contact: ContactId) -> Result<(), Error> {
    use crate::attributes::Writer;
    use crate::contacts::{self, Details};
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let contact =
        contacts::found(&mut w.conn, w.workspace, contact).await?.ok_or(Error::NotFound)?;
    let (details, now) = (Details { complained: Some(true), ..Details::default() }, w.now);
    contacts::update(&mut w, Writer::Teammate, contact, &details, "teammate", now).await?;
    w.commit().await?;
    Ok(())
}
