//! Pictures of people: fetched for the browser, from where they may be, and nothing but pictures.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use rapport::teammates::sign_in;
use rapport::workspace;
use serde_json::json;
use tower::ServiceExt as _;

use crate::on_both;
use crate::support::{Engine, NOON, TestApp, new_workspace};

/// The beginning of a PNG of one pixel, which is as much as anybody looks at.
fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend([0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

async fn serve(
    State(asked): State<Arc<AtomicU64>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    asked.fetch_add(1, Ordering::Relaxed);
    assert!(headers.get(header::COOKIE).is_none() && headers.get(header::REFERER).is_none());
    match name.as_str() {
        "ada.png" => png().into_response(),
        "moved" => Redirect::temporary("/ada.png").into_response(),
        "for-ever" => Redirect::temporary("/for-ever").into_response(),
        // What it says that it is counts for nothing.
        "page.png" => {
            ([(header::CONTENT_TYPE, "image/png")], "<script>alert(1)</script>").into_response()
        }
        "drawing.svg" => {
            ([(header::CONTENT_TYPE, "image/svg+xml")], "<svg onload=alert(1)>").into_response()
        }
        "large.png" => [png(), vec![0; 3_000_000]].concat().into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A host of pictures; answers its address and how often it was asked.
async fn host() -> (String, Arc<AtomicU64>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let asked = Arc::new(AtomicU64::new(0));
    let routes = Router::new().route("/{name}", get(serve)).with_state(asked.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (format!("http://{at}"), asked)
}

async fn ada(app: &TestApp) -> String {
    sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap()
}

/// What a browser gets for a path.
async fn picture(app: &TestApp, token: &str, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let request = Request::get(path).header(header::COOKIE, format!("rapport_session={token}"));
    let answer = app.routes().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, 10_000_000).await.unwrap();
    (parts.status, parts.headers, body.to_vec())
}

/// The addresses of pictures in a page.
fn pictures_in(html: &str) -> Vec<String> {
    let images = html.split("<img ").skip(1).filter_map(|img| img.split("src=\"").nth(1));
    images.map(|src| src.split('"').next().unwrap().to_owned()).collect()
}

on_both! {
    async fn a_picture_is_shown_wherever_its_person_is_and_comes_from_this_site(app: TestApp) {
        let avatar = "https://pictures.example.com/ada.png";
        app.call("identify", &json!({"userId": "u", "traits": {"name": "Grace Hopper", "avatar": avatar}})).await;
        app.call("group", &json!({"userId": "u", "groupId": "g"})).await;
        app.call("identify", &json!({"userId": "v", "traits": {"name": "No Picture"}})).await;
        let (token, contact) = (ada(&app).await, app.number("select id from contacts where avatar is not null").await);
        let company = app.number("select id from companies").await;
        app.begin(Some(&token), &format!("contact={contact}&body=Hello&client_id=c")).await;
        let conversation = app.number("select id from conversations").await;
        for path in [format!("/contacts/{contact}"), "/people".into(), format!("/companies/{company}"), "/inbox".into(), format!("/inbox/{conversation}")] {
            let (status, html) = app.get(&token, &path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            let shown = pictures_in(&html);
            assert!(!shown.is_empty(), "{path}");
            assert!(shown.iter().all(|src| src.starts_with(&format!("/contacts/{contact}/picture?"))), "{path}: {shown:?}");
            assert!(html.contains(">GH<"), "the initials are there for where it does not come: {path}");
            assert!(!html.contains(&format!("src=\"{avatar}")), "no browser calls another host");
        }
        let one = pictures_in(&app.get(&token, "/people").await.1).remove(0);
        app.call("identify", &json!({"userId": "u", "traits": {"avatar": "https://pictures.example.com/new.png"}})).await;
        assert_ne!(pictures_in(&app.get(&token, "/people").await.1), [one], "another picture has another address");
    }
}

/// A person whose picture is at an address; answers where the browser asks for it.
async fn with_picture(app: &TestApp, avatar: &str) -> String {
    app.call("identify", &json!({"userId": "u", "traits": {"avatar": avatar}})).await;
    format!("/contacts/{}/picture", app.number("select id from contacts").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_is_not_passed_on() {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::with(Engine::Sqlite, folder, |state| state.pictures.private = true).await;
    let (token, (host, asked)) = (ada(&app).await, host().await);
    for name in ["ada.png", "moved"] {
        let path = with_picture(&app, &format!("{host}/{name}")).await;
        let (status, headers, body) = picture(&app, &token, &path).await;
        assert_eq!((status, body), (StatusCode::OK, png()), "{name}");
        assert_eq!(headers[header::CONTENT_TYPE], "image/png");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("sandbox"));
        assert!(headers[header::CACHE_CONTROL].to_str().unwrap().starts_with("private, max-age="));
    }
    for name in ["gone.png", "for-ever", "page.png", "drawing.svg", "large.png"] {
        let path = with_picture(&app, &format!("{host}/{name}")).await;
        let (status, headers, body) = picture(&app, &token, &path).await;
        assert_eq!((status, body.len()), (StatusCode::NOT_FOUND, 0), "{name}");
        assert!(headers[header::CACHE_CONTROL].to_str().unwrap().starts_with("private, max-age="));
    }
    let path = with_picture(&app, &format!("{host}/ada.png")).await;
    workspace::create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
    let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
    let before = asked.load(Ordering::Relaxed);
    assert_eq!(picture(&app, &eve, &path).await.0, StatusCode::NOT_FOUND);
    assert_eq!(picture(&app, "nobody", &path).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(asked.load(Ordering::Relaxed), before, "nothing is fetched for an outsider");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_picture_makes_the_server_call_its_own_network() {
    let app = TestApp::new(Engine::Sqlite).await;
    let (token, (host, asked)) = (ada(&app).await, host().await);
    for avatar in [
        format!("{host}/ada.png"),
        format!("{}/ada.png", host.replace("http:", "https:")),
        "https://169.254.169.254/latest/meta-data".into(),
        "https://localhost/ada.png".into(),
        "file:///etc/passwd".into(),
    ] {
        let path = with_picture(&app, &avatar).await;
        assert_eq!(picture(&app, &token, &path).await.0, StatusCode::NOT_FOUND, "{avatar}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}
