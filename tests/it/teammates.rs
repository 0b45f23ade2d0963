//! Signing in, and what it opens.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rapport::error::Error;
use rapport::teammates::{sign_in, sign_out, viewer_of};
use rapport::workspace::create;

use crate::on_both;
use crate::support::{NOON, TestApp, new_workspace};

on_both! {
    async fn a_session_opens_lasts_and_ends(app: TestApp) {
        let token = sign_in(&app.state, " ADA@example.com", "correct horse battery").await.unwrap();
        let viewer = viewer_of(&app.state, &token).await.unwrap().unwrap();
        assert_eq!((viewer.name.as_str(), viewer.workspace_name.as_str()), ("Ada Lovelace", "Analytical Engines"));
        assert!(viewer.role.can_configure());
        app.pass(29 * 24 * 60 * 60 * 1000);
        assert!(viewer_of(&app.state, &token).await.unwrap().is_some());
        app.pass(2 * 24 * 60 * 60 * 1000);
        assert!(viewer_of(&app.state, &token).await.unwrap().is_none(), "30 days are over");
        sign_out(&app.state, &token).await.unwrap();
        assert_eq!(app.number("select count(*) from teammate_sessions").await, 0);
    }

    async fn a_wrong_password_and_an_unknown_address_say_the_same(app: TestApp) {
        let wrong = sign_in(&app.state, "ada@example.com", "wrong").await.unwrap_err();
        let unknown = sign_in(&app.state, "nobody@example.com", "wrong").await.unwrap_err();
        assert_eq!(wrong, unknown);
        assert_eq!(app.number("select count(*) from teammate_sessions").await, 0);
    }

    async fn many_attempts_at_one_address_are_held_back(app: TestApp) {
        let mut held = false;
        for _ in 0..12 {
            held |= sign_in(&app.state, "ada@example.com", "wrong").await == Err(Error::TooMany);
        }
        assert!(held);
        let other = sign_in(&app.state, "grace@example.com", "wrong").await;
        assert_ne!(other, Err(Error::TooMany), "another address is not held");
    }

    async fn every_page_and_function_wants_a_teammate(app: TestApp) {
        for path in ["/people", "/contacts/1", "/", "/anything"] {
            let (status, _) = app.send(Request::get(path).body(Body::empty()).unwrap()).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{path}");
        }
        for path in ["/do/people?address=/people", "/do/profile?id=1", "/do/stream?owner=contact-1&limit=5"] {
            let (status, body) = app.send(Request::get(path).body(Body::empty()).unwrap()).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}: {}", String::from_utf8_lossy(&body));
        }
        for (path, form) in [("/do/add_tag", "owner=contact-1&name=x"), ("/do/remove_tag", "owner=contact-1&tag=1")] {
            let (status, _) = app.form(None, path, form).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
        }
        let (status, _) = app.send(Request::get("/live").body(Body::empty()).unwrap()).await;
        assert!(status.is_client_error());
    }

    async fn an_address_that_holds_pages_leads_to_the_first_of_them(app: TestApp) {
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        for (path, first) in [("/", "/people"), ("/contacts", "/people"), ("/settings", "/settings/install")] {
            let request = Request::get(path).header(header::COOKIE, format!("rapport_session={ada}"));
            let router = app.routes();
            let response = tower::ServiceExt::oneshot(router, request.body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(response.headers().get(header::LOCATION).unwrap(), first, "{path}");
        }
    }

    async fn a_write_from_another_site_is_refused(app: TestApp) {
        let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        for origin in [Some("https://evil.example"), Some("null"), None] {
            let mut request = Request::post("/do/sign_out")
                .header(header::HOST, "rapport.example")
                .header(header::COOKIE, format!("rapport_session={token}"));
            if let Some(origin) = origin {
                request = request.header(header::ORIGIN, origin);
            }
            let (status, _) = app.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{origin:?}");
        }
        assert!(viewer_of(&app.state, &token).await.unwrap().is_some());
    }

    async fn an_outsider_reaches_nothing(app: TestApp) {
        app.call("track", &serde_json::json!({"userId": "u", "event": "x"})).await;
        let contact = app.number("select id from contacts").await;
        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        for path in [format!("/do/profile?id={contact}"), format!("/do/stream?owner=contact-{contact}&limit=5"), format!("/contacts/{contact}")] {
            let (status, _) = app.get(&eve, &path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            let (status, _) = app.get(&ada, &path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
        }
        let (status, _) = app.form(Some(&eve), "/do/add_tag", &format!("owner=contact-{contact}&name=x")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_eq!(app.number("select count(*) from tags").await, 0, "nothing half-done");
        let (_, list) = app.get(&eve, "/do/people?address=/people").await;
        assert!(list.contains("\"total\":0"), "{list}");
    }
}
