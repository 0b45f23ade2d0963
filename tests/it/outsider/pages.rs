//! Pages, as the application's own routes know them.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rapport::app::App;
use tower::ServiceExt as _;

use super::{MARK, first, outsiders, same};
use crate::on_both;
use crate::support::TestApp;

/// Every page: its route, an address of the first workspace, and the status that an outsider gets.
const PAGES: &[(&str, &str, u16)] = &[
    ("/inbox", "/inbox", 200),
    ("/inbox/:id", "/inbox/{conversation}", 404),
    ("/people", "/people?q={external}", 200),
    ("/notes", "/notes?find=zqxmark", 200),
    ("/segments", "/segments", 200),
    ("/segments/:id", "/segments/{segment}", 404),
    ("/outbound", "/outbound", 200),
    ("/outbound/:id", "/outbound/{message}", 404),
    ("/outbound/:id/why", "/outbound/{message}/why?person={contact}", 404),
    ("/outbound/:id/:which", "/outbound/{message}/sent", 404),
    ("/contacts/:id", "/contacts/{contact}", 404),
    ("/import", "/import", 200),
    ("/import/:id", "/import/{upload}", 404),
    ("/settings/install", "/settings/install", 200),
    ("/settings/messenger", "/settings/messenger", 200),
    ("/settings/workspace", "/settings/workspace", 200),
    ("/settings/team", "/settings/team", 200),
    ("/settings/teams", "/settings/teams", 200),
    ("/settings/health", "/settings/health", 200),
    ("/companies", "/companies", 200),
    ("/companies/:id", "/companies/{company}", 404),
    ("/companies/:id/message", "/companies/{company}/message?all=1", 404),
    ("/companies/:id/merge", "/companies/{company}/merge?into={other}", 404),
    ("/companies/:id/delete", "/companies/{company}/delete", 404),
    ("/settings/files", "/settings/files", 200),
    ("/settings/data", "/settings/data", 200),
    ("/settings/keys", "/settings/keys", 200),
    ("/settings/webhooks", "/settings/webhooks", 200),
    ("/settings/replies", "/settings/replies", 200),
    ("/settings/audit", "/settings/audit", 200),
    ("/settings/outbound", "/settings/outbound", 200),
    ("/settings/account", "/settings/account", 200),
    ("/settings/notifications", "/settings/notifications", 200),
    ("/*any", "/nowhere", 404),
    ("/sign-in", "/sign-in", 200),
    ("/sign-in/code", "/sign-in/code", 200),
    ("/forgot-password", "/forgot-password", 200),
    ("/reset-password/:token", "/reset-password/x", 404),
    ("/start", "/start", 303),
    ("/join/:token", "/join/x", 404),
];

/// Pages that nobody need sign in for; the first page leads on once there is a workspace.
const PUBLIC: [&str; 6] = [
    "/sign-in",
    "/sign-in/code",
    "/forgot-password",
    "/reset-password/:token",
    "/join/:token",
    "/start",
];

#[tokio::test]
async fn every_page_is_in_the_table() {
    let _ = any_spawner::Executor::init_tokio();
    use leptos::prelude::*;
    let routes = leptos_axum::generate_route_list(|| view! { <App /> });
    // axum's way to write a part that varies, in the words of the application's routes.
    let name = |path: &str| path.replace("{*", "*").replace('{', ":").replace('}', "");
    let there: BTreeSet<String> = routes.iter().map(|r| name(r.path())).collect();
    let known = PAGES.iter().map(|(route, ..)| (*route).to_owned());
    same(&there, &known.collect(), "tests/it/outsider/pages.rs");
}

on_both! {
    async fn pages_show_nothing_to_those_outside(app: TestApp) {
        let first = first::fill(&app).await;
        let outsiders = outsiders(&app).await;
        for (route, address, expected) in PAGES {
            let address = first.fill(address);
            let request = Request::get(&address).body(Body::empty()).unwrap();
            let (status, body) = app.send(request).await;
            if !PUBLIC.contains(route) {
                assert_eq!(status, StatusCode::SEE_OTHER, "nobody at {address}");
            }
            assert!(!String::from_utf8_lossy(&body).contains(MARK), "nobody at {address}");
            for (who, agent) in [(&outsiders.agent, true), (&outsiders.admin, false)] {
                let expected = if agent && *route == "/settings/audit" { 403 } else { *expected };
                let (status, body) = app.get(who, &address).await;
                let echo = address.contains(MARK);
                assert!(echo || !body.contains(MARK), "an outsider at {address}: {body}");
                assert!(!body.contains(&format!("{MARK} Grace")), "an outsider at {address}");
                assert_eq!(status.as_u16(), expected, "an outsider at {address}");
            }
            let (status, _) = app.get(&first.ada, &address).await;
            assert!(status.is_success() || PUBLIC.contains(route) || *route == "/*any", "Ada at {address}: {status}");
        }
    }

    async fn pages_run_only_the_scripts_that_they_came_with(app: TestApp) {
        let first = first::fill(&app).await;
        let mut nonces = BTreeSet::new();
        for (_, address, _) in PAGES {
            let request = Request::get(first.fill(address))
                .header(header::COOKIE, format!("rapport_session={}", first.ada))
                .body(Body::empty())
                .unwrap();
            let response = app.routes().oneshot(request).await.unwrap();
            if response.status().is_redirection() {
                continue;
            }
            let headers = response.headers().clone();
            let body = axum::body::to_bytes(response.into_body(), 10_000_000).await.unwrap();
            let body = String::from_utf8_lossy(&body).into_owned();
            let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            for part in ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"] {
                assert!(policy.contains(part), "{address}: {policy}");
            }
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
            let nonce = policy.split_once("'nonce-").unwrap().1.split('\'').next().unwrap();
            assert!(nonce.len() >= 16, "{nonce}");
            for tag in body.split("<script").skip(1) {
                let open = tag.split('>').next().unwrap();
                assert!(open.contains(&format!("nonce=\"{nonce}\"")), "{address}: <script{open}>");
            }
            assert!(!body.contains(" style=\""), "{address}: the policy refuses it");
            assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(headers["referrer-policy"], "same-origin");
            assert_eq!(headers[header::CACHE_CONTROL], "no-store");
            nonces.insert(nonce.to_owned());
        }
        assert!(nonces.len() > 15, "a nonce is used once");
    }
}
