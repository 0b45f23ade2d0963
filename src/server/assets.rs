//! The pages' files, carried in the binary, with hashed names and for ever cacheable.

use std::collections::HashMap;
use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/target/site"]
#[allow_missing = true]
struct Site;

/// The name that a file has by the name it had before it was hashed.
pub fn hashed(name: &str) -> String {
    static MANIFEST: OnceLock<HashMap<String, String>> = OnceLock::new();
    let manifest = MANIFEST.get_or_init(|| {
        let file = Site::get("manifest.json");
        file.and_then(|f| serde_json::from_slice(&f.data).ok()).unwrap_or_default()
    });
    manifest.get(name).map_or(name, String::as_str).to_owned()
}

/// The addresses of the files that an area of pages needs of the browser's part, so that a page names them before its
/// script asks for them.
pub fn of_area(area: &str) -> &'static [String] {
    static AREAS: OnceLock<HashMap<String, Vec<String>>> = OnceLock::new();
    let areas = AREAS.get_or_init(|| {
        let file = Site::get("areas.json");
        let areas: HashMap<String, Vec<String>> =
            file.and_then(|f| serde_json::from_slice(&f.data).ok()).unwrap_or_default();
        let loader = url("__wasm_split.js");
        let folder = loader.rsplit_once('/').map_or("", |(folder, _)| folder);
        let addresses = |files: Vec<String>| {
            files.into_iter().map(|file| format!("{folder}/{file}.wasm")).collect()
        };
        areas.into_iter().map(|(area, files)| (area, addresses(files))).collect()
    });
    areas.get(area).map_or(&[], Vec::as_slice)
}

/// The address of the file that has all which an area of pages needs of the browser's part (`tools/parts.js`), where there
/// is one that this browser takes.
pub fn joined(area: &str, headers: &HeaderMap) -> Option<String> {
    static PLAIN: OnceLock<bool> = OnceLock::new();
    let loader = hashed("parts.js");
    let (folder, _) = loader.rsplit_once('/')?;
    let path = format!("{folder}/{area}.parts");
    // A release has them in brotli alone, a build for development as they are.
    let plain = *PLAIN.get_or_init(|| Site::iter().any(|name| name.ends_with(".parts")));
    let there = !of_area(area).is_empty() && (plain || takes(headers, "br"));
    there.then(|| format!("/assets/{path}"))
}

/// Whether a browser takes a coding.
fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|h| h.to_str().ok());
    accepts.unwrap_or_default().split(',').any(|a| a.trim().split(';').next() == Some(coding))
}

/// The address of a file by the name it had before it was hashed.
pub fn url(name: &str) -> String {
    format!("/assets/{}", hashed(name))
}

/// Serves a file for ever, since its name changes with it.
pub async fn serve(Path(path): Path<String>, headers: HeaderMap) -> Response {
    file(&path, &headers, "public, max-age=31536000, immutable")
}

/// A file by its hashed name, compressed at build time where the browser takes it.
pub fn file(path: &str, headers: &HeaderMap, cache: &'static str) -> Response {
    let (file, coding) = [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(coding, _)| takes(headers, coding))
        .find_map(|(coding, suffix)| {
            Site::get(&format!("{path}.{suffix}")).map(|f| (f, Some(coding)))
        })
        .or_else(|| Site::get(path).map(|f| (f, None)))
        .map_or((None, None), |(f, c)| (Some(f), c));
    let Some(file) = file else { return StatusCode::NOT_FOUND.into_response() };
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let mut response = file.data.into_owned().into_response();
    let out = response.headers_mut();
    if let Ok(mime) = HeaderValue::from_str(mime.as_ref()) {
        out.insert(header::CONTENT_TYPE, mime);
    }
    if let Some(coding) = coding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}
