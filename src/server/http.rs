//! The HTTP server: routes, limits, errors, and a stop that lets requests finish.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderValue;
use axum::http::header::X_CONTENT_TYPE_OPTIONS;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get};
use axum::serve::ListenerExt as _;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;

pub use crate::rest::Refused;
use crate::run;
use crate::server::state::AppState;
use crate::server::{assets, flash, origin, page};

/// Every route of the server.
pub fn router(app: Arc<AppState>) -> Router {
    // Pages render on tokio's threads. Saying so twice, as tests do, is refused and changes nothing.
    let _ = any_spawner::Executor::init_tokio();
    let functions = Router::new()
        .route("/do/{*path}", any(page::server_functions))
        .layer(DefaultBodyLimit::max(flash::FORM))
        .layer(from_fn_with_state(app.clone(), flash::forms))
        .layer(from_fn(origin::check));
    Router::new()
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(ready))
        .route("/assets/{*path}", get(assets::serve))
        .merge(crate::tracking::router())
        .merge(crate::contacts::files())
        .merge(crate::import::router())
        .merge(crate::rest::router(&app))
        .merge(crate::live::router())
        .merge(crate::messenger::router())
        .merge(functions)
        .fallback(get(page::page))
        .layer(SetResponseHeaderLayer::overriding(
            X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(DefaultBodyLimit::max(512 * 1024))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(crate::rest::finish))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
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
