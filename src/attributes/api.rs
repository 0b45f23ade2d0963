//! Data from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::Past;
use crate::error::Error;
use crate::owner::Owner;

/// The values that an attribute of someone has had.
///
/// # Errors
/// [`Error::NotFound`] for whose it is.
#[server(prefix = "/do", endpoint = "attribute_history", input = GetUrl)]
pub async fn attribute_history(owner: Owner, name: String) -> Result<Vec<Past>, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = owner.existing(&mut c, viewer.workspace).await?;
    let owner = found.ok_or(Error::NotFound).map_err(viewer::refuse)?;
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
    use super::{Subject, Writer};
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
            let custom = one(super::typed(&mut w, Subject::Contact, name, &value).await?);
            let details = contacts::Details { custom, ..Default::default() };
            contacts::update(&mut w, Writer::Teammate, id, &details, "value", at).await?;
        }
        Owner::Company(id) => {
            let custom = one(super::typed(&mut w, Subject::Company, name, &value).await?);
            let details = companies::Details { custom, ..Default::default() };
            companies::update(&mut w, Writer::Teammate, id, &details, "value", at).await?;
        }
    }
    w.commit().await?;
    Ok(())
}
