//! The HTTP server: routes, limits, errors, and a stop that lets requests finish.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use axum::serve::ListenerExt as _;
use serde_json::json;
use tower_http::catch_panic::CatchPanicLayer;

use crate::error::Error;
use crate::run;
use crate::server::clock::Clock;
use crate::server::db::Db;

/// What every request may use.
pub struct AppState {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
}

/// An error as a public API answers it: `{"type":"error.list","errors":[…]}`.
pub struct Refused(Error);

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, code) = match &self.0 {
            Error::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Error::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized"),
            Error::Invalid { .. } => (StatusCode::BAD_REQUEST, "parameter_invalid"),
            Error::Conflict(_) => (StatusCode::CONFLICT, "conflict"),
            Error::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
        };
        let body = json!({ "type": "error.list", "errors": [{ "code": code, "message": self.0.to_string() }] });
        (status, Json(body)).into_response()
    }
}

/// Every route of the server.
pub fn router(app: Arc<AppState>) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(ready))
        .merge(crate::tracking::router())
        .layer(DefaultBodyLimit::max(512 * 1024))
        .layer(CatchPanicLayer::new())
        .with_state(app)
}

async fn ready(State(app): State<Arc<AppState>>) -> Result<&'static str, Refused> {
    let mut c = app.db.read().await?;
    let _: (i64,) = run!(c, |x| sqlx::query_as::<_, (i64,)>(
        "select n from (select cast(1 as bigint) as n) one"
    )
    .fetch_one(x))?;
    Ok("ready")
}

/// Serves until the process is told to stop, then lets running requests finish.
pub async fn serve(app: Arc<AppState>, addr: std::net::SocketAddr) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind(addr).await?;
    tracing::info!(addr = %listener.local_addr()?, "serving");
    // Without this a streamed response stalls 40 ms on delayed acknowledgements.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::warn!(%error, "TCP_NODELAY");
        }
    });
    axum::serve(listener, router(app)).with_graceful_shutdown(stop_signal()).await
}

async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
