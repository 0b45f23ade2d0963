//! Conversations from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Done, Draft, Line, Lines, PartKind, Parts, Thread, View, Views};
use crate::error::Error;
use crate::id::{ContactId, ConversationId, PartId, ViewId};

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
    use super::{Asked, Range};
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let filter = filter_of(&query);
    let asked = Asked { workspace: viewer.workspace, viewer: viewer.id, filter: &filter };
    let range = Range { after: before.as_deref(), until: until.as_deref() };
    super::list(&mut c, &dates, asked, range).await.map_err(viewer::refuse)
}

#[cfg(feature = "ssr")]
fn filter_of(query: &str) -> super::Filter {
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let get = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    super::Filter::from_query(get)
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
    super::views(&app, &dates, viewer.workspace, viewer.id).await
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
    let name = super::name_of(&mut c, viewer.workspace, filter.scope).await?;
    Ok(filter.sentence(|_| name.clone()))
}

/// Keeps a list under a name and goes to it.
///
/// # Errors
/// As [`super::save_view`].
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
    super::save_view(&mut w, &name, &filter, shared.is_some()).await?;
    w.commit().await?;
    Ok(())
}

/// Deletes a view that is kept; answers what it was. A page without a script finds it in its flash.
///
/// # Errors
/// As [`super::delete_view`].
#[server(prefix = "/do", endpoint = "delete_view")]
pub async fn delete_view(view: ViewId) -> Result<View, Error> {
    use super::Group;
    use crate::server::{db::Write, viewer};
    use crate::ui::flash::Flash;
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let gone = super::delete_view(&mut w, view).await?;
    w.commit().await?;
    let mut fields =
        vec![("name".into(), gone.name.clone()), ("query".into(), gone.filter.query())];
    if gone.group == Group::Shared {
        fields.push(("shared".into(), "1".into()));
    }
    viewer::show_once(&app, Flash { path: "/do/delete_view".into(), error: None, fields });
    Ok(gone)
}

/// A conversation with its newest parts, with those around one, or with all from one on.
///
/// # Errors
/// [`Error::NotFound`] where the viewer's workspace has no such conversation.
#[server(prefix = "/do", endpoint = "conversation", input = GetUrl)]
pub async fn read_conversation(
    id: ConversationId,
    around: Option<PartId>,
    from: Option<PartId>,
) -> Result<Thread, Error> {
    use super::Window;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let window = match (around, from) {
        (Some(part), _) => Window::Around(part),
        (None, Some(part)) => Window::From(part),
        (None, None) => Window::Newest,
    };
    let found = super::thread(&mut c, &dates, &viewer, id, window).await?;
    found.ok_or(Error::NotFound).map_err(viewer::refuse)
}

/// What the viewer has begun to write in a conversation, one draft a kind.
///
/// # Errors
/// [`Error::NotFound`] where the viewer's workspace has no such conversation.
#[server(prefix = "/do", endpoint = "drafts", input = GetUrl)]
pub async fn read_drafts(id: ConversationId) -> Result<Vec<Draft>, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = super::find(&mut c, viewer.workspace, id).await?;
    found.ok_or(Error::NotFound).map_err(viewer::refuse)?;
    super::drafts(&mut c, viewer.workspace, viewer.id, id).await
}

/// More of a conversation: the parts before one, or those after it.
///
/// # Errors
/// [`Error::NotFound`] where the viewer's workspace has no such conversation.
#[server(prefix = "/do", endpoint = "parts", input = GetUrl)]
pub async fn more_parts(id: ConversationId, part: PartId, later: bool) -> Result<Parts, Error> {
    use super::Window;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let window = if later { Window::After(part) } else { Window::Before(part) };
    super::parts(&mut c, &dates, viewer.workspace, id, window).await.map_err(viewer::refuse)
}

/// Whom a conversation is with.
///
/// # Errors
/// [`Error::NotFound`] where the viewer's workspace has no such conversation.
#[server(prefix = "/do", endpoint = "conversation_contact", input = GetUrl)]
pub async fn conversation_contact(id: ConversationId) -> Result<ContactId, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = super::find(&mut c, viewer.workspace, id).await?;
    found.map(|f| f.contact).ok_or(Error::NotFound).map_err(viewer::refuse)
}

/// A person's conversations.
///
/// # Errors
/// [`Error::NotFound`] for the person.
#[server(prefix = "/do", endpoint = "contact_conversations", input = GetUrl)]
pub async fn contact_conversations(contact: ContactId) -> Result<Vec<Line>, Error> {
    use crate::owner::Owner;
    use crate::server::{dates::Dates, viewer, whose::whose};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let owner = whose(&mut c, &viewer, Owner::Contact(contact)).await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    super::of_contact(&mut c, &dates, viewer.workspace, ContactId(owner.number())).await
}

