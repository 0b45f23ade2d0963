//! Every other route, as the router itself knows them: the public APIs, files, the socket.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rapport::server::http::router;
use serde_json::{Value, json};

use super::dump::dump;
use super::{MARK, first, first_workspace, outsiders, same};
use crate::on_both;
use crate::support::{Engine, TestApp};

/// What another workspace's token gets.
#[derive(Clone, Copy, PartialEq)]
enum To {
    /// It names something of the first workspace: not found.
    Names,
    /// It speaks of the token's own workspace.
    Own,
}
use To::{Names, Own};

/// Every route of the REST API: method, route, address and body for the first workspace.
fn api() -> Vec<(&'static str, &'static str, &'static str, Value, To)> {
    let none = || Value::Null;
    vec![
        ("GET", "/me", "/me", none(), Own),
        ("GET", "/admins", "/admins", none(), Own),
        ("GET", "/admins/{id}", "/admins/{ada}", none(), Names),
        ("GET", "/contacts", "/contacts", none(), Own),
        ("POST", "/contacts", "/contacts", json!({"external_id": "own", "owner_id": "{ada}"}), Own),
        (
            "POST",
            "/contacts/search",
            "/contacts/search",
            json!({"query": {"field": "external_id", "operator": "=", "value": "{external}"}}),
            Own,
        ),
        (
            "POST",
            "/contacts/merge",
            "/contacts/merge",
            json!({"from": "{lead}", "into": "{person}"}),
            Names,
        ),
        (
            "GET",
            "/contacts/find_by_external_id/{id}",
            "/contacts/find_by_external_id/{external}",
            none(),
            Names,
        ),
        ("GET", "/contacts/{id}", "/contacts/{person}", none(), Names),
        ("PUT", "/contacts/{id}", "/contacts/{person}", json!({"phone": "+1 555"}), Names),
        ("GET", "/conversations", "/conversations", none(), Own),
        (
            "POST",
            "/conversations",
            "/conversations",
            json!({"from": {"type": "user", "id": "{person}"}, "body": "Hello"}),
            Names,
        ),
        (
            "POST",
            "/conversations/search",
            "/conversations/search",
            json!({"query": {"field": "id", "operator": "=", "value": "{conversation}"}}),
            Own,
        ),
        ("GET", "/conversations/{id}", "/conversations/{conversation}", none(), Names),
        (
            "POST",
            "/conversations/{id}/reply",
            "/conversations/{conversation}/reply",
            json!({"type": "admin", "admin_id": "{ada}", "message_type": "comment", "body": "Hello"}),
            Names,
        ),
        (
            "POST",
            "/conversations/{id}/parts",
            "/conversations/{conversation}/parts",
            json!({"type": "admin", "admin_id": "{ada}", "message_type": "close"}),
            Names,
        ),
        (
            "POST",
            "/conversations/{id}/tags",
            "/conversations/{conversation}/tags",
            json!({"id": "{tag}", "admin_id": "{ada}"}),
            Names,
        ),
        (
            "DELETE",
            "/conversations/{id}/tags/{tag}",
            "/conversations/{conversation}/tags/{tag}",
            none(),
            Names,
        ),
        (
            "POST",
            "/messages",
            "/messages",
            json!({"message_type": "in_app", "body": "Hello", "from": {"type": "admin", "id": "{ada}"}, "to": {"type": "user", "id": "{person}"}}),
            Names,
        ),
        ("GET", "/attachments/{id}", "/attachments/{attachment}", none(), Names),
        ("POST", "/contacts/{id}/archive", "/contacts/{person}/archive", none(), Names),
        ("POST", "/contacts/{id}/unarchive", "/contacts/{person}/unarchive", none(), Names),
        ("POST", "/contacts/{id}/block", "/contacts/{person}/block", none(), Names),
        ("GET", "/contacts/{id}/companies", "/contacts/{person}/companies", none(), Names),
        (
            "POST",
            "/contacts/{id}/companies",
            "/contacts/{person}/companies",
            json!({"id": "{company}"}),
            Names,
        ),
        (
            "DELETE",
            "/contacts/{id}/companies/{company}",
            "/contacts/{person}/companies/{company}",
            none(),
            Names,
        ),
        ("GET", "/contacts/{id}/notes", "/contacts/{person}/notes", none(), Names),
        (
            "POST",
            "/contacts/{id}/notes",
            "/contacts/{person}/notes",
            json!({"body": "Hello"}),
            Names,
        ),
        ("GET", "/contacts/{id}/tags", "/contacts/{person}/tags", none(), Names),
        ("POST", "/contacts/{id}/tags", "/contacts/{person}/tags", json!({"id": "{tag}"}), Names),
        ("DELETE", "/contacts/{id}/tags/{tag}", "/contacts/{person}/tags/{tag}", none(), Names),
        ("GET", "/webhooks", "/webhooks", none(), Own),
        ("POST", "/webhooks", "/webhooks", json!({"url": "https://hook.example/own"}), Own),
        ("GET", "/webhooks/{webhook}", "/webhooks/{webhook}", none(), Names),
        ("PUT", "/webhooks/{webhook}", "/webhooks/{webhook}", json!({"paused": true}), Names),
        ("DELETE", "/webhooks/{webhook}", "/webhooks/{webhook}", none(), Names),
        ("GET", "/segments", "/segments?include_count=true", none(), Own),
        (
            "POST",
            "/segments",
            "/segments",
            json!({"name": "Own", "rule": {"version": 1, "rule": {"all": []}}}),
            Own,
        ),
        (
            "POST",
            "/segments/preview",
            "/segments/preview",
            json!({"rule": {"version": 1, "rule": {"all": []}}}),
            Own,
        ),
        ("GET", "/segments/{segment}", "/segments/{segment}", none(), Names),
        ("PUT", "/segments/{segment}", "/segments/{segment}", json!({"name": "Mine"}), Names),
        (
            "GET",
            "/segments/{segment}/explain",
            "/segments/{segment}/explain?contact_id={person}",
            none(),
            Names,
        ),
        ("DELETE", "/segments/{segment}", "/segments/{segment}", none(), Names),
        ("GET", "/contacts/{id}/segments", "/contacts/{person}/segments", none(), Names),
        ("GET", "/companies/{id}/segments", "/companies/{company}/segments", none(), Names),
        ("GET", "/notes/{id}", "/notes/{note}", none(), Names),
        ("PUT", "/notes/{id}", "/notes/{note}", json!({"body": "Hello"}), Names),
        ("DELETE", "/notes/{id}", "/notes/{note}", none(), Names),
        ("GET", "/companies", "/companies", none(), Own),
        ("POST", "/companies", "/companies", json!({"company_id": "own"}), Own),
        ("POST", "/companies/list", "/companies/list", none(), Own),
        ("GET", "/companies/scroll", "/companies/scroll", none(), Own),
        ("GET", "/companies/{company}", "/companies/{company}", none(), Names),
        ("PUT", "/companies/{company}", "/companies/{company}", json!({"name": "Other"}), Names),
        ("GET", "/companies/{company}/contacts", "/companies/{company}/contacts", none(), Names),
        ("GET", "/companies/{company}/notes", "/companies/{company}/notes", none(), Names),
        (
            "POST",
            "/companies/{company}/notes",
            "/companies/{company}/notes",
            json!({"body": "Hello"}),
            Names,
        ),
        ("GET", "/events", "/events?type=user&intercom_user_id={person}", none(), Names),
        (
            "POST",
            "/events",
            "/events",
            json!({"event_name": "x", "created_at": 1_772_366_000, "id": "{person}"}),
            Names,
        ),
        (
            "POST",
            "/events/summaries",
            "/events/summaries",
            json!({"user_id": "{external}", "event_summaries": {"event_name": "x", "count": 1, "first": 1, "last": 2}}),
            Names,
        ),
        ("GET", "/tags", "/tags", none(), Own),
        ("POST", "/tags", "/tags", json!({"name": "own", "users": [{"id": "{person}"}]}), Names),
        ("GET", "/tags/{tag}", "/tags/{tag}", none(), Names),
        ("GET", "/outbound", "/outbound", none(), Own),
        (
            "POST",
            "/outbound",
            "/outbound",
            json!({"admin_id": "{ada}", "body": "Hello", "contacts": ["{person}"], "audience": "chosen"}),
            Own,
        ),
        ("GET", "/outbound/{message}", "/outbound/{message}", none(), Names),
        ("PUT", "/outbound/{message}", "/outbound/{message}", json!({"name": "Other"}), Names),
        (
            "GET",
            "/outbound/{message}/people",
            "/outbound/{message}/people?which=sent",
            none(),
            Names,
        ),
        (
            "POST",
            "/outbound/{message}/files",
            "/outbound/{message}/files?name=a.json",
            json!({"a": 1}),
            Names,
        ),
        (
            "DELETE",
            "/outbound/{message}/files/{file}",
            "/outbound/{message}/files/{message_file}",
            none(),
            Names,
        ),
        ("POST", "/outbound/{message}/{change}", "/outbound/{message}/stop", none(), Names),
        ("DELETE", "/outbound/{message}", "/outbound/{message}", none(), Names),
        ("GET", "/subscription_types", "/subscription_types", none(), Own),
        ("GET", "/contacts/{id}/subscriptions", "/contacts/{person}/subscriptions", none(), Names),
        (
            "POST",
            "/contacts/{id}/subscriptions",
            "/contacts/{person}/subscriptions",
            json!({"id": "{type}", "consent_type": "opt_out"}),
            Names,
        ),
        (
            "DELETE",
            "/contacts/{id}/subscriptions/{type}",
            "/contacts/{person}/subscriptions/{type}",
            none(),
            Names,
        ),
        ("GET", "/data_attributes", "/data_attributes", none(), Own),
        (
            "POST",
            "/data_attributes",
            "/data_attributes",
            json!({"name": "own", "model": "contact", "data_type": "string"}),
            Own,
        ),
        (
            "PUT",
            "/data_attributes/{id}",
            "/data_attributes/{attribute}",
            json!({"archived": true}),
            Names,
        ),
        ("DELETE", "/tags/{tag}", "/tags/{tag}", none(), Names),
        ("DELETE", "/companies/{company}", "/companies/{other}", none(), Names),
        ("DELETE", "/contacts/{id}", "/contacts/{person}", none(), Names),
    ]
}

