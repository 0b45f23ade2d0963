//! The audit log.

use axum::http::StatusCode;
use rapport::audit::Page;
use rapport::teammates::sign_in;
use rapport::workspace::create;

use crate::on_both;
use crate::support::{NOON, TestApp, new_workspace};

on_both! {
    async fn changes_of_the_workspace_are_read_by_its_admins_alone(app: TestApp) {
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        app.form(Some(&ada), "/do/make_key", "kind=write_key").await;
        app.form(Some(&ada), "/do/invite", "email=grace%40example.com&role=agent").await;
        app.call("track", &serde_json::json!({"userId": "u", "event": "x"})).await;
        let read = async |query: &str| {
            let (status, body) = app.get(&ada, &format!("/do/audit?{query}")).await;
            assert_eq!(status, StatusCode::OK, "{body}");
            serde_json::from_str::<Page>(&body).unwrap()
        };
        let page = read("who=0&action=").await;
        let lines: Vec<_> = page.lines.iter().map(|l| (l.title.as_str(), l.detail.as_str(), l.actor.as_deref())).collect();
        assert_eq!(lines, [
            ("Invited a teammate", "grace@example.com, agent", Some("Ada Lovelace")),
            ("Made a key", "write_key", Some("Ada Lovelace")),
        ], "what customers did is not among them");
        assert_eq!(read("who=0&action=key_made").await.lines.len(), 1);
        assert_eq!(read("who=999999&action=").await.lines.len(), 0);
        let (status, _) = app.get(&ada, "/do/audit?who=0&action=dance").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        for _ in 0..60 {
            app.form(Some(&ada), "/do/make_key", "kind=api_token").await;
        }
        let first = read("who=0&action=").await;
        let rest = read(&format!("who=0&action=&before={}", first.older.unwrap())).await;
        assert_eq!((first.lines.len(), rest.lines.len(), rest.older), (50, 12, None));

        app.form(Some(&ada), "/do/make_team", "name=Billing").await;
        let team = app.number("select id from teams").await;
        app.form(Some(&ada), "/do/archive_team", &format!("team={team}&archived=true")).await;
        let done: Vec<_> = read("who=0&action=").await.lines.into_iter().take(2).map(|l| (l.title, l.detail)).collect();
        let said = |title: &str| (title.to_owned(), "Billing".to_owned());
        assert_eq!(done, [said("Archived a team"), said("Made a team")]);

        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        let (_, theirs) = app.get(&eve, "/do/audit?who=0&action=").await;
        assert!(!theirs.contains("grace"));
        let mut c = app.state.db.begin().await.unwrap();
        let done: Result<rapport::server::db::Changed, _> = rapport::run!(c, |x| sqlx::query("update teammates set role = 'agent'").execute(x));
        done.unwrap();
        c.commit().await.unwrap();
        let (status, _) = app.get(&ada, "/do/audit?who=0&action=").await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    }
}
