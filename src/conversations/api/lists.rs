//! Lists of conversations, and the views beside them.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::conversations::{Lines, View, Views};
use crate::error::Error;
use crate::id::ViewId;

/// A part of a list of conversations: what the query of an inbox's address says, after a cursor, and up to and with
/// another where it is given.
///
/// # Errors
/// [`Error::Invalid`] for a cursor that is not one.
#[server(prefix = "/do", endpoint = "conversations", input = GetUrl)]
pub async fn list_conversations(
    #[server(default)] query: String,
    before: Option<String>,
    until: Option<String>,
) -> Result<Lines, Error> {
    use crate::conversations::{Asked, Range};
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let filter = filter_of(&query);
    let asked = Asked { workspace: viewer.workspace, viewer: viewer.id, filter: &filter };
    let range = Range { after: before.as_deref(), until: until.as_deref() };
    crate::conversations::list(&mut c, &dates, asked, range).await.map_err(viewer::refuse)
}

#[cfg(feature = "ssr")]
fn filter_of(query: &str) -> crate::conversations::Filter {
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let get = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    crate::conversations::Filter::from_query(get)
}

/// The views beside the list, with their counts, and what menus offer.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "inbox_views", input = GetUrl)]
pub async fn inbox_views() -> Result<Views, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    crate::conversations::views(&app, &dates, viewer.workspace, viewer.id).await
}

/// What a list has, in words.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "inbox_sentence", input = GetUrl)]
pub async fn inbox_sentence(#[server(default)] query: String) -> Result<String, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let filter = filter_of(&query);
    let name = crate::conversations::name_of(&mut c, viewer.workspace, filter.scope).await?;
    Ok(filter.sentence(|_| name.clone()))
}

/// Keeps a list under a name and goes to it.
///
/// # Errors
/// As [`crate::conversations::save_view`].
#[server(prefix = "/do", endpoint = "save_view")]
pub async fn save_view(
    #[server(default)] query: String,
    name: String,
    shared: Option<String>,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let filter = filter_of(&query);
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    crate::conversations::save_view(&mut w, &name, &filter, shared.is_some()).await?;
    w.commit().await?;
    Ok(())
}

/// Deletes a view that is kept; answers what it was. A page without a script finds it in its flash.
///
/// # Errors
/// As [`crate::conversations::delete_view`].
#[server(prefix = "/do", endpoint = "delete_view")]
pub async fn delete_view(view: ViewId) -> Result<View, Error> {
    use crate::conversations::Group;
    use crate::server::{db::Write, viewer};
    use crate::ui::flash::Flash;
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let gone = crate::conversations::delete_view(&mut w, view).await?;
    w.commit().await?;
    let mut fields =
        vec![("name".into(), gone.name.clone()), ("query".into(), gone.filter.query())];
    if gone.group == Group::Shared {
        fields.push(("shared".into(), "1".into()));
    }
    viewer::show_once(&app, Flash { path: "/do/delete_view".into(), error: None, fields });
    Ok(gone)
}
