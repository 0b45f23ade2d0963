//! Data and attributes from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Attributes, DataType, Past, Subject};
use crate::error::Error;
use crate::id::AttributeId;
use crate::owner::Owner;

/// The values that an attribute of someone has had.
///
/// # Errors
/// [`Error::NotFound`] for whose it is.
#[server(prefix = "/do", endpoint = "attribute_history", input = GetUrl)]
pub async fn attribute_history(owner: Owner, name: String) -> Result<Vec<Past>, Error> {
    use crate::server::{dates::Dates, viewer, whose::whose};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let owner = whose(&mut c, &viewer, owner).await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    super::history(&mut c, &dates, viewer.workspace, owner, &name).await
}

/// Changes one custom attribute of a person or a company, or makes one; empty takes it away. The text is read as the
/// type that the attribute has, or as what it looks like.
///
/// # Errors
/// As [`crate::contacts::update`] and [`crate::companies::update`].
#[server(prefix = "/do", endpoint = "set_attribute")]
pub async fn set_attribute(owner: Owner, name: String, value: String) -> Result<(), Error> {
    use super::Writer;
    use crate::server::{db::Write, viewer};
    use crate::{companies, contacts};
    let (app, viewer) = viewer::viewer()?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 190 || name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "write a name of at most 190 characters"));
    }
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let at = w.now;
    let one = |typed| [(name.to_owned(), typed)].into_iter().collect();
    match owner {
        Owner::Contact(id) => {
            let custom = one(super::typed(&mut w, Subject::Contact, id.0, name, &value).await?);
            let details = contacts::Details { custom, ..Default::default() };
            contacts::update(&mut w, Writer::Teammate, id, &details, "value", at).await?;
        }
        Owner::Company(id) => {
            let custom = one(super::typed(&mut w, Subject::Company, id.0, name, &value).await?);
            let details = companies::Details { custom, ..Default::default() };
            companies::update(&mut w, Writer::Teammate, id, &details, "value", at).await?;
        }
    }
    w.commit().await?;
    Ok(())
}

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

/// Makes an attribute; `options` are what teammates choose from, one a line.
///
/// # Errors
/// As [`super::declare`]; [`Error::Forbidden`] for an agent.
#[server(prefix = "/do", endpoint = "make_attribute")]
pub async fn make_attribute(
    subject: Subject,
    name: String,
    data_type: DataType,
    description: String,
    #[server(default)] options: String,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let says = super::Description {
        description: Some(words("description", &description, 1_000)?),
        options: Some(super::choices::of_lines(&options)),
        ..super::Description::default()
    };
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let id = super::declare(&mut w, subject, name.trim(), data_type).await?;
    super::describe(&mut w, id, &says).await?;
    w.commit().await?;
    Ok(())
}

/// Describes an attribute and says who may write it; `options` are what teammates choose from, one a line.
///
/// # Errors
/// As [`super::describe`]; [`Error::Forbidden`] for an agent; [`Error::Invalid`] for words that are too long.
#[server(prefix = "/do", endpoint = "describe_attribute")]
pub async fn describe_attribute(
    attribute: AttributeId,
    label: String,
    description: String,
    options: Option<String>,
    api: Option<bool>,
    messenger: Option<bool>,
    ui: Option<bool>,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let says = super::Description {
        label: Some(words("label", &label, 190)?),
        description: Some(words("description", &description, 1_000)?),
        options: options.map(|lines| super::choices::of_lines(&lines)),
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
