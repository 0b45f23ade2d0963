//! The pages' files, carried in the program, with hashed names and for ever cacheable.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::Embed;

/// Where the files are: the program has them rather than this library, which can so be built before they are there.
struct Site {
    read: fn(&str) -> Option<Cow<'static, [u8]>>,
    /// Whether a file of any name with this end is there.
    has: fn(&str) -> bool,
}

static SITE: OnceLock<Site> = OnceLock::new();

/// Serves the files of `S` from now on. Until then, as in a test, there are none, and names stay as they are. Only the first
/// call counts.
pub fn carry<S: Embed>() {
    let read = |name: &str| S::get(name).map(|file| file.data);
    let has = |end: &str| S::iter().any(|name| name.ends_with(end));
    let _ = SITE.set(Site { read, has });
}

fn read(name: &str) -> Option<Cow<'static, [u8]>> {
    (SITE.get()?.read)(name)
}

/// The name that a file has by the name it had before it was hashed.
pub fn hashed(name: &str) -> String {
    static MANIFEST: OnceLock<HashMap<String, String>> = OnceLock::new();
    let manifest = MANIFEST.get_or_init(|| {
        read("manifest.json").and_then(|f| serde_json::from_slice(&f).ok()).unwrap_or_default()
    });
    manifest.get(name).map_or(name, String::as_str).to_owned()
}

/// The addresses of the files that an area of pages needs of the browser's part, so that a page names them before its
/// script asks for them.
pub fn of_area(area: &str) -> &'static [String] {
    static AREAS: OnceLock<HashMap<String, Vec<String>>> = OnceLock::new();
    let areas = AREAS.get_or_init(|| {
        let areas: HashMap<String, Vec<String>> =
            read("areas.json").and_then(|f| serde_json::from_slice(&f).ok()).unwrap_or_default();
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
    let plain = *PLAIN.get_or_init(|| SITE.get().is_some_and(|site| (site.has)(".parts")));
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
        .find_map(|(coding, suffix)| read(&format!("{path}.{suffix}")).map(|f| (f, Some(coding))))
        .or_else(|| read(path).map(|f| (f, None)))
        .map_or((None, None), |(f, c)| (Some(f), c));
    let Some(file) = file else { return StatusCode::NOT_FOUND.into_response() };
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let mut response = file.into_response();
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
