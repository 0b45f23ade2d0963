//! Answers that a browser keeps as a file.

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// What a file with commas is.
pub const CSV: &str = "text/csv; charset=utf-8";

/// A file of this name, which is the asker's alone, so that nothing on the way keeps a copy.
pub fn download(kind: &'static str, name: &str, body: impl Into<Body>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, body.into()).into_response()
}
