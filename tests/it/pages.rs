//! Pages under load: each is answered whole, however many are asked for at once and whatever their parts wait for.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use futures::StreamExt as _;
use rapport::teammates;
use serde_json::json;

use crate::on_both;
use crate::support::TestApp;

/// Long enough for any machine: a page that waits for ever is what this looks for.
const LONG: Duration = Duration::from_secs(60);

on_both! {
    async fn every_page_is_answered_however_many_are_asked_for_at_once(app: TestApp) {
        app.call("identify", &json!({"userId": "u", "traits": {"name": "Grace Hopper", "plan": "pro"}})).await;
        app.call("group", &json!({"userId": "u", "groupId": "g", "traits": {"name": "US Navy"}})).await;
        app.call("track", &json!({"userId": "u", "event": "Ordered"})).await;
        let token = teammates::sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let (contact, company) = (app.number("select id from contacts").await, app.number("select id from companies").await);
        app.form(Some(&token), "/do/add_note", &format!("owner=company-{company}&body=Renews+in+May")).await;
        app.begin(Some(&token), &format!("contact={contact}&body=Hello&client_id=c")).await;
        let conversation = app.number("select id from conversations").await;
        let pages = [
            (format!("/contacts/{contact}"), "Grace Hopper"),
            (format!("/companies/{company}"), "Grace Hopper"),
            (format!("/companies/{company}?view=stream"), "Renews in May"),
            (format!("/inbox/{conversation}"), "US Navy"),
            ("/people".into(), "Grace Hopper"),
            ("/companies".into(), "US Navy"),
            ("/settings/install".into(), "Send data"),
        ];
        let asked = pages.iter().cycle().take(20 * pages.len()).map(async |(path, says)| {
            let answer = tokio::time::timeout(LONG, app.get(&token, path)).await;
            let (status, html) = answer.unwrap_or_else(|_| panic!("{path} was never answered"));
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(html.contains(says) && html.contains("</html>"), "{path} is not whole");
            assert!(!html.contains("class=\"skeleton\""), "{path} still waits for something");
        });
        futures::stream::iter(asked).buffer_unordered(12).collect::<Vec<_>>().await;
    }

    async fn what_is_not_there_is_said_in_the_same_words_everywhere(app: TestApp) {
        let token = teammates::sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        for (path, what) in [
            ("/outbound/999", "message"), ("/outbound/999/sent", "message"), ("/segments/999", "segment"), ("/companies/999", "company"),
            ("/companies/999/delete", "company"), ("/contacts/999", "person"), ("/inbox/999", "conversation"),
        ] {
            let (_, html) = app.get(&token, path).await;
            for words in [format!("empty-title\">No such {what}<"), format!("The link is old, or the {what} is in another workspace.")] {
                assert!(html.contains(&words), "{path}: {words}");
            }
            assert!(!html.contains("Try again"), "{path}: that would not help");
        }
    }

    async fn a_form_without_a_place_to_go_is_told_so_in_our_words(app: TestApp) {
        let token = teammates::sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        for (method, path) in [("GET", "/do/nothing"), ("POST", "/do/nothing"), ("POST", "/do/jobs"), ("GET", "/do/sign_out"), ("PUT", "/do/jobs")] {
            let ask = |accept: &str, token: Option<&str>| {
                let request = Request::builder().method(method).uri(path)
                    .header(header::HOST, "rapport.example")
                    .header(header::ORIGIN, "https://rapport.example")
                    .header(header::ACCEPT, accept);
                let request = match token {
                    Some(token) => request.header(header::COOKIE, format!("rapport_session={token}")),
                    None => request,
                };
                app.send(request.body(Body::empty()).unwrap())
            };
            let (status, page) = ask("text/html,*/*", Some(&token)).await;
            let page = String::from_utf8(page).unwrap();
            assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}");
            assert!(page.contains("There is no page here") && page.contains("</html>"), "{method} {path}: {page}");
            let (status, _) = ask("text/html,*/*", None).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{method} {path}: somebody signs in first");
            for token in [Some(token.as_str()), None] {
                let (status, body) = ask("application/json", token).await;
                assert_eq!((status, body.as_slice()), (StatusCode::NOT_FOUND, b"\"NotFound\"".as_slice()), "{method} {path}");
            }
        }
    }
}