/// Every route besides the REST API and the pages; `*` is any method. Tests below say what they give.
const OTHERS: [&str; 41] = [
    "GET /opened/{token}",
    "GET /led/{token}",
    "GET /unsubscribe/{token}",
    "POST /unsubscribe/{token}",
    "GET /healthz",
    "GET /manifest.webmanifest",
    "GET /sw.js",
    "GET /readyz",
    "GET /assets/{*path}",
    "* /do/{*path}",
    "POST /v1/{call}",
    "GET /contacts/{id}/export.json",
    "GET /contacts/{id}/picture",
    "GET /companies/export.csv",
    "GET /people/export.csv",
    "POST /attachments",
    "GET /attachments/{id}/{name}",
    "POST /inbox/say",
    "POST /inbox/start",
    "POST /notes/form",
    "POST /outbound/files",
    "POST /import/upload",
    "GET /import/{id}/rejected.csv",
    "GET /live",
    "POST /messenger/boot",
    "POST /messenger/ping",
    "POST /messenger/event",
    "POST /messenger/email",
    "POST /messenger/end",
    "GET /messenger/home",
    "GET /messenger/conversations",
    "POST /messenger/conversations",
    "GET /messenger/conversations/{id}",
    "POST /messenger/conversations/{id}",
    "POST /messenger/conversations/{id}/read",
    "POST /messenger/files",
    "GET /messenger/files/{id}",
    "GET /messenger/live",
    "GET /messenger/frame",
    "GET /messenger.js",
    "GET /demo/site",
];

