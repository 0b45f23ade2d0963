//! What is done with a list from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;

use super::Change;
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::JobId;

/// Keeps the viewer's choice of columns.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
#[server(prefix = "/do", endpoint = "choose_columns")]
pub async fn choose_columns(
    of: Subject,
    #[server(default)] columns: Vec<String>,
) -> Result<(), Error> {
    use crate::live::Topic;
    use crate::server::{db::Write, viewer};
    use crate::{companies, people};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    match of {
        Subject::Contact => super::choose_columns::<people::Filter>(&mut w, &columns).await?,
        Subject::Company => {
            super::choose_columns::<companies::list::Filter>(&mut w, &columns).await?;
        }
    }
    w.touch(match of {
        Subject::Contact => Topic::People,
        Subject::Company => Topic::Companies,
    });
    w.commit().await?;
    Ok(())
}

/// Tags what is in a list, or takes a tag off: those selected by number, or all that the address means.
/// It happens as a job, whose number this answers.
///
/// # Errors
/// [`Error::Invalid`] where nothing is selected, and for the tag's name.
#[server(prefix = "/do", endpoint = "tag_selected")]
pub async fn tag_selected(
    of: Subject,
    #[server(default)] selected: Vec<i64>,
    #[server(default)] all: Option<String>,
    address: String,
    name: String,
    change: Change,
) -> Result<JobId, Error> {
    use crate::jobs::{self, Ids, Input};
    use crate::server::{db::Write, viewer};
    use crate::{companies, people, segments};
    let (app, viewer) = viewer::viewer()?;
    let now = app.clock.now();
    let chosen = match (of, all.is_some()) {
        (_, false) => Ids::of(selected)?,
        (Subject::Contact, true) => {
            let filter = super::asked_of::<people::Filter>(&address).filter;
            let mut c = segments::reader(&app.db, &filter.rule).await?;
            Ids::pack(&people::ids(&mut c, viewer.workspace, &filter, now).await?)?
        }
        (Subject::Company, true) => {
            let filter = super::asked_of::<companies::list::Filter>(&address).filter;
            let mut c = segments::reader(&app.db, &filter.rule).await?;
            Ids::pack(&companies::list::ids(&mut c, viewer.workspace, &filter, now).await?)?
        }
    };
    let total = chosen.count()?;
    if total == 0 {
        return Err(match of {
            Subject::Contact => people::nobody(),
            Subject::Company => Error::invalid("companies", "select the companies first"),
        });
    }
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let (tag, _) = crate::tags::make(&mut w, &name).await?;
    let add = change == Change::Add;
    let input = match of {
        Subject::Contact => Input::Tag { tag, add, people: chosen },
        Subject::Company => Input::TagCompanies { tag, add, companies: chosen },
    };
    let job = jobs::start(&mut w, &input, total).await?;
    w.commit().await?;
    Ok(job)
}
