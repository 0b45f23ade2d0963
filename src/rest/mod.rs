//! The public REST API under `/api`, in the shapes of Intercom's API, version 2.15.

mod address;
mod caller;
mod fields;
mod filter;
mod limits;
mod most;
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
pub use most::{MOST, at_most};
pub use order::{Order, Sort};
pub use pages::{Cursor, Paging, list};
pub use query::Query;
pub use refused::{Refused, finish};
pub use sent::{Sent, parse, plain, read};

use crate::error::Error;
use crate::server::state::AppState;
use crate::{
    attributes, companies, contacts, conversations, notes, outbound, segments, tags, teammates,
    webhooks,
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
        .merge(webhooks::rest())
        .fallback(async || Refused::from(Error::NotFound))
        .method_not_allowed_fallback(async || Refused::of(StatusCode::METHOD_NOT_ALLOWED))
        .layer(from_fn(guard))
        .layer(CatchPanicLayer::custom(|_| Refused::from(Error::Internal).into_response()))
        .layer(from_fn_with_state(app.clone(), caller::check));
    Router::new().nest("/api", api)
}

/// Refuses what no database can hold, says which part of an address names nothing, and words the refusals of the parts
/// that the routes are made of.
async fn guard(request: Request, next: Next) -> Response {
    let asked = address::Asked::of(&request);
    if let Err(error) = asked.check() {
        return Refused::from(error).into_response();
    }
    let mut response = next.run(request).await;
    if let Some(refused) = response.extensions_mut().get_mut::<Refused>() {
        if let Some(part) = asked.only_part() {
            refused.in_address(part);
        }
        return response;
    }
    worded(response)
}

/// Words a refusal of the parts that routes are made of, which say a status alone.
pub fn worded(mut response: Response) -> Response {
    let status = response.status();
    let refused = status.is_client_error() || status.is_server_error();
    if refused && response.extensions().get::<Refused>().is_none() {
        response.extensions_mut().insert(Refused::of(status));
    }
    response
}
