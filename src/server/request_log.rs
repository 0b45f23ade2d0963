//! One line of the log for each request, which is counted too: what was asked by its pattern, never by the address that
//! names someone.

use std::collections::HashSet;
use std::sync::OnceLock;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::Response;
use leptos::server_fn::axum::server_fn_paths;
use tower_http::request_id::RequestId;
use tracing::Instrument as _;

use leptos::prelude::*;

use crate::app::App;
use crate::server::metrics;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest request id that is taken from a proxy.
const LONGEST: usize = 64;

/// Logs a request when its answer begins; whatever is logged meanwhile carries the request's id.
pub async fn log(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let (method, route) = (request.method().clone(), route(&request));
    let id = request.extensions().get::<RequestId>();
    let id = id.and_then(|id| id.header_value().to_str().ok()).unwrap_or_default().to_owned();
    let span = tracing::info_span!("request", id);
    let response = next.run(request).instrument(span.clone()).await;
    let _in = span.entered();
    let (status, took) = (response.status().as_u16(), began.elapsed());
    metrics::answered(method.as_str(), &route, status, took);
    let ms = took.as_millis() as u64;
    // Signs of life and files of pages would drown the rest.
    if matches!(route.as_str(), "/healthz" | "/readyz" | "/assets/{*path}") {
        tracing::debug!(target: "rapport::request", %method, route, status, ms);
    } else {
        tracing::info!(target: "rapport::request", %method, route, status, ms);
    }
    response
}

/// Takes a request id away that no proxy would have made: it would stand in the log as it is.
pub async fn plain_id(mut request: Request, next: Next) -> Response {
    if !is_plain(request.headers()) {
        request.headers_mut().remove(REQUEST_ID);
    }
    next.run(request).await
}

fn is_plain(headers: &HeaderMap) -> bool {
    let Some(id) = headers.get(REQUEST_ID) else { return true };
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    (1..=LONGEST).contains(&id.len()) && id.as_bytes().iter().all(plain)
}

/// The pattern of an address: a route of the server, a server function, or a page.
fn route(request: &Request) -> String {
    let path = request.uri().path();
    if let Some(matched) = request.extensions().get::<MatchedPath>() {
        static FUNCTIONS: OnceLock<HashSet<&'static str>> = OnceLock::new();
        let functions = FUNCTIONS.get_or_init(|| server_fn_paths().map(|(path, _)| path).collect());
        return functions.get(path).copied().unwrap_or(matched.as_str()).to_owned();
    }
    static PAGES: OnceLock<Vec<String>> = OnceLock::new();
    let pages = PAGES.get_or_init(|| {
        let pages = leptos_axum::generate_route_list(|| view! { <App /> });
        pages.iter().map(|page| page.path().to_owned()).collect()
    });
    let page = pages.iter().find(|pattern| fits(pattern, path));
    page.map_or("other", String::as_str).to_owned()
}

/// Whether an address is one of a page's: `{name}` stands for one part.
fn fits(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.trim_end_matches('/').split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(asked), Some(part)) if asked == part => {}
            (Some(asked), Some(_)) if asked.starts_with('{') && !asked.starts_with("{*") => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::extract::Request;
    use axum::http::{HeaderMap, HeaderValue};

    use super::{is_plain, route};

    #[test]
    fn addresses_are_known_by_their_pattern() {
        let of = |path: &str| route(&Request::get(path).body(Body::empty()).unwrap());
        assert_eq!(of("/people?find=ada%40example.com"), "/people");
        assert_eq!(of("/contacts/12345"), "/contacts/{id}");
        assert_eq!(of("/join/a-secret-token"), "/join/{token}");
        assert_eq!(of("/ada@example.com"), "other");
    }

    #[test]
    fn only_plain_request_ids_are_taken_over() {
        let with = |id: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-request-id", HeaderValue::from_static(id));
            is_plain(&headers)
        };
        assert!(is_plain(&HeaderMap::new()) && with("4bf92f35-77b3_4da6"));
        assert!(!with("") && !with("ada@example.com") && !with("a b"));
    }
}
