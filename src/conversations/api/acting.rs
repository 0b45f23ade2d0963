//! Changing conversations, and undoing it.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;

use crate::conversations::Done;
use crate::error::Error;
use crate::id::ConversationId;

/// Changes conversations: those ticked, and those in `ids`, numbers with commas between them. `change` is the word of a
/// button, `tag` and `at` what the fields beside it say.
///
/// # Errors
/// As [`crate::conversations::act`].
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
    let change = crate::conversations::Change::read(&change, &tag, &at)?;
    let listed = ids.split(',').filter_map(|id| id.trim().parse().ok());
    let all: Vec<ConversationId> = conversations.into_iter().chain(listed).collect();
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let done = crate::conversations::act(&mut w, &dates, &all, &change).await?;
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
/// As [`crate::conversations::undo`].
#[server(prefix = "/do", endpoint = "undo")]
pub async fn undo(changes: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let changes: Vec<crate::conversations::Undo> = serde_json::from_str(&changes)
        .map_err(|_| Error::invalid("changes", "there is nothing to undo"))?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    crate::conversations::undo(&mut w, &changes).await?;
    w.commit().await?;
    Ok(())
}
