//! Whose profile a page is of, found once for all that the page asks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use leptos::prelude::use_context;
use tokio::sync::OnceCell;

use crate::error::Error;
use crate::owner::Owner;
use crate::server::db::Conn;
use crate::server::viewer;
use crate::teammates::Viewer;

type Cell = Arc<OnceCell<Option<Owner>>>;

/// Those whom one page asked for. It lives as long as the page is being made, and only its viewer asks.
#[derive(Clone, Default)]
pub struct Found(Arc<Mutex<HashMap<Owner, Cell>>>);

impl Found {
    fn cell(&self, owner: Owner) -> Cell {
        // What panicked while it held this left nothing half-done.
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(owner).or_default().clone()
    }
}

/// The person or company that a page or a question is about, under the number that answers for it now. The sections of
/// a page ask side by side, and the database is asked by the first of them alone.
///
/// # Errors
/// [`Error::NotFound`] where the viewer's workspace has no such person or company, which is the page's answer then.
pub async fn whose(c: &mut Conn, viewer: &Viewer, owner: Owner) -> Result<Owner, Error> {
    let found = match use_context::<Found>() {
        Some(found) => {
            let cell = found.cell(owner);
            *cell.get_or_try_init(|| owner.existing(c, viewer.workspace)).await?
        }
        None => owner.existing(c, viewer.workspace).await?,
    };
    found.ok_or(Error::NotFound).map_err(viewer::refuse)
}
