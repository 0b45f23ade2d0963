//! Writes by cookie are taken from our own pages only.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Whether a request says that it comes from a page of this very host.
pub fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|h| h.to_str().ok());
    let (Some(origin), Some(host)) = (text(header::ORIGIN), text(header::HOST)) else {
        return false;
    };
    origin.split_once("://").is_some_and(|(_, from)| from == host)
}

/// Refuses what changes something unless it comes from our own pages.
pub async fn check(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads || is_ours(request.headers()) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "This form was sent from another site").into_response()
}

/// The address on this site, query included, of the page that a form was sent from, where the browser says it. Only of a form
/// that was checked: anyone else says what they like.
pub fn sent_from(headers: &HeaderMap) -> Option<String> {
    let from = url::Url::parse(headers.get(header::REFERER)?.to_str().ok()?).ok()?;
    let query = from.query().map(|query| format!("?{query}")).unwrap_or_default();
    // Two slashes lead to another site.
    (!from.path().starts_with("//")).then(|| format!("{}{query}", from.path()))
}