/// Says something in a conversation: to the person, or to the team alone. `files`: the numbers of what was uploaded
/// for it, with commas.
///
/// # Errors
/// As [`super::say_words`].
#[server(prefix = "/do", endpoint = "say")]
pub async fn say(
    conversation: ConversationId,
    kind: PartKind,
    #[server(default)] body: String,
    client_id: String,
    #[server(default)] files: String,
) -> Result<(), Error> {
    use super::Words;
    use crate::attachments;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let files = attachments::ids(&files)?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let words = Words { body: &body, client_id: &client_id, files: &files };
    super::say_words(&mut w, conversation, kind, words).await?;
    w.commit().await?;
    Ok(())
}

/// Saves what the viewer is typing. Answers the draft as it is then, and whether it is what was sent.
///
/// # Errors
/// As [`super::save_draft`].
#[server(prefix = "/do", endpoint = "save_draft")]
pub async fn save_draft(
    conversation: ConversationId,
    kind: PartKind,
    #[server(default)] body: String,
    version: i64,
) -> Result<(Draft, bool), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let draft = Draft { kind, body, version };
    let saved = super::save_draft(&mut w, conversation, &draft).await?;
    w.commit().await?;
    Ok(saved)
}

/// Takes back a note of the viewer's, or any as an admin; answers which.
///
/// # Errors
/// As [`super::delete_note`].
#[server(prefix = "/do", endpoint = "delete_part")]
pub async fn delete_part(
    conversation: ConversationId,
    part: PartId,
    back: Option<String>,
) -> Result<PartId, Error> {
    use crate::id::NoteId;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::delete_note(&mut w, viewer.role, conversation, part).await?;
    w.commit().await?;
    crate::notes::rooms::changed(&app, viewer.workspace, NoteId(part.0)).await;
    crate::notes::rooms::deleted(&app, viewer.workspace, NoteId(part.0)).await;
    viewer::lead_to(back.as_deref());
    Ok(part)
}

/// Brings back a note that was taken back. `body` is the text of one that an earlier version took back.
///
/// # Errors
/// As [`super::restore_note`].
#[server(prefix = "/do", endpoint = "restore_part")]
pub async fn restore_part(
    conversation: ConversationId,
    part: PartId,
    #[server(default)] body: String,
    back: Option<String>,
) -> Result<(), Error> {
    use crate::id::NoteId;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::restore_note(&mut w, viewer.role, conversation, part, &body).await?;
    w.commit().await?;
    crate::notes::rooms::changed(&app, viewer.workspace, NoteId(part.0)).await;
    viewer::lead_to(back.as_deref());
    Ok(())
}

/// Changes conversations: those ticked, and those in `ids`, numbers with commas between them. `change` is the word of a
/// button, `tag` and `at` what the fields beside it say.
///
/// # Errors
/// As [`super::act`].
#[server(prefix = "/do", endpoint = "act")]
pub async fn act(
    #[server(default)] conversations: Vec<ConversationId>,
    #[server(default)] ids: String,
    change: String,
    #[server(default)] tag: String,
    #[server(default)] at: String,
) -> Result<Done, Error> {
    use crate::server::{cookie, dates::Dates, db::Write, viewer};
    use crate::ui::flash::Flash;
    let (app, viewer) = viewer::viewer()?;
    let change = super::Change::read(&change, &tag, &at)?;
    let listed = ids.split(',').filter_map(|id| id.trim().parse().ok());
    let all: Vec<ConversationId> = conversations.into_iter().chain(listed).collect();
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let done = super::act(&mut w, &dates, &all, &change).await?;
    w.commit().await?;
    if viewer::is_native() {
        let undo = serde_json::to_string(&done.undo).map_err(|_| Error::Internal)?;
        let fields = vec![("said".to_owned(), done.said.clone()), ("changes".to_owned(), undo)];
        let flash = Flash { path: DONE.into(), error: None, fields };
        cookie::set(&app.flashes.show_once(flash, app.secure))?;
    }
    Ok(done)
}

/// Under which name a page without JavaScript is told what was done.
const DONE: &str = "/do/act/done";

/// What a native form did just before this page, with what undoes it.
pub fn done_before() -> Option<Done> {
    use crate::ui::flash::use_typed;
    let changes = use_typed(DONE, "changes").unwrap_or_default();
    let undo = serde_json::from_str(&changes).unwrap_or_default();
    use_typed(DONE, "said").map(|said| Done { said, undo })
}

/// Undoes what [`act`] did, as far as nobody has changed the same since. `changes` is the JSON of its answer.
///
/// # Errors
/// As [`super::undo`].
#[server(prefix = "/do", endpoint = "undo")]
pub async fn undo(changes: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let changes: Vec<super::Undo> = serde_json::from_str(&changes)
        .map_err(|_| Error::invalid("changes", "there is nothing to undo"))?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::undo(&mut w, &changes).await?;
    w.commit().await?;
    Ok(())
}

/// The viewer has a conversation on their screen and has read it.
///
/// # Errors
/// [`Error::NotFound`] for the conversation.
#[server(prefix = "/do", endpoint = "mark_read")]
pub async fn mark_read(conversation: ConversationId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::mark_read(&mut w, conversation).await?;
    w.commit().await?;
    Ok(())
}
