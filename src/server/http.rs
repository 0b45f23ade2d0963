//! The HTTP server: routes, limits, errors, and a stop that lets requests finish.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderValue;
use axum::http::header::X_CONTENT_TYPE_OPTIONS;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get};
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::notes::rooms;
pub use crate::rest::Refused;
use crate::run;
use crate::server::state::AppState;
use crate::server::{
    assets, flash, manifest, nodes, nul, origin, page, presence, request_log, used, worker,
};
use crate::time::Time;

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
        .route("/manifest.webmanifest", get(manifest::serve))
        .route("/sw.js", get(worker::serve))
        .merge(crate::tracking::router())
        .merge(crate::contacts::files())
        .merge(crate::people::files())
        .merge(crate::companies::files())
        .merge(crate::import::router())
        .merge(crate::attachments::router())
        .merge(crate::outbound::file_forms())
        .merge(crate::conversations::forms())
        .merge(crate::notes::forms())
        .merge(crate::rest::router(&app))
        .merge(crate::live::router())
        .merge(crate::outbound::router())
        .merge(crate::messenger::router())
        .merge(functions)
        .fallback(get(page::page))
        .layer(from_fn(nul::check))
        .layer(SetResponseHeaderLayer::overriding(
            X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(DefaultBodyLimit::max(crate::rest::MOST))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(crate::rest::finish))
        .layer(from_fn(request_log::log))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(from_fn(request_log::plain_id))
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

/// Serves until it is told to stop; then running requests, open sockets and steps of jobs come to their end, as far as
/// they do within `patience`.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    app: Arc<AppState>,
    listener: TcpListener,
    told: impl Future<Output = ()> + Send + 'static,
    patience: Duration,
) -> std::io::Result<()> {
    tracing::info!(addr = %listener.local_addr()?, "serving");
    // Without this a streamed response stalls 40 ms on delayed acknowledgements.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::warn!(%error, "TCP_NODELAY");
        }
    });
    tokio::spawn(crate::jobs::watch(Arc::downgrade(&app)));
    tokio::spawn(crate::segments::watch(Arc::downgrade(&app)));
    tokio::spawn(crate::outbound::watch(Arc::downgrade(&app)));
    tokio::spawn(presence::watch(Arc::downgrade(&app)));
    tokio::spawn(rooms::watch(Arc::downgrade(&app)));
    tokio::spawn(crate::notes::mail::watch(Arc::downgrade(&app)));
    tokio::spawn(nodes::watch(Arc::downgrade(&app)));
    tokio::spawn(nodes::speak(Arc::downgrade(&app)));
    tokio::spawn(crate::alerts::push::watch(Arc::downgrade(&app)));
    tokio::spawn(crate::webhooks::watch(Arc::downgrade(&app)));
    tokio::spawn(used::watch(Arc::downgrade(&app)));
    tokio::spawn(crate::conversations::watch(Arc::downgrade(&app)));
    let stop = app.clone();
    let stopped = async move {
        told.await;
        tracing::info!("stopping");
        stop.stopping.send_replace(true);
    };
    let mut stopping = app.stopping.subscribe();
    let late = async move {
        let _ = stopping.wait_for(|stopping| *stopping).await;
        drop(stopping);
        tokio::time::sleep(patience).await;
    };
    let service = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let all = async {
        axum::serve(listener, service).with_graceful_shutdown(stopped).await?;
        // Sockets and jobs listen to the word as long as they are at work.
        app.stopping.closed().await;
        rooms::sweep(&app, Time(i64::MAX)).await;
        // The tabs are gone, and the other processes hear of it now rather than when their leases end.
        nodes::flush(&app).await;
        app.used.write(&app).await.map_err(std::io::Error::other)
    };
    tokio::select! {
        done = all => done,
        () = late => {
            tracing::warn!("stopped without waiting longer for what was still running");
            Ok(())
        }
    }
}
