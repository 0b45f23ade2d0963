//! People and what they did, by the REST API.

mod events;
mod people;
mod whom;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

pub use whom::Whom;

use crate::server::state::AppState;

/// The routes of people and events.
pub fn router() -> Router<Arc<AppState>> {
    Router::new()
        .route("/contacts", get(people::list_all).post(people::create))
        .route("/contacts/search", post(people::search))
        .route("/contacts/merge", post(people::merge))
        .route("/contacts/find_by_external_id/{id}", get(people::by_external_id))
        .route("/contacts/{id}", get(people::show).put(people::change).delete(people::delete))
        .route("/contacts/{id}/archive", post(people::archive))
        .route("/contacts/{id}/unarchive", post(people::unarchive))
        .route("/contacts/{id}/block", post(people::block))
        .route("/events", get(events::list).post(events::create))
        .route("/events/summaries", post(events::summarize))
}
