//! What the server counts and how long things take, for Prometheus
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>). Nothing is counted until [`begin`] was called, and no
//! label says whom or which workspace something concerns.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::error::Error;
use crate::run;
use crate::server::state::AppState;

const REQUESTS: &str = "rapport_http_request_seconds";
const TABS: &str = "rapport_live_tabs";
const CALLS: &str = "rapport_tracking_calls_total";
const JOBS: &str = "rapport_jobs";
const CHECKS: &str = "rapport_segment_checks_waiting";
const CONNECTIONS: &str = "rapport_database_connections";
const BUILD: &str = "rapport_build_info";
/// Where requests are told apart by how long they took, in seconds.
const BOUNDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// How often what was measured is folded, so that memory does not grow where nobody reads it.
const FOLD: Duration = Duration::from_secs(5);

/// Begins to count; once in a process.
///
/// # Errors
/// A sentence, when something else counts already.
pub fn begin() -> Result<PrometheusHandle, String> {
    let bounds = Matcher::Full(REQUESTS.into());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(bounds, &BOUNDS);
    let handle = builder.and_then(PrometheusBuilder::install_recorder);
    let handle = handle.map_err(|error| format!("metrics: {error}"))?;
    metrics::describe_histogram!(
        REQUESTS,
        "How long answers took to begin, by pattern of the address."
    );
    metrics::describe_gauge!(TABS, "Open tabs that follow changes over a socket.");
    metrics::describe_counter!(CALLS, "Calls of the tracking API that were new and are on disk.");
    metrics::describe_gauge!(JOBS, "Jobs that wait or run.");
    metrics::describe_gauge!(
        CHECKS,
        "People and companies that segments have not looked at since they changed."
    );
    metrics::describe_gauge!(CONNECTIONS, "Connections to the database.");
    metrics::describe_gauge!(BUILD, "Which version this is.");
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    Ok(handle)
}

/// Counts an answer to a request; `route` is the pattern of its address.
pub fn answered(method: &str, route: &str, status: u16, took: Duration) {
    let labels = [
        ("method", method.to_owned()),
        ("route", route.to_owned()),
        ("status", status.to_string()),
    ];
    histogram!(REQUESTS, &labels).record(took);
}

/// Counts calls of the tracking API.
pub fn tracked(calls: usize) {
    counter!(CALLS).increment(calls as u64);
}

/// An open tab, counted as long as this lives.
pub struct Tab(());

impl Tab {
    /// Counts one more.
    pub fn open() -> Self {
        gauge!(TABS).increment(1.0);
        Self(())
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        gauge!(TABS).decrement(1.0);
    }
}

/// `GET /metrics`, for an address of its own that only the operator reaches.
pub fn router(app: Arc<AppState>, handle: PrometheusHandle) -> Router {
    let folding = handle.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(FOLD).await;
            folding.run_upkeep();
        }
    });
    Router::new().route("/metrics", get(shown)).with_state((app, handle))
}

async fn shown(State((app, handle)): State<(Arc<AppState>, PrometheusHandle)>) -> Response {
    if let Err(error) = look(&app).await {
        tracing::error!(%error, "metrics");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    // The version of the format that is written.
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, handle.render()).into_response()
}

/// What is not counted as it happens, but looked up when it is asked for.
async fn look(app: &AppState) -> Result<(), Error> {
    let (idle, all) = app.db.connections();
    gauge!(CONNECTIONS, "state" => "idle").set(f64::from(idle));
    gauge!(CONNECTIONS, "state" => "used").set(f64::from(all.saturating_sub(idle)));
    let mut c = app.db.read().await?;
    let sql = "select count(*) from jobs where state = $1";
    for state in ["waiting", "running"] {
        let (n,): (i64,) = run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).bind(state).fetch_one(x))?;
        gauge!(JOBS, "state" => state).set(n as f64);
    }
    let sql = "select count(*) from segment_checks";
    let (n,): (i64,) = run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).fetch_one(x))?;
    gauge!(CHECKS).set(n as f64);
    Ok(())
}
