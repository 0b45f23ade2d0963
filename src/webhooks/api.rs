//! Webhooks from the settings, for admins alone.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::Webhooks;
use crate::error::Error;
use crate::id::WebhookId;

/// The webhooks that are there.
///
/// # Errors
/// [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "webhooks", input = GetUrl)]
pub async fn read_webhooks() -> Result<Webhooks, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::admin().map_err(viewer::refuse)?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let mut c = app.db.read().await?;
    super::all(&mut c, &dates, viewer.workspace).await
}

/// Adds one; its secret is shown once on the page.
///
/// # Errors
/// As [`super::add`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "add_webhook")]
pub async fn add_webhook(url: String, #[server(default)] topics: Vec<String>) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let (_, secret) = super::add(&mut w, &url, &topics).await?;
    w.commit().await?;
    viewer::lead_and_show(&app, super::PAGE, vec![("secret".into(), secret)])
}

/// Changes the address and the topics.
///
/// # Errors
/// As [`super::change`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "change_webhook")]
pub async fn change_webhook(
    webhook: WebhookId,
    url: String,
    #[server(default)] topics: Vec<String>,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::change(&mut w, webhook, &url, &topics).await?;
    w.commit().await?;
    viewer::lead_and_say(&app, super::PAGE, "Saved.")
}

/// Pauses it, or goes on: `skip` leaves out what happened meanwhile.
///
/// # Errors
/// As [`super::pause`] and [`super::resume`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "pause_webhook")]
pub async fn pause_webhook(
    webhook: WebhookId,
    pause: bool,
    #[server(default)] skip: Option<String>,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    if pause {
        super::pause(&mut w, webhook).await?;
    } else {
        super::resume(&mut w, webhook, skip.is_some()).await?;
    }
    w.commit().await?;
    viewer::lead_and_say(&app, super::PAGE, if pause { "Paused." } else { "It goes on." })
}

/// Deletes it; the page offers to take that back.
///
/// # Errors
/// As [`super::delete`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "delete_webhook")]
pub async fn delete_webhook(webhook: WebhookId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let url = super::delete(&mut w, webhook).await?;
    w.commit().await?;
    let gone = vec![("gone".into(), webhook.to_string()), ("url".into(), url)];
    viewer::lead_and_show(&app, super::PAGE, gone)
}

/// Takes back one that was deleted.
///
/// # Errors
/// As [`super::restore`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "restore_webhook")]
pub async fn restore_webhook(webhook: WebhookId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::restore(&mut w, webhook).await?;
    w.commit().await?;
    viewer::lead_and_say(&app, super::PAGE, "It is back.")
}

/// Makes another secret, shown once on the page.
///
/// # Errors
/// As [`super::roll`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "roll_webhook")]
pub async fn roll_webhook(webhook: WebhookId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let secret = super::roll(&mut w, webhook).await?;
    w.commit().await?;
    viewer::lead_and_show(&app, super::PAGE, vec![("secret".into(), secret)])
}

/// Sends it a test.
///
/// # Errors
/// As [`super::ping`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "ping_webhook")]
pub async fn ping_webhook(webhook: WebhookId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::ping(&mut w, webhook).await?;
    w.commit().await?;
    viewer::lead_and_say(&app, super::PAGE, "A test is on its way.")
}

/// Sends something again.
///
/// # Errors
/// As [`super::again`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "send_webhook_again")]
pub async fn send_webhook_again(webhook: WebhookId, seq: i64) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::again(&mut w, webhook, seq).await?;
    w.commit().await?;
    viewer::lead_and_say(&app, super::PAGE, "It is on its way again.")
}
