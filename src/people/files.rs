//! Files of people, for a signed-in teammate.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use futures::StreamExt as _;

use super::{Filter, select};
use crate::error::Error;
use crate::id::ContactId;
use crate::import::ContactFile;
use crate::segments;
use crate::server::http::Refused;
use crate::server::state::AppState;
use crate::server::{CSV, download, page};

/// How many people are read at a time.
const PAGE: usize = 1_000;

/// The routes of files of people.
pub fn router() -> Router<Arc<AppState>> {
    Router::new().route("/people/export.csv", get(export))
}

/// All people whom the list's filter means, as a file that an import reads. It is written as it is fetched: what waits in
/// memory is who they are, and one page of what is known of them.
async fn export(
    State(app): State<Arc<AppState>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let viewer = page::find_viewer(&app, &headers).await.ok_or(Error::Unauthorized)?;
    let filter =
        crate::lists::asked_of::<Filter>(&format!("?{}", query.unwrap_or_default())).filter;
    // A rule that takes too long, or makes no sense, is told before the file begins.
    let slow = format!("{}{}", filter.rule, filter.place);
    let mut c = segments::reader(&app.db, &slow).await?;
    let ids = select::ids(&mut c, viewer.workspace, &filter, app.clock.now()).await?;
    let file = ContactFile::begin(&mut c, viewer.workspace).await?;
    let head = file.head()?;
    drop(c);
    let rows = futures::stream::try_unfold((app, file, ids), async |(app, file, mut ids)| {
        let page: Vec<_> = ids.iter().take(PAGE).map(|id| ContactId(id.cast_signed())).collect();
        let Some(last) = page.last() else { return Ok::<_, Error>(None) };
        ids.remove_range(..=last.0.cast_unsigned());
        let mut c = app.db.read().await?;
        let lines = file.lines(&mut c, &page).await?;
        drop(c);
        Ok(Some((Bytes::from(lines), (app, file, ids))))
    });
    let rows = futures::stream::iter([Ok(Bytes::from(head))]).chain(rows);
    Ok(download(CSV, "people.csv", Body::from_stream(rows)))
}
