//! Attributes from the settings.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Attributes, DataType, Subject};
use crate::error::Error;
use crate::id::AttributeId;

/// A workspace's own attributes, archived ones too.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "attributes", input = GetUrl)]
pub async fn read_attributes() -> Result<Attributes, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    super::overview(&mut c, &dates, viewer.workspace).await
}

/// Makes an attribute.
///
/// # Errors
/// As [`super::declare`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "make_attribute")]
pub async fn make_attribute(
    subject: Subject,
    name: String,
    data_type: DataType,
    description: String,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let says = super::Description {
        description: Some(words("description", &description, 1_000)?),
        ..super::Description::default()
    };
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let id = super::declare(&mut w, subject, name.trim(), data_type).await?;
    super::describe(&mut w, id, &says).await?;
    w.commit().await?;
    Ok(())
}

/// Describes an attribute and says who may write it.
///
/// # Errors
/// As [`super::describe`]; [`Error::Forbidden`] for an agent; [`Error::Invalid`] for words that are too long.
#[server(prefix = "/do", endpoint = "describe_attribute")]
pub async fn describe_attribute(
    attribute: AttributeId,
    label: String,
    description: String,
    api: Option<bool>,
    messenger: Option<bool>,
    ui: Option<bool>,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let says = super::Description {
        label: Some(words("label", &label, 190)?),
        description: Some(words("description", &description, 1_000)?),
        api_writable: Some(api == Some(true)),
        messenger_writable: Some(messenger == Some(true)),
        ui_writable: Some(ui == Some(true)),
        archived: None,
    };
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::describe(&mut w, attribute, &says).await?;
    w.commit().await?;
    Ok(())
}

/// Puts an attribute away, or brings it back; its values stay.
///
/// # Errors
/// As [`super::describe`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "archive_attribute")]
pub async fn archive_attribute(attribute: AttributeId, archived: bool) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let says = super::Description { archived: Some(archived), ..super::Description::default() };
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::describe(&mut w, attribute, &says).await?;
    w.commit().await?;
    Ok(())
}

/// Text of a form, trimmed, at most so many characters.
#[cfg(feature = "ssr")]
fn words(field: &str, text: &str, most: usize) -> Result<String, Error> {
    let text = text.trim();
    if text.chars().count() > most {
        return Err(Error::invalid(field, format!("write at most {most} characters")));
    }
    if text.contains('\0') {
        return Err(Error::invalid(field, "write plain text"));
    }
    Ok(text.to_owned())
}
