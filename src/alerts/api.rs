//! Being told, from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]
#![allow(
    clippy::too_many_arguments,
    reason = "the fields of a form are the arguments of its function"
)]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{News, Setup};
use crate::error::Error;
use crate::id::DeviceId;

/// What is new for the viewer since a number; without one, only what waits to be read.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "news", input = GetUrl)]
pub async fn read_news(since: Option<i64>) -> Result<News, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    super::news(&mut c, &viewer, since, app.clock.now()).await
}

/// How the viewer wants to be told.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "alerts", input = GetUrl)]
pub async fn read_alerts() -> Result<Setup, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let session = viewer::session()?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let push_key = super::push::public_key(&app).await?;
    let mut c = app.db.read().await?;
    let alerts = super::alerts(&mut c, viewer.workspace, viewer.id).await?;
    let devices = super::push::list(&mut c, &dates, &viewer, &session).await?;
    let zones = crate::workspace::zones();
    Ok(Setup { alerts, time_zone: viewer.time_zone, zones, devices, push_key })
}

/// Keeps how the viewer wants to be told. `from` and `to` are times such as `19:00`, `days` the days on which quiet
/// hours begin, 0 for Monday.
///
/// # Errors
/// As [`super::save`], and [`Error::Invalid`] for a time or a choice that is none.
#[server(prefix = "/do", endpoint = "set_alerts")]
pub async fn set_alerts(
    sound: Option<String>,
    browser: Option<String>,
    about: String,
    quiet: Option<String>,
    #[server(default)] from: String,
    #[server(default)] to: String,
    #[server(default)] days: Vec<usize>,
    #[server(default)] time_zone: String,
) -> Result<(), Error> {
    use super::{About, Alerts, Quiet};
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let about = About::from_word(&about)
        .ok_or_else(|| Error::invalid("about", "choose what you are told of"))?;
    let quiet = Quiet {
        on: quiet.is_some(),
        from: minute("from", &from)?,
        to: minute("to", &to)?,
        days: std::array::from_fn(|day| days.contains(&day)),
        time_zone,
    };
    let alerts = Alerts { sound: sound.is_some(), browser: browser.is_some(), about, quiet };
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::save(&mut w, &alerts).await?;
    w.commit().await?;
    viewer::lead_and_say(&app, super::views::PATH, "Saved.")
}

/// Has the browser that asks be told while no page is open in it. `subscription` is what the browser says of itself, as
/// JSON.
///
/// # Errors
/// As [`super::push::add`].
#[server(prefix = "/do", endpoint = "add_device")]
pub async fn add_device(subscription: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let (session, agent) = (viewer::session()?, viewer::agent());
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::push::add(&mut w, &session, &agent, &subscription).await?;
    w.commit().await?;
    Ok(())
}

/// Goes on telling the browser that asks, which was let be told before. `before` is the address at its push service then.
///
/// # Errors
/// As [`super::push::renew`].
#[server(prefix = "/do", endpoint = "renew_device")]
pub async fn renew_device(subscription: String, before: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let session = viewer::session()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::push::renew(&mut w, &session, &subscription, &before).await?;
    w.commit().await?;
    Ok(())
}

/// Forgets one of the viewer's browsers.
///
/// # Errors
/// As [`super::push::remove`].
#[server(prefix = "/do", endpoint = "remove_device")]
pub async fn remove_device(id: DeviceId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::push::remove(&mut w, id).await?;
    w.commit().await?;
    viewer::lead_and_say(&app, super::views::PATH, "That browser is not told any more.")
}

/// The minute of the day that a time such as `19:00` is.
#[cfg(feature = "ssr")]
fn minute(field: &'static str, time: &str) -> Result<u16, Error> {
    let parts = time.trim().split_once(':');
    let parts = parts.and_then(|(h, m)| Some((h.parse::<u16>().ok()?, m.parse::<u16>().ok()?)));
    let fits = parts.filter(|(hour, minute)| *hour < 24 && *minute < 60);
    let wrong = || Error::invalid(field, "write a time such as 19:00");
    fits.map(|(hour, minute)| hour * 60 + minute).ok_or_else(wrong)
}
