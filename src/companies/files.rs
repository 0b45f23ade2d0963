//! Files of companies, for a signed-in teammate.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use futures::StreamExt as _;

use super::list::{self, Filter};
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{CompanyId, WorkspaceId};
use crate::import::CompanyFile;
use crate::segments::{self, Ruled};
use crate::server::http::Refused;
use crate::server::state::AppState;
use crate::server::{CSV, download, page};
use crate::time::Time;

/// How many companies are read at a time.
const PAGE: i64 = 1_000;

/// The routes of files of companies.
pub fn router() -> Router<Arc<AppState>> {
    Router::new().route("/companies/export.csv", get(export))
}

/// All companies that the list's filter means, as a file that an import reads. It is written as it is fetched: what
/// waits in memory is one page.
async fn export(
    State(app): State<Arc<AppState>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let viewer = page::find_viewer(&app, &headers).await.ok_or(Error::Unauthorized)?;
    let filter =
        crate::lists::asked_of::<Filter>(&format!("?{}", query.unwrap_or_default())).filter;
    let mut c = segments::reader(&app.db, &filter.rule).await?;
    let (workspace, now) = (viewer.workspace, app.clock.now());
    // A rule that takes too long, or makes no sense, is told before the file begins. It is looked up once for the file.
    let ruled = Ruled::find(&mut c, workspace, Subject::Company, &filter.rule, now).await?;
    let file = CompanyFile::begin(&mut c, workspace).await?;
    drop(c);
    let writing = Writing { app, workspace, filter, ruled, now, file };
    let (first, after) = writing.next(CompanyId(0)).await?;
    let rows = futures::stream::try_unfold((writing, after), async |(writing, after)| {
        let Some(after) = after else { return Ok::<_, Error>(None) };
        let (bytes, next) = writing.next(after).await?;
        Ok(Some((bytes, (writing, next))))
    });
    let rows = futures::stream::iter([Ok(first)]).chain(rows);
    Ok(download(CSV, "companies.csv", Body::from_stream(rows)))
}

/// A file while it is written.
struct Writing {
    app: Arc<AppState>,
    workspace: WorkspaceId,
    filter: Filter,
    ruled: Option<Ruled>,
    now: Time,
    file: CompanyFile,
}

impl Writing {
    /// The lines after a company, the heading first, and the last company of them where more may follow.
    async fn next(&self, after: CompanyId) -> Result<(Bytes, Option<CompanyId>), Error> {
        let mut c = segments::reader(&self.app.db, &self.filter.rule).await?;
        let (filter, ruled, page) = (&self.filter, self.ruled.as_ref(), (after, PAGE));
        let rows = list::following(&mut c, self.workspace, filter, ruled, self.now, page).await?;
        let last = rows.last().map(|company| company.id);
        let lines = self.file.lines(&mut c, rows, after.0 == 0).await?;
        Ok((lines.into(), last))
    }
}
