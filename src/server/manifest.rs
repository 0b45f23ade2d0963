//! What lets a browser install Rapport as an application of its own (W3C Web Application Manifest).

use axum::Json;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use serde_json::json;

use crate::server::assets;

/// The colour of the window around a light page.
pub const LIGHT: &str = "#fdfdfc";
/// The same around a dark one.
pub const DARK: &str = "#12171a";

/// The manifest. It says nothing of the workspace, so that anyone may read it.
pub async fn serve() -> impl IntoResponse {
    let icon = |name: &str, sizes: &str, kind: &str, purpose: &str| json!({ "src": assets::url(name), "sizes": sizes, "type": kind, "purpose": purpose });
    let manifest = json!({
        "id": "/inbox",
        "name": "Rapport",
        "short_name": "Rapport",
        "description": "Conversations with your customers, and who they are.",
        "start_url": "/inbox",
        "scope": "/",
        "display": "standalone",
        "background_color": LIGHT,
        "theme_color": LIGHT,
        "categories": ["business", "productivity"],
        "icons": [
            icon("icon-192.png", "192x192", "image/png", "any"),
            icon("icon-512.png", "512x512", "image/png", "any"),
            icon("icon-maskable.png", "512x512", "image/png", "maskable"),
            icon("icon.svg", "any", "image/svg+xml", "any"),
        ],
        "shortcuts": [
            { "name": "Inbox", "url": "/inbox" },
            { "name": "People", "url": "/people" },
        ],
    });
    // A new release has other names for the icons.
    let headers =
        [(CONTENT_TYPE, "application/manifest+json"), (CACHE_CONTROL, "public, max-age=3600")];
    (headers, Json(manifest))
}
