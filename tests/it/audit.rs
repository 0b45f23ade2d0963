//! The audit log.

use axum::http::StatusCode;
use rapport::audit::Page;
use rapport::teammates::{reset_password, sign_in};
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
        let page = read("who=&action=").await;
        let lines: Vec<_> = page.lines.iter().map(|l| (l.title.as_str(), l.detail.as_str(), l.actor.as_deref())).collect();
        assert_eq!(lines, [
            ("Invited a teammate", "grace@example.com, agent", Some("Ada Lovelace")),
            ("Made a key", "write key", Some("Ada Lovelace")),
        ], "what customers did is not among them");
        assert_eq!(read("who=&action=key_made").await.lines.len(), 1);
        assert_eq!(read("who=999999&action=").await.lines.len(), 0);
        for nonsense in ["who=&action=dance", "who=nobody", "who=0", "who=-1", "before=yesterday"] {
            let (status, body) = app.get(&ada, &format!("/do/audit?{nonsense}")).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{nonsense}: {body}");
        }
        assert_eq!(read("").await.lines.len(), 2, "what an address does not say asks for all");
        for _ in 0..60 {
            app.form(Some(&ada), "/do/make_key", "kind=api_token").await;
        }
        let first = read("who=&action=").await;
        let rest = read(&format!("who=&action=&before={}", first.older.unwrap())).await;
        assert_eq!((first.lines.len(), rest.lines.len(), rest.older), (50, 12, None));

        app.form(Some(&ada), "/do/make_team", "name=Billing").await;
        let team = app.number("select id from teams").await;
        app.form(Some(&ada), "/do/archive_team", &format!("team={team}&archived=true")).await;
        let done: Vec<_> = read("who=&action=").await.lines.into_iter().take(2).map(|l| (l.title, l.detail)).collect();
        let said = |title: &str| (title.to_owned(), "Billing".to_owned());
        assert_eq!(done, [said("Archived a team"), said("Made a team")]);

        let invitation = app.number("select id from invitations").await;
        app.form(Some(&ada), "/do/revoke_invitation", &format!("invitation={invitation}")).await;
        create(&app.state.db, new_workspace("bob@example.com"), NOON).await.unwrap();
        let mut c = app.state.db.begin().await.unwrap();
        let moved = "update teammates set workspace_id = (select min(id) from workspaces), name = 'Bob' where email = 'bob@example.com'";
        let done: Result<rapport::server::db::Changed, _> = rapport::run!(c, |x| sqlx::query(moved).execute(x));
        done.unwrap();
        c.commit().await.unwrap();
        let bob = app.number("select id from teammates where name = 'Bob'").await;
        app.form(Some(&ada), "/do/set_role", &format!("teammate={bob}&role=admin")).await;
        app.form(Some(&ada), "/do/remove_teammate", &format!("teammate={bob}&heir=0")).await;
        let done: Vec<_> = read("who=&action=").await.lines.into_iter().take(3).map(|l| (l.title, l.detail)).collect();
        let said = |title: &str, detail: &str| (title.to_owned(), detail.to_owned());
        assert_eq!(done, [
            said("Removed a teammate", "Bob"), said("Changed a role", "Bob, admin"), said("Took back an invitation", "grace@example.com"),
        ], "each says whose");

        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        let (_, theirs) = app.get(&eve, "/do/audit?who=&action=").await;
        assert!(!theirs.contains("grace"));
        let mut c = app.state.db.begin().await.unwrap();
        let done: Result<rapport::server::db::Changed, _> = rapport::run!(c, |x| sqlx::query("update teammates set role = 'agent'").execute(x));
        done.unwrap();
        c.commit().await.unwrap();
        let (status, _) = app.get(&ada, "/do/audit?who=&action=").await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    }

    async fn what_no_teammate_did_is_found_by_the_name_that_it_has(app: TestApp) {
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        app.form(Some(&ada), "/do/make_key", "kind=write_key").await;
        reset_password(&app.state, "ada@example.com", "another long one", false).await.unwrap();
        let ada = sign_in(&app.state, "ada@example.com", "another long one").await.unwrap();
        let titles = async |query: &str| {
            let (status, body) = app.get(&ada, &format!("/do/audit?{query}")).await;
            assert_eq!(status, StatusCode::OK, "{body}");
            let page: Page = serde_json::from_str(&body).unwrap();
            page.lines.into_iter().map(|line| line.title).collect::<Vec<_>>()
        };
        let id = app.number("select id from teammates").await;
        assert_eq!(titles("").await, ["Reset a password", "Made a key"]);
        assert_eq!(titles("who=operator").await, ["Reset a password"]);
        assert_eq!(titles(&format!("who={id}")).await, ["Made a key"]);
        assert!(titles("who=operator&action=key_made").await.is_empty());

        let page = async |query: &str| app.get(&ada, &format!("/settings/audit{query}")).await;
        let (status, body) = page("?who=operator").await;
        assert_eq!(status, StatusCode::OK);
        let (_, list) = body.split_once("aria-label=\"Changes\"").unwrap();
        assert!(list.contains("The operator") && list.contains("Reset a password"), "{list}");
        assert!(!list.contains("Made a key"), "{list}");
        let (status, body) = page("?who=999999").await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("Nothing found") && body.contains("Unknown teammate"), "{body}");
        for (nonsense, said) in [
            ("?who=grace", "Choose somebody from the list."),
            ("?action=dance", "Choose an action from the list."),
            ("?before=yesterday", "Follow a link of the list."),
        ] {
            let (status, body) = page(nonsense).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{nonsense}");
            assert!(body.contains(said) && body.contains("Show every change"), "{nonsense}: {body}");
            assert!(!body.contains("Made a key"), "{nonsense}: {body}");
        }
    }
}
