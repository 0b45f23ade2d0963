//! Reading and changing people from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Arrangement, Profile};
use crate::error::Error;
use crate::id::{ContactId, TeammateId};

/// A person's profile, but for the stream.
///
/// # Errors
/// [`Error::NotFound`] where the viewer's workspace has no such person.
#[server(prefix = "/do", endpoint = "profile", input = GetUrl)]
pub async fn contact_profile(id: ContactId) -> Result<Profile, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let found = super::profile(&mut c, &dates, viewer.workspace, viewer.id, id)
        .await
        .map_err(viewer::refuse)?;
    let mut profile = found.ok_or(Error::NotFound).map_err(viewer::refuse)?;
    profile.places_known |= app.geo.is_set_up();
    profile.credits = app.geo.credits();
    Ok(profile)
}

/// How the viewer arranges the sections of facts.
///
/// # Errors
/// Those of the database.
#[server(prefix = "/do", endpoint = "sections", input = GetUrl)]
pub async fn sections() -> Result<Arrangement, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer()?;
    let mut c = app.db.read().await?;
    super::arrangement(&mut c, viewer.workspace, viewer.id).await
}

/// Keeps how the viewer arranges the sections of facts: `about,companies,-notes`, a `-` before one that is folded.
///
/// # Errors
/// [`Error::Invalid`] for what is no arrangement.
#[server(prefix = "/do", endpoint = "set_sections")]
pub async fn set_sections(sections: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let arrangement = Arrangement::read(&sections)
        .ok_or_else(|| Error::invalid("sections", "name each section once"))?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::arrange(&mut w, &arrangement).await?;
    w.commit().await?;
    Ok(())
}

/// Changes who looks after a person, and what everyone has: name, e-mail address and telephone number.
///
/// # Errors
/// As [`super::update`]; [`Error::Invalid`] for an owner who does not work here and an address without `@`.
#[server(prefix = "/do", endpoint = "set_details")]
pub async fn set_details(
    contact: ContactId,
    name: String,
    email: String,
    phone: String,
    owner: TeammateId,
) -> Result<(), Error> {
    use crate::attributes::Writer;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let tidy = |text: &str| text.trim().to_owned();
    let email = tidy(&email);
    if !email.is_empty() && !super::is_email(&email) {
        return Err(Error::invalid("email", "write an address such as ada@example.com"));
    }
    if [&name, &email, &phone].iter().any(|t| t.contains('\0')) {
        return Err(Error::invalid("name", "write plain text"));
    }
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let known = crate::teammates::names(&mut w.conn, viewer.workspace).await?;
    if owner.0 != 0 && known.iter().all(|(id, _)| *id != owner) {
        return Err(Error::invalid("owner", "choose a teammate who works here"));
    }
    let details = super::Details {
        name: Some(tidy(&name)),
        email: Some(email),
        phone: Some(tidy(&phone)),
        owner: Some(owner),
        ..super::Details::default()
    };
    let at = w.now;
    super::update(&mut w, Writer::Teammate, contact, &details, "details", at).await?;
    w.commit().await?;
    Ok(())
}

/// Archives, blocks, or takes either back: `archive`, `unarchive`, `block` or `unblock`.
///
/// # Errors
/// [`Error::NotFound`] for the person, [`Error::Invalid`] for another word.
#[server(prefix = "/do", endpoint = "stand")]
pub async fn stand(contact: ContactId, action: String) -> Result<(), Error> {
    use super::Standing;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let standing = match action.as_str() {
        "archive" => Standing::Archived,
        "unarchive" => Standing::Unarchived,
        "block" => Standing::Blocked,
        "unblock" => Standing::Unblocked,
        _ => return Err(Error::invalid("action", "choose one of the actions")),
    };
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::stand(&mut w, contact, standing).await?;
    w.commit().await?;
    Ok(())
}

/// Deletes a person for good, once their name has been typed.
///
/// # Errors
/// [`Error::NotFound`] for the person, [`Error::Invalid`] unless the name is theirs.
#[server(prefix = "/do", endpoint = "erase_contact")]
pub async fn erase_contact(contact: ContactId, confirm: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let found =
        super::find(&mut w.conn, viewer.workspace, contact).await?.ok_or(Error::NotFound)?;
    if confirm.trim() != found.title().trim() {
        return Err(Error::invalid("confirm", "type the name exactly as it is shown"));
    }
    super::erase(&mut w, contact).await?;
    w.commit().await?;
    app.db.forget().await?;
    leptos_axum::redirect("/people");
    Ok(())
}
