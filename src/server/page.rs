//! Rendering pages whole on the server, with the policy that guards them.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos::server_fn::axum::get_server_fn_service;
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use leptos_axum::ResponseOptions;
use leptos_meta::MetaTags;

use crate::app::{App, areas};
use crate::error::Error;
use crate::server::state::AppState;
use crate::server::whose::Found;
use crate::server::{assets, cookie, manifest};
use crate::teammates::{self, SESSION_COOKIE, Viewer};
use crate::ui::width;
use crate::workspace;

/// Pages that anyone may open.
const PUBLIC: [&str; 4] = ["/sign-in", "/sign-in/code", "/forgot-password", "/start"];
/// Pages that anyone may open who has their link.
const BY_LINK: [&str; 2] = ["/join/", "/reset-password/"];

/// Who asks, by the session cookie.
pub async fn find_viewer(app: &AppState, headers: &HeaderMap) -> Option<Viewer> {
    let token = cookie::read(headers, SESSION_COOKIE)?;
    teammates::viewer_of(app, &token).await.ok().flatten()
}

/// Whether a person's browser asks for a page, or sends a form that leads to one; else a script asks.
pub fn wants_page(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accepts.is_some_and(|accept| accept.contains("text/html"))
}

/// Where a person signs in first, to go on to an address.
pub fn sign_in_first(wanted: &str) -> Response {
    let next: String = url::form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
    Redirect::to(&format!("/sign-in?next={next}")).into_response()
}

/// The page to begin with, where an address names no page but what holds some.
fn first_of(path: &str) -> Option<&'static str> {
    match path {
        "/" | "/start" | "/contacts" => Some("/people"),
        "/settings" => Some("/settings/install"),
        _ => None,
    }
}

/// Answers every page.
pub async fn page(State(app): State<Arc<AppState>>, request: Request<Body>) -> Response {
    let viewer = find_viewer(&app, request.headers()).await;
    let path = request.uri().path().to_owned();
    if viewer.is_none() {
        // Only somebody without a session can be the first, so that the others are not asked.
        let begun = workspace::any(&app.db).await.unwrap_or(true);
        match (begun, path == "/start") {
            (false, false) => return Redirect::to("/start").into_response(),
            (true, true) => return Redirect::to("/sign-in").into_response(),
            _ => {}
        }
    }
    let public =
        PUBLIC.contains(&path.as_str()) || BY_LINK.iter().any(|begin| path.starts_with(begin));
    if viewer.is_none() && !public {
        let wanted = request.uri().path_and_query().map_or("/", |p| p.as_str());
        return sign_in_first(wanted);
    }
    if let (true, Some(first)) = (viewer.is_some(), first_of(&path)) {
        return Redirect::to(first).into_response();
    }
    let flash = app.flashes.take(request.headers());
    let (state, found) = (app.clone(), Found::default());
    let context = move || {
        provide_context(state.clone());
        provide_context(flash.clone());
        provide_context(found.clone());
        if let Some(viewer) = viewer.clone() {
            provide_context(viewer);
        }
    };
    let area = areas::of_path(&path);
    let joined = assets::joined(area, request.headers());
    let shell = move || Shell(area, joined.clone());
    let _turn = app.turns.take().await;
    leptos_axum::render_app_async_with_context(context, shell)(request).await
}

/// Answers the server functions.
pub async fn server_functions(
    State(app): State<Arc<AppState>>,
    request: Request<Body>,
) -> Response {
    if get_server_fn_service(request.uri().path(), request.method().clone()).is_none() {
        return no_function(app, request).await;
    }
    let viewer = find_viewer(&app, request.headers()).await;
    let context = move || {
        provide_context(app.clone());
        if let Some(viewer) = viewer.clone() {
            provide_context(viewer);
        }
    };
    leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
}

/// Answers where there is no such server function: a person with the page that says so, a script as every function answers it.
async fn no_function(app: Arc<AppState>, request: Request<Body>) -> Response {
    let (mut parts, _) = request.into_parts();
    if wants_page(&parts.headers) {
        parts.method = Method::GET;
        return page(State(app), Request::from_parts(parts, Body::empty())).await;
    }
    let path = HeaderValue::from_str(parts.uri.path());
    let path = path.unwrap_or(HeaderValue::from_static("/do"));
    let headers = [(HeaderName::from_static(SERVER_FN_ERROR_HEADER), path)];
    (StatusCode::NOT_FOUND, headers, Json(Error::NotFound)).into_response()
}

fn guard(nonce: &str) {
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    );
    if let (Some(response), Ok(policy)) =
        (use_context::<ResponseOptions>(), HeaderValue::from_str(&policy))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        response.insert_header(
            HeaderName::from_static("referrer-policy"),
            HeaderValue::from_static("same-origin"),
        );
        response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

#[allow(non_snake_case)]
fn Shell(area: &'static str, joined: Option<String>) -> impl IntoView {
    let nonce = use_nonce().map(|n| n.to_string()).unwrap_or_default();
    guard(&nonce);
    let (script, wasm) = (assets::url("rapport.js"), assets::url("rapport.wasm"));
    let parts = assets::url("parts.js");
    // What was cut off on its way is asked for once more by itself.
    let start = format!(
        "import start, {{ hydrate }} from '{script}'; import {{ part }} from '{parts}'; \
         start({{ module_or_path: part('{wasm}') }}).catch(() => start({{ module_or_path: '{wasm}' }})).then(() => hydrate());"
    );
    let theme = |scheme: &str, colour: &'static str| {
        let media = format!("(prefers-color-scheme: {scheme})");
        leptos::html::meta().name("theme-color").content(colour).attr("media", media)
    };
    let preload = |href: &String| {
        view! { <link rel="preload" href=href.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous" /> }
    };
    let files = match joined {
        Some(href) => {
            view! { <link rel="preload" href=href data-area=area r#as="fetch" crossorigin="anonymous" /> }
                .into_any()
        }
        None => {
            let all = std::iter::once(&wasm).chain(assets::of_area(area));
            all.map(preload).collect_view().into_any()
        }
    };
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                {theme("light", manifest::LIGHT)}
                {theme("dark", manifest::DARK)}
                <link rel="manifest" href="/manifest.webmanifest" />
                <link rel="apple-touch-icon" href=assets::url("icon-apple.png") />
                <link rel="icon" href=assets::url("icon.svg") type="image/svg+xml" />
                <link rel="stylesheet" href=assets::url("style.css") />
                <link rel="modulepreload" href=script.clone() />
                <link rel="modulepreload" href=assets::url("__wasm_split.js") />
                <link rel="modulepreload" href=parts />
                {files}
                <script nonce=nonce.clone()>{width::FIRST}</script>
                <script type="module" nonce=nonce>{start}</script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
