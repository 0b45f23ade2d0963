//! Files of companies, for a signed-in teammate.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::StreamExt as _;

use super::list::{self, Filter};
use crate::error::Error;
use crate::id::{CompanyId, WorkspaceId};
use crate::import::CompanyFile;
use crate::segments;
use crate::server::http::Refused;
use crate::server::page;
use crate::server::state::AppState;

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
    let mut c = app.db.read().await?;
    let file = CompanyFile::begin(&mut c, viewer.workspace).await?;
    drop(c);
    // A rule that takes too long, or makes no sense, is told before the file begins.
    let (first, after) = next(&app, viewer.workspace, &filter, &file, CompanyId(0)).await?;
    let begin = (app, viewer.workspace, filter, file, after);
    let rows = futures::stream::try_unfold(begin, async |(app, workspace, filter, file, after)| {
        let Some(after) = after else { return Ok::<_, Error>(None) };
        let (bytes, next) = next(&app, workspace, &filter, &file, after).await?;
        Ok(Some((bytes, (app, workspace, filter, file, next))))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"companies.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let rows = futures::stream::iter([Ok(first)]).chain(rows);
    Ok((headers, Body::from_stream(rows)).into_response())
}

/// The lines after a company, the heading first, and the last company of them where more may follow.
async fn next(
    app: &AppState,
    workspace: WorkspaceId,
    filter: &Filter,
    file: &CompanyFile,
    after: CompanyId,
) -> Result<(Bytes, Option<CompanyId>), Error> {
    let mut c = segments::reader(&app.db, &filter.rule).await?;
    let now = app.clock.now();
    let rows = list::following(&mut c, workspace, filter, now, after, PAGE).await?;
    let last = rows.last().map(|company| company.id);
    let lines = file.lines(&mut c, rows, after.0 == 0).await?;
    Ok((lines.into(), last))
}
