//! The first workspace of an installation, and its keys.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rapport::teammates::sign_in;

use crate::on_both;
use crate::support::TestApp;

const FORM: &str =
    "workspace=Engines&name=Ada&email=ada%40example.com&password=correct+horse+battery";

async fn empty(app: &TestApp) {
    let mut c = app.state.db.begin().await.unwrap();
    for sql in [
        "delete from workspaces",
        "delete from teammates",
        "delete from api_keys",
        "delete from workspace_seq",
    ] {
        let done: Result<rapport::server::db::Changed, _> =
            rapport::run!(c, |x| sqlx::query(sql).execute(x));
        done.unwrap();
    }
    c.commit().await.unwrap();
}

async fn leads_to(app: &TestApp, path: &str) -> Option<String> {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(app.routes(), request).await.unwrap();
    response.headers().get(header::LOCATION).map(|l| l.to_str().unwrap().to_owned())
}

on_both! {
    async fn an_empty_installation_begins_once(app: TestApp) {
        assert_eq!(leads_to(&app, "/start").await.as_deref(), Some("/sign-in"), "there is a workspace");
        let (status, _) = app.form(None, "/do/start", FORM).await;
        assert_eq!(status, StatusCode::CONFLICT);
        empty(&app).await;
        for path in ["/", "/people", "/sign-in"] {
            assert_eq!(leads_to(&app, path).await.as_deref(), Some("/start"), "{path}");
        }
        for bad in ["workspace=&name=Ada&email=a%40b.c&password=correct+horse", "workspace=x&name=Ada&email=nonsense&password=correct+horse", "workspace=x&name=Ada&email=a%40b.c&password=short"] {
            let (status, _) = app.form(None, "/do/start", bad).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{bad}");
        }
        let tries = (0..6).map(|n| {
            let form = FORM.replace("ada", &format!("ada{n}"));
            let app = &app;
            async move { app.form(None, "/do/start", &form).await.0 }
        });
        let answers = futures::future::join_all(tries).await;
        let made = answers.iter().filter(|s| s.is_success() || s.is_redirection()).count();
        assert_eq!(made, 1, "{answers:?}");
        assert_eq!(app.number("select count(*) from workspaces").await, 1);
        assert_eq!(app.number("select count(*) from teammates").await, 1);
        assert_eq!(leads_to(&app, "/start").await.as_deref(), Some("/sign-in"));
    }

    async fn a_key_is_made_by_admins_and_opens_what_it_is_for(app: TestApp) {
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let (status, _) = app.form(Some(&ada), "/do/make_key", "kind=write_key").await;
        assert!(status.is_success() || status.is_redirection());
        assert_eq!(app.number("select count(*) from api_keys where kind = 'write_key'").await, 2);
        assert_eq!(app.number("select count(*) from activity where kind = 'setting'").await, 1);
        let (status, _) = app.form(Some(&ada), "/do/make_key", "kind=master").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let mut c = app.state.db.begin().await.unwrap();
        let done: Result<rapport::server::db::Changed, _> = rapport::run!(c, |x| sqlx::query("update teammates set role = 'agent'").execute(x));
        done.unwrap();
        c.commit().await.unwrap();
        let (status, _) = app.form(Some(&ada), "/do/make_key", "kind=write_key").await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (_, before) = app.get(&ada, "/do/install_status").await;
        assert!(before.contains("\"received\":null"), "{before}");
        app.call("identify", &serde_json::json!({"userId": "u"})).await;
        let (_, after) = app.get(&ada, "/do/install_status").await;
        assert!(!after.contains("\"received\":null"), "{after}");
    }
}
