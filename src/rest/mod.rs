//! The public REST API under `/api`, in the shapes of Intercom's API, version 2.15.

mod caller;
mod fields;
mod filter;
mod limits;
mod order;
mod pages;
mod query;
mod refused;
mod sent;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

pub use caller::Caller;
pub use fields::{boolean, decimal_id, names, object, seconds, text};
pub use filter::{Condition, Filter, Operator};
pub use limits::Limits;
pub use order::{Order, Sort};
pub use pages::{Cursor, Paging, list};
pub use query::Query;
pub use refused::{Refused, finish};
pub use sent::{Sent, read};

use crate::error::Error;
use crate::server::state::AppState;
use crate::{
    attributes, companies, contacts, conversations, notes, outbound, segments, tags, teammates,
};

/// The version whose shapes are answered.
pub const VERSION: &str = "2.15";

/// The routes of the REST API. There are no cookies here, so nothing of the sign-in is asked or accepted.
pub fn router(app: &Arc<AppState>) -> Router<Arc<AppState>> {
    let api = Router::new()
        .merge(teammates::rest())
        .merge(contacts::rest())
        .merge(segments::rest())
        .merge(tags::rest())
        .merge(attributes::rest())
        .merge(companies::rest())
        .merge(conversations::rest())
        .merge(notes::rest())
        .merge(outbound::rest())
        .merge(outbound::types::rest())
        .fallback(async || Refused::from(Error::NotFound))
        .method_not_allowed_fallback(async || Refused::of(StatusCode::METHOD_NOT_ALLOWED))
        .layer(from_fn(plain))
        .layer(CatchPanicLayer::custom(|_| Refused::from(Error::Internal).into_response()))
        .layer(from_fn_with_state(app.clone(), caller::check));
    Router::new().nest("/api", api)
}

/// Refuses what no database can hold, and words the refusals of the parts that the routes are made of.
async fn plain(request: Request, next: Next) -> Response {
    if request.uri().path_and_query().is_some_and(|p| p.as_str().contains("%00")) {
        return Refused::from(Error::invalid("address", "NUL characters are not accepted"))
            .into_response();
    }
    let response = next.run(request).await;
    let status = response.status();
    let worded = response.extensions().get::<Refused>().is_some();
    if worded || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    Refused::of(status).into_response()
}
