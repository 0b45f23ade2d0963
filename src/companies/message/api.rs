//! Messages to people of a company, from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Recipient, Recipients};
use crate::error::Error;
use crate::id::CompanyId;

/// Who will get a message, and who is left out. `people`: numbers with commas; `all`: everybody who is found; `by`: `post`, `email`, or
/// empty for a conversation with each.
///
/// # Errors
/// [`Error::NotFound`] for the company.
#[server(prefix = "/do", endpoint = "message_recipients", input = GetUrl)]
pub async fn message_recipients(
    company: CompanyId,
    #[server(default)] people: String,
    #[server(default)] all: bool,
    #[server(default)] find: String,
    #[server(default)] by: String,
) -> Result<Recipients, Error> {
    use super::{Choice, Way};
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = crate::companies::find(&mut c, viewer.workspace, company).await?;
    let company = found.ok_or(Error::NotFound).map_err(viewer::refuse)?;
    let choice = Choice { people, all, find };
    let way = Way::from_word(&by);
    super::recipients(&mut c, viewer.workspace, &company, &choice, way).await
}

/// One of those who will get a message, with what its variables are for them.
///
/// # Errors
/// [`Error::NotFound`] for the company.
#[server(prefix = "/do", endpoint = "message_recipient", input = GetUrl)]
pub async fn message_recipient(
    company: CompanyId,
    #[server(default)] people: String,
    #[server(default)] all: bool,
    #[server(default)] find: String,
    #[server(default)] at: i64,
) -> Result<Option<Recipient>, Error> {
    use super::Choice;
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = crate::companies::find(&mut c, viewer.workspace, company).await?;
    let company = found.ok_or(Error::NotFound).map_err(viewer::refuse)?;
    let choice = Choice { people, all, find };
    super::recipient(&mut c, &viewer, &company, &choice, at).await
}

/// Says something to people of a company, one conversation each, as a job. A page without a script may ask for another
/// preview instead: `step` is then the place of the person to show.
///
/// # Errors
/// As [`super::send`].
#[server(prefix = "/do", endpoint = "message_people")]
pub async fn message_people(
    company: CompanyId,
    #[server(default)] people: String,
    #[server(default)] all: bool,
    #[server(default)] find: String,
    #[server(default)] body: String,
    client_id: String,
    step: Option<i64>,
) -> Result<(), Error> {
    use super::Choice;
    use crate::server::{db::Write, viewer};
    use crate::ui::flash::Flash;
    let (app, viewer) = viewer::viewer()?;
    if let Some(step) = step {
        let mut c = app.db.read().await?;
        crate::companies::find(&mut c, viewer.workspace, company).await?.ok_or(Error::NotFound)?;
        let fields = vec![
            ("body".to_owned(), body),
            ("client_id".to_owned(), client_id),
            ("step".to_owned(), step.to_string()),
        ];
        viewer::show_once(&app, Flash { path: "/do/message_people".into(), error: None, fields });
        return Ok(());
    }
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let choice = Choice { people, all, find };
    super::send(&mut w, company, &choice, &body, &client_id).await?;
    w.commit().await?;
    leptos_axum::redirect(&format!("/companies/{company}?view=people"));
    Ok(())
}