/// The router's routes, read from what it says of itself.
fn routes(app: &TestApp) -> BTreeSet<String> {
    let said = format!("{:?}", router(app.state.clone()));
    let (handlers, paths) =
        said.split_once("node: Node { paths: {").expect("the router names its paths");
    let paths = paths.split("fallback_router").next().unwrap_or_default();
    let mut by_id: BTreeMap<&str, &str> = BTreeMap::new();
    for part in paths.split("RouteId(").skip(1) {
        let (id, rest) = part.split_once("): \"").unwrap_or_default();
        by_id.insert(id, rest.split('"').next().unwrap_or_default());
    }
    let mut all = BTreeSet::new();
    for part in handlers.split("RouteId(").skip(1) {
        let (id, rest) = part.split_once("): ").unwrap();
        let path = by_id[id];
        if path.contains("__private__") {
            continue;
        }
        match rest.split_once("allow_header: Bytes(b\"") {
            Some((_, methods)) => {
                let methods = methods.split('"').next().unwrap().split(',');
                all.extend(methods.filter(|m| *m != "HEAD").map(|m| format!("{m} {path}")));
            }
            None => {
                all.insert(format!("* {path}"));
            }
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_in_the_table() {
    let app = TestApp::new(Engine::Sqlite).await;
    // The API's own answer to what it does not know is asked below.
    let there: BTreeSet<String> = routes(&app)
        .into_iter()
        .filter(|r| !["* /", "* /api", "* /api/"].contains(&r.as_str()))
        .collect();
    assert!(there.len() > 40, "{there:?}");
    let of_api = api().into_iter().map(|(method, route, ..)| format!("{method} /api{route}"));
    let known = of_api.chain(OTHERS.map(str::to_owned)).collect();
    same(&there, &known, "tests/it/outsider/routes.rs");
}

async fn plain(
    app: &TestApp,
    method: &str,
    path: &str,
    token: Option<&str>,
    origin: Option<&str>,
) -> (StatusCode, String) {
    let mut request =
        Request::builder().method(method).uri(path).header(header::HOST, "rapport.example");
    if let Some(token) = token {
        request = request.header(header::COOKIE, format!("rapport_session={token}"));
    }
    if let Some(origin) = origin {
        request = request.header(header::ORIGIN, origin);
    }
    let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    let (status, body) = app.send(request.body(Body::from("--x--\r\n")).unwrap()).await;
    (status, String::from_utf8_lossy(&body).into_owned())
}

on_both! {
    async fn the_api_gives_nothing_to_another_workspace(app: TestApp) {
        let first = first::fill(&app).await;
        let outsiders = outsiders(&app).await;
        let workspace = first_workspace(&app).await;
        let before = dump(&app, workspace).await;
        for (method, route, path, body, to) in api() {
            let (path, body) = (first.fill(path), first.fill(&body.to_string()));
            let body: Value = serde_json::from_str(&body).unwrap();
            for wrong in ["", "rt_wrong", app.keys.write_key.as_str(), first.ada.as_str()] {
                let (status, said) = app.api_with(wrong, method, &path, body.clone()).await;
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {route}: {said}");
            }
            let (status, said) = app.api_with(&outsiders.api_token, method, &path, body).await;
            if to == Names {
                assert_eq!(status, StatusCode::NOT_FOUND, "{method} {route}: {said}");
            }
            assert!(!status.is_server_error() && !said.to_string().contains(MARK), "{method} {route}: {said}");
        }
        assert_eq!(before, dump(&app, workspace).await);
        let (status, _) = app.api_with(&outsiders.api_token, "GET", "/nothing", Value::Null).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }

    async fn the_api_takes_the_same_from_its_own_workspace(app: TestApp) {
        let first = first::fill(&app).await;
        for (method, route, path, body, _) in api() {
            // Two users are never merged, and a draft can only be started, which asks for a number.
            if ["/contacts/merge", "/outbound/{message}/{change}"].contains(&route) {
                continue;
            }
            let (path, body) = (first.fill(path), first.fill(&body.to_string()));
            let body = serde_json::from_str(&body).unwrap();
            let (status, said) = app.api(method, &path, body).await;
            assert!(status.is_success(), "{method} {route}: {status} {said}");
        }
    }

    async fn tracking_with_another_key_writes_elsewhere(app: TestApp) {
        let first = first::fill(&app).await;
        let outsiders = outsiders(&app).await;
        let workspace = first_workspace(&app).await;
        let before = dump(&app, workspace).await;
        let external = first.fill("{external}");
        let call = json!({"userId": external, "event": "x", "groupId": format!("{MARK}-g"), "previousId": format!("{MARK}-lead"), "name": "x", "traits": {"name": "Eve"}});
        for kind in ["identify", "track", "page", "screen", "group", "alias"] {
            for wrong in ["", "wk_wrong", app.keys.api_token.as_str(), outsiders.api_token.as_str()] {
                let (status, _) = app.call_with(wrong, kind, call.to_string().into_bytes()).await;
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{kind}");
            }
            let (status, said) = app.call_with(&outsiders.write_key, kind, call.to_string().into_bytes()).await;
            assert_eq!(status, StatusCode::OK, "{kind}: {said}");
        }
        assert_eq!(before, dump(&app, workspace).await, "the same ids are other people there");
    }

    async fn a_messenger_reaches_its_own_person_alone(app: TestApp) {
        let first = first::fill(&app).await;
        let outsiders = outsiders(&app).await;
        let workspace = first_workspace(&app).await;
        let theirs = app.text("select app_id from workspaces order by id desc limit 1").await;
        let call = async |method: &str, path: &str, token: &str, body: Value| {
            let request = Request::builder().method(method).uri(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
            let (status, said) = app.send(request.body(Body::from(body.to_string())).unwrap()).await;
            (status, String::from_utf8_lossy(&said).into_owned())
        };
        let before = dump(&app, workspace).await;
        let boot = json!({ "app_id": theirs, "visitor": first.fill("{external}"), "settings": { "user_id": first.fill("{external}") } });
        let (status, said) = call("POST", "/messenger/boot", "", boot).await;
        assert!(status == StatusCode::OK && !said.contains(&format!("{MARK} Grace")), "{said}");
        let token = serde_json::from_str::<Value>(&said).unwrap()["token"].as_str().unwrap().to_owned();
        let thread = first.fill("/messenger/conversations/{conversation}");
        let part = app.number("select id from parts order by id limit 1").await;
        for (method, path, body, own) in [
            ("GET", "/messenger/home", json!({}), true),
            ("POST", "/messenger/ping", json!({}), true),
            ("POST", "/messenger/event", json!({ "name": "x", "id": "x" }), true),
            ("POST", "/messenger/email", json!({ "email": "x@example.com" }), true),
            ("GET", "/messenger/conversations", json!({}), true),
            ("POST", "/messenger/conversations", json!({ "body": "x", "client_id": "x" }), true),
            ("GET", thread.as_str(), json!({}), false),
            ("POST", thread.as_str(), json!({ "body": "x", "client_id": "y" }), false),
            ("POST", &format!("{thread}/read"), json!({ "part": part }), false),
            ("POST", "/messenger/files?name=a.txt", json!({}), true),
            ("POST", &first.fill("/messenger/files?name=a.txt&conversation={conversation}"), json!({}), false),
            ("GET", "/messenger/files/1", json!({}), false),
        ] {
            for wrong in ["", "ms_wrong", first.ada.as_str(), outsiders.api_token.as_str()] {
                let (status, said) = call(method, path, wrong, body.clone()).await;
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}: {said}");
            }
            let (status, said) = call(method, path, &token, body).await;
            assert_eq!(status, if own { StatusCode::OK } else { StatusCode::NOT_FOUND }, "{method} {path}: {said}");
            assert!(!said.contains(&format!("{MARK} ")), "{method} {path}: {said}");
        }
        assert_eq!(call("POST", "/messenger/end", "ms_wrong", json!({})).await.0, StatusCode::OK, "ending nothing is no secret");
        for path in ["/messenger/frame?app_id=nobody", "/demo/site", "/messenger/live"] {
            let (status, body) = plain(&app, "GET", path, None, None).await;
            assert!(status.is_client_error() && !body.contains(MARK), "{path}: {status}");
        }
        assert_eq!(before, dump(&app, workspace).await);
    }

    async fn files_and_the_socket_want_a_teammate_of_the_workspace(app: TestApp) {
        let first = first::fill(&app).await;
        let outsiders = outsiders(&app).await;
        let workspace = first_workspace(&app).await;
        let before = dump(&app, workspace).await;
        let ours = Some("https://rapport.example");
        for path in ["/contacts/{contact}/export.json", "/contacts/{contact}/picture", "/import/{upload}/rejected.csv", "/attachments/{attachment}/x"] {
            let path = first.fill(path);
            assert_eq!(plain(&app, "GET", &path, None, ours).await.0, StatusCode::UNAUTHORIZED, "{path}");
            for who in [&outsiders.agent, &outsiders.admin] {
                let (status, body) = plain(&app, "GET", &path, Some(who), ours).await;
                assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
                assert!(!body.contains(MARK));
            }
        }
        let (status, body) = plain(&app, "GET", &first.fill("/contacts/{contact}/export.json"), Some(&first.ada), ours).await;
        assert!(status == StatusCode::OK && body.contains(MARK));
        let only = first.fill("/people/export.csv?only={contact}");
        for lists in ["/companies/export.csv", "/people/export.csv", &only] {
            assert_eq!(plain(&app, "GET", lists, None, ours).await.0, StatusCode::UNAUTHORIZED);
            for who in [&outsiders.agent, &outsiders.admin] {
                let (status, body) = plain(&app, "GET", lists, Some(who), ours).await;
                assert!(status == StatusCode::OK && body.lines().count() == 1 && !body.contains(MARK), "{body}");
            }
            let (_, body) = plain(&app, "GET", lists, Some(&first.ada), ours).await;
            assert!(body.contains(MARK), "{lists}: {body}");
        }
        assert_eq!(plain(&app, "POST", "/import/upload", None, ours).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(plain(&app, "POST", "/attachments", None, ours).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(plain(&app, "POST", "/inbox/say", None, ours).await.0, StatusCode::SEE_OTHER, "to the sign-in");
        for path in ["/import/upload", "/attachments", "/inbox/say", "/inbox/start", "/notes/form", "/outbound/files"] {
            for origin in [None, Some("null"), Some("https://evil.example")] {
                let (status, _) = plain(&app, "POST", path, Some(&first.ada), origin).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{path} from {origin:?}");
            }
        }
        for path in ["/healthz", "/readyz", "/manifest.webmanifest", "/assets/nothing.js"] {
            let (status, body) = plain(&app, "GET", path, None, None).await;
            assert!(!status.is_server_error() && !body.contains(MARK), "{path}");
        }
        for (token, origin) in [(None, ours), (Some(first.ada.as_str()), Some("https://evil.example")), (Some(first.ada.as_str()), None)] {
            let (status, _) = plain(&app, "GET", "/live", token, origin).await;
            assert!(status.is_client_error(), "{token:?} from {origin:?}: {status}");
        }
        assert_eq!(before, dump(&app, workspace).await);
    }
}
