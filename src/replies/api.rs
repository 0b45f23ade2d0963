//! Saved replies from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Replies, Reply};
use crate::error::Error;
use crate::id::{ConversationId, ReplyId};

/// The replies with some words in them, or all.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "replies", input = GetUrl)]
pub async fn list_replies(words: String) -> Result<Replies, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    super::all(&mut c, viewer.workspace, &words).await
}

/// The replies as they would be inserted into a conversation.
///
/// # Errors
/// [`Error::NotFound`] for the conversation.
#[server(prefix = "/do", endpoint = "filled_replies", input = GetUrl)]
pub async fn filled_replies(conversation: ConversationId) -> Result<Vec<Reply>, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    super::filled(&mut c, &viewer, conversation).await.map_err(viewer::refuse)
}

/// Makes a reply.
///
/// # Errors
/// As [`super::make`].
#[server(prefix = "/do", endpoint = "make_reply")]
pub async fn make_reply(name: String, body: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::make(&mut w, &name, &body).await?;
    w.commit().await?;
    Ok(())
}

/// Changes a reply.
///
/// # Errors
/// As [`super::edit`].
#[server(prefix = "/do", endpoint = "edit_reply")]
pub async fn edit_reply(reply: ReplyId, name: String, body: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::edit(&mut w, reply, &name, &body).await?;
    w.commit().await?;
    Ok(())
}

/// Deletes a reply; answers what it was. A page without a script finds it in its flash.
///
/// # Errors
/// As [`super::delete`].
#[server(prefix = "/do", endpoint = "delete_reply")]
pub async fn delete_reply(reply: ReplyId) -> Result<Reply, Error> {
    use crate::server::{db::Write, viewer};
    use crate::ui::flash::Flash;
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let gone = super::delete(&mut w, reply).await?;
    w.commit().await?;
    let fields = vec![("name".into(), gone.name.clone()), ("body".into(), gone.body.clone())];
    viewer::show_once(&app, Flash { path: "/do/delete_reply".into(), error: None, fields });
    Ok(gone)
}
