//! Outbound messages from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

mod preview;
mod save;

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
pub use preview::{PreviewMessage, preview_message};
pub use save::{SaveMessage, save_message};

use super::{Blank, Detail, Messages, People, Recipients, Standing, Why};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, MessageId};
use crate::owner::Owner;

/// The workspace's messages that are looked for, all of them where nothing is said.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "messages", input = GetUrl)]
pub async fn list_messages(
    #[server(default)] find: String,
    #[server(default)] state: String,
    #[server(default)] kind: String,
) -> Result<Messages, Error> {
    use super::{Channel, Sought, State};
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let (state, kind) = (State::from_word(&state), Channel::from_word(&kind));
    let sought = Sought { find, state, kind, person: None };
    super::list(&mut c, &dates, viewer.workspace, &sought).await
}

/// One message whole.
///
/// # Errors
/// [`Error::NotFound`] for the message.
#[server(prefix = "/do", endpoint = "message", input = GetUrl)]
pub async fn find_message(id: MessageId) -> Result<Detail, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = super::reader(&app.db, viewer.workspace, id).await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let found = super::detail(&mut c, &dates, viewer.workspace, id, app.mail.is_some()).await?;
    found.ok_or(Error::NotFound).map_err(viewer::refuse)
}

/// What the page of a new message needs to know. `list`: the address of the list of people whose people it is to go to;
/// empty for none; `company`: the one on whose page it is begun.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in; [`Error::Invalid`] where the list means nobody or too many.
#[server(prefix = "/do", endpoint = "blank_message", input = GetUrl)]
pub async fn blank_message(
    #[server(default)] list: String,
    #[server(default)] company: Option<CompanyId>,
) -> Result<Blank, Error> {
    use crate::segments;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = segments::reader(&app.db, &list).await.map_err(viewer::refuse)?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let mail = app.mail.is_some();
    let blank = super::blank(&mut c, &dates, viewer.workspace, mail, &list, company).await;
    blank.map_err(viewer::refuse)
}

/// Some of the people whom a number of a message counts; `which` is a word such as `seen`, and `day` one
/// on which it came to count them, such as `2026-03-01`.
///
/// # Errors
/// [`Error::NotFound`] for the message and the number.
#[server(prefix = "/do", endpoint = "message_receivers", input = GetUrl)]
pub async fn message_receivers(
    id: MessageId,
    which: String,
    #[server(default)] after: i64,
    #[server(default)] day: String,
) -> Result<People, Error> {
    use super::Which;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let which = Which::from_word(&which).ok_or(Error::NotFound).map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let asked = super::Asked { which, after, day: &day };
    let found = super::people(&mut c, &dates, viewer.workspace, id, &asked).await;
    found.map_err(viewer::refuse)
}

/// Whom a draft would go to now, and whom it would not and why: `people` where some are named, by the way that `channel` says and as people of
/// `company` where that is said, or else those whom the draft is for as it is saved.
///
/// # Errors
/// [`Error::NotFound`] for the message; [`Error::TooSlow`] where finding out takes too long.
#[server(prefix = "/do", endpoint = "message_recipients")]
pub async fn message_recipients(
    #[server(default)] id: Option<MessageId>,
    #[server(default)] channel: String,
    #[server(default)] people: String,
    #[server(default)] company: Option<CompanyId>,
) -> Result<Recipients, Error> {
    use super::Channel;
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = super::reader(&app.db, viewer.workspace, id.unwrap_or(MessageId(0))).await?;
    let by = (Channel::from_word(&channel), company);
    super::recipients(&mut c, viewer.workspace, id, by, &people, app.clock.now()).await
}

/// Starts, pauses, goes on with, stops, duplicates or deletes a message: `change` is the word. `confirm` is the number of
/// people, where a start asks for it.
///
/// # Errors
/// [`Error::NotFound`] for the message; [`Error::Invalid`] for the number and for what is no change;
/// [`Error::Conflict`] where the message is not in that state.
#[server(prefix = "/do", endpoint = "change_message")]
pub async fn change_message(
    id: MessageId,
    change: String,
    #[server(default)] confirm: String,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let mut to = format!("/outbound/{id}");
    match change.as_str() {
        "start" => super::start(&mut w, id, &confirm).await?,
        "pause" => super::pause(&mut w, id).await?,
        "resume" => super::resume(&mut w, id).await?,
        "stop" => super::stop(&mut w, id).await?,
        "duplicate" => {
            let copy = super::duplicate(&mut w, id).await?;
            w.commit().await?;
            super::copy_files(&app, viewer.workspace, viewer.id, id, copy).await?;
            leptos_axum::redirect(&format!("/outbound/{copy}"));
            return Ok(());
        }
        "delete" => {
            super::delete(&mut w, id).await?;
            to = "/outbound".into();
        }
        _ => return Err(Error::invalid("change", "press one of the buttons")),
    }
    w.commit().await?;
    leptos_axum::redirect(&to);
    Ok(())
}

/// Sends an e-mail once more to somebody of whom nobody knows whether they got it.
///
/// # Errors
/// As [`super::send_again`].
#[server(prefix = "/do", endpoint = "send_again")]
pub async fn send_again(
    id: MessageId,
    contact: ContactId,
    #[server(default)] company: i64,
    #[server(default)] run: i64,
) -> Result<(), Error> {
    use super::Key;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let key = Key { contact, company: CompanyId(company), run };
    super::send_again(&mut w, id, key).await?;
    w.commit().await?;
    Ok(())
}

/// Takes a file away from a draft.
///
/// # Errors
/// As [`super::take_away`].
#[server(prefix = "/do", endpoint = "remove_message_file")]
pub async fn remove_message_file(
    id: MessageId,
    file: crate::id::AttachmentId,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::take_away(&mut w, id, file).await?;
    w.commit().await?;
    leptos_axum::redirect(&format!("/outbound/{id}"));
    Ok(())
}

/// Why somebody got a message or did not, gets it or would: the person of this number, or whoever has this e-mail address or user id.
///
/// # Errors
/// [`Error::NotFound`] for the message, and for the number of a person.
#[server(prefix = "/do", endpoint = "message_why", input = GetUrl)]
pub async fn message_why(
    id: MessageId,
    #[server(default)] who: String,
    #[server(default)] person: Option<ContactId>,
) -> Result<Why, Error> {
    use super::Who;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let who = person.map_or(Who::Called(&who), Who::Number);
    let found = super::why(&app, &mut c, &dates, viewer.workspace, id, who).await;
    found.map_err(viewer::refuse)
}

/// How a person or a company stands to the messages that are under way.
///
/// # Errors
/// [`Error::NotFound`] for whom it is asked.
#[server(prefix = "/do", endpoint = "message_standings", input = GetUrl)]
pub async fn message_standings(owner: Owner) -> Result<Vec<Standing>, Error> {
    use crate::server::{dates::Dates, viewer, whose::whose};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let owner = whose(&mut c, &viewer, owner).await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let all = super::standings(&app, &mut c, &dates, viewer.workspace, owner).await;
    all.map_err(viewer::refuse)
}

/// Takes a person or a company out of a message, or brings them in, by a tag. `tag` names the one that takes people out of a message
/// that has none yet.
///
/// # Errors
/// As [`super::opt`].
#[server(prefix = "/do", endpoint = "opt")]
pub async fn opt(
    owner: Owner,
    message: MessageId,
    join: bool,
    #[server(default)] tag: String,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::opt(&mut w, owner, message, join, &tag).await?;
    w.commit().await?;
    Ok(())
}
