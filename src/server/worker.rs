//! The script that a browser keeps to be told by, while no page of Rapport is open.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use crate::server::assets;

/// `/sw.js`: one address for ever, at the top of everything that it may open. Browsers look by themselves whether it
/// is another one.
pub async fn serve(headers: HeaderMap) -> Response {
    let mut response = assets::file(&assets::hashed("sw.js"), &headers, "no-cache");
    let script = HeaderValue::from_static("text/javascript; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, script);
    response
}
