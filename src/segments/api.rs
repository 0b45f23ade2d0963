//! Segments from the interface.

#![allow(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the argument types that the macro makes have no place for docs, and it makes a function of a form's fields"
)]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::tree::Row;
use super::{Choices, Detail, Estimate, Explanation, InAndOut, Preview, Segments, Standing};
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::SegmentId;
use crate::owner::Owner;

/// The workspace's segments.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "segments", input = GetUrl)]
pub async fn list_segments() -> Result<Segments, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    super::segments(&mut c, viewer.workspace).await
}

/// One segment with its rule.
///
/// # Errors
/// [`Error::NotFound`] for the segment.
#[server(prefix = "/do", endpoint = "segment", input = GetUrl)]
pub async fn find_segment(id: SegmentId) -> Result<Detail, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = super::detail(&mut c, viewer.workspace, id).await?;
    found.ok_or(Error::NotFound).map_err(viewer::refuse)
}

/// What the builder offers.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "segment_choices", input = GetUrl)]
pub async fn segment_choices() -> Result<Choices, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    super::choices(&mut c, viewer.workspace, app.clock.now()).await
}

/// What people or companies have in a field, as far as it is typed.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "field_values", input = GetUrl)]
pub async fn field_values(
    of: Subject,
    field: String,
    #[server(default)] typed: String,
) -> Result<Vec<String>, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    super::values(&mut c, viewer.workspace, of, &field, &typed).await
}

/// Names of members of an event's metadata, or with a `key` the values of that member, as far as it is typed.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "metadata_values", input = GetUrl)]
pub async fn metadata_values(
    event: String,
    #[server(default)] key: String,
    #[server(default)] typed: String,
) -> Result<Vec<String>, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    super::metadata(&mut c, viewer.workspace, &event, &key, &typed).await
}

/// What a rule would do, as the rule of a segment or a new one. A rule that makes no sense is told in the answer, and so is
/// `at`, by which who asks several times knows what an answer is to.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in; [`Error::TooSlow`].
#[server(prefix = "/do", endpoint = "preview_segment")]
pub async fn preview_segment(
    of: Subject,
    id: Option<SegmentId>,
    rule: String,
    #[server(default)] at: u32,
) -> Result<Preview, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read_within(super::LONGEST).await?;
    let seen = super::preview(&mut c, viewer.workspace, of, id, &rule, app.clock.now()).await?;
    Ok(Preview { at, ..seen })
}

/// About how many a rule holds for, long before [`preview_segment`] knows; nothing where that is as fast.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in; [`Error::TooSlow`].
#[server(prefix = "/do", endpoint = "estimate_segment")]
pub async fn estimate_segment(
    of: Subject,
    id: Option<SegmentId>,
    rule: String,
) -> Result<Option<Estimate>, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read_within(super::LONGEST).await?;
    super::estimate(&mut c, viewer.workspace, of, id, &rule, app.clock.now()).await
}

/// The segments that a person or a company is in, and how many others there are.
///
/// # Errors
/// [`Error::NotFound`] for whom it is asked.
#[server(prefix = "/do", endpoint = "standings", input = GetUrl)]
pub async fn standings(owner: Owner) -> Result<InAndOut, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    super::in_and_out(&app, &viewer, owner).await
}

/// The segments that a person or a company is not in.
///
/// # Errors
/// As [`standings`].
#[server(prefix = "/do", endpoint = "other_standings", input = GetUrl)]
pub async fn other_standings(owner: Owner) -> Result<Vec<Standing>, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    super::outside(&app, &viewer, owner).await
}

/// Why a person or a company is in one segment, or is not.
///
/// # Errors
/// [`Error::NotFound`] for whom it is asked, and for the segment.
#[server(prefix = "/do", endpoint = "explain_segment", input = GetUrl)]
pub async fn explain_segment(owner: Owner, segment: SegmentId) -> Result<Explanation, Error> {
    use crate::server::{dates::Dates, viewer, whose::whose};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let owner = whose(&mut c, &viewer, owner).await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let subject = Subject::from_word(owner.kind()).ok_or(Error::NotFound)?;
    let (workspace, number) = (viewer.workspace, owner.number());
    let found = super::explain(&app, &mut c, &dates, workspace, subject, number, segment).await?;
    found.ok_or(Error::NotFound).map_err(viewer::refuse)
}

/// Saves the rule that a form holds, as a new segment or in the place of one's rule; with `act` it changes the shape of
/// the rule instead, for a page without JavaScript, or opens it as a new segment with `duplicate`, and as the filter of a
/// list with `list`. `rows` are the conditions as they stand in the form, `version` is the one
/// of the segment that they were made of, and `over` one that somebody else made meanwhile and that they go over; 0 for none.
///
/// # Errors
/// [`Error::NotFound`] for the segment; [`Error::Invalid`] for the name and for a rule that makes no sense;
/// [`Error::Taken`] for a name that is taken; [`Error::Conflict`] where somebody else changed the segment meanwhile.
#[server(prefix = "/do", endpoint = "save_segment")]
pub async fn save_segment(
    of: Subject,
    #[server(default)] id: Option<SegmentId>,
    #[server(default)] version: i64,
    #[server(default)] over: i64,
    #[server(default)] name: String,
    rule: String,
    #[server(default)] rows: Vec<Row>,
    #[server(default)] act: String,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let choices = {
        let mut c = app.db.read().await?;
        super::choices(&mut c, viewer.workspace, app.clock.now()).await?
    };
    let copies = act == "duplicate";
    let lists = act == "list";
    let press = if copies || lists { "show" } else { &act };
    let predicate = super::shape(of, &choices, &rule, &rows, press)?;
    if !act.is_empty() {
        let mut form = super::Draft { of, id, version, name, rule: predicate.text() };
        if let Some(id) = id.filter(|_| copies) {
            let mut c = app.db.read().await?;
            let saved = super::find(&mut c, viewer.workspace, id).await?.ok_or(Error::NotFound)?;
            form = form.copied(&saved.name);
        }
        let address = if lists { form.filtered() } else { form.address() };
        leptos_axum::redirect(&address);
        return Ok(());
    }
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let id = match id {
        Some(id) => {
            let began = Some(if over > 0 { over } else { version }).filter(|n| *n > 0);
            let saved = super::find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
            let same = super::is_as_saved(of, &choices, &saved.rule, &predicate);
            let rule = (!same).then_some(&predicate);
            super::update(&mut w, id, began, Some(&name), rule).await?;
            id
        }
        None => super::create(&mut w, of, &name, &predicate).await?,
    };
    w.commit().await?;
    leptos_axum::redirect(&format!("/segments/{id}"));
    Ok(())
}

/// Stops the finding out of who a segment's rule holds for, or goes on with it.
///
/// # Errors
/// As [`super::pause`].
#[server(prefix = "/do", endpoint = "pause_segment")]
pub async fn pause_segment(id: SegmentId, pause: bool) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::pause(&mut w, id, pause).await?;
    w.commit().await?;
    Ok(())
}

/// Puts a segment away, or takes it back.
///
/// # Errors
/// As [`super::archive`].
#[server(prefix = "/do", endpoint = "archive_segment")]
pub async fn archive_segment(id: SegmentId, archive: bool) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::archive(&mut w, id, archive).await?;
    w.commit().await?;
    leptos_axum::redirect("/segments");
    Ok(())
}
