//! The HTTP server: routes, limits, errors, and a stop that lets requests finish.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::X_CONTENT_TYPE_OPTIONS;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{any, get};
use axum::serve::ListenerExt as _;
use serde_json::json;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::error::Error;
use crate::run;
use crate::server::state::AppState;
use crate::server::{assets, flash, origin, page};

/// An error as a public API answers it: `{"type":"error.list","errors":[…]}`.
pub struct Refused(Error);

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let code = match &self.0 {
            Error::NotFound => "not_found",
            Error::Unauthorized => "unauthorized",
            Error::Invalid { .. } => "parameter_invalid",
            Error::Conflict(_) => "conflict",
            Error::TooMany => "rate_limit_exceeded",
            Error::Unreachable | Error::Internal => "server_error",
        };
        let status =
            StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({ "type": "error.list", "errors": [{ "code": code, "message": self.0.to_string() }] });
        (status, Json(body)).into_response()
    }
}

/// Every route of the server.
pub fn router(app: Arc<AppState>) -> Router {
    // Pages render on tokio's threads. Saying so twice, as tests do, is refused and changes nothing.
    let _ = any_spawner::Executor::init_tokio();
    let functions = Router::new()
        .route("/do/{*path}", any(page::server_functions))
        .layer(from_fn_with_state(app.clone(), flash::forms))
        .layer(from_fn(origin::check));
    Router::new()
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(ready))
        .route("/assets/{*path}", get(assets::serve))
        .merge(crate::tracking::router())
        .merge(crate::contacts::files())
        .merge(crate::import::router())
        .merge(crate::live::router())
        .merge(functions)
        .fallback(get(page::page))
        .layer(SetResponseHeaderLayer::overriding(
            X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
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
pub async fn serve(app: Arc<AppState>, addr: SocketAddr) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind(addr).await?;
    tracing::info!(addr = %listener.local_addr()?, "serving");
    // Without this a streamed response stalls 40 ms on delayed acknowledgements.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::warn!(%error, "TCP_NODELAY");
        }
    });
    tokio::spawn(crate::jobs::watch(Arc::downgrade(&app)));
    let stop = app.clone();
    let stopped = async move {
        stop_signal().await;
        stop.stopping.send_replace(true);
    };
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stopped).await
}

async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
