//! Joining the team, roles, leaving, and one's own password.

use axum::http::StatusCode;
use rapport::error::Error;
use rapport::id::{TeammateId, WorkspaceId};
use rapport::server::db::Write;
use rapport::teammates::{self, Role, sign_in, viewer_of};
use serde_json::json;

use crate::on_both;
use crate::support::{NOON, TestApp, new_workspace};

const DAY: i64 = 24 * 60 * 60 * 1000;

async fn ada(app: &TestApp) -> (String, TeammateId) {
    let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
    let viewer = viewer_of(&app.state, &token).await.unwrap().unwrap();
    (token, viewer.id)
}

async fn write(app: &TestApp) -> Write<'_> {
    let workspace = WorkspaceId(app.number("select id from workspaces order by id limit 1").await);
    let ada = TeammateId(app.number("select id from teammates order by id limit 1").await);
    Write::begin(&app.state, workspace, ada).await.unwrap()
}

async fn invite(app: &TestApp, email: &str, role: Role) -> String {
    let mut w = write(app).await;
    let token = teammates::invite(&mut w, email, role).await.unwrap();
    w.commit().await.unwrap();
    token
}

on_both! {
    async fn an_invitation_is_accepted_once_and_by_its_link_alone(app: TestApp) {
        let token = invite(&app, "Grace@Example.com", Role::Agent).await;
        assert_eq!(app.number("select count(*) from invitations where token_hash like '%-%'").await, 0, "only a hash is kept");
        let invited = teammates::invited(&app.state, &token).await.unwrap();
        assert_eq!(invited, Some(("Analytical Engines".into(), "Grace@Example.com".into())));
        for (name, password) in [("", "long enough indeed"), ("Grace", "short")] {
            assert!(matches!(teammates::join(&app.state, &token, name, password).await, Err(Error::Invalid { .. })));
        }
        assert_eq!(teammates::join(&app.state, "nonsense", "Grace", "long enough indeed").await, Err(Error::NotFound));
        assert_eq!(teammates::join(&app.state, &token, "Grace", "long enough indeed").await, Ok("Grace@Example.com".into()));
        assert_eq!(teammates::join(&app.state, &token, "Eve", "long enough indeed").await, Err(Error::NotFound));
        let session = sign_in(&app.state, "grace@example.com", "long enough indeed").await.unwrap();
        let viewer = viewer_of(&app.state, &session).await.unwrap().unwrap();
        assert_eq!((viewer.name.as_str(), viewer.role), ("Grace", Role::Agent));
        for (path, form) in [("/do/invite", "email=x%40example.com&role=admin".to_owned()), ("/do/set_role", format!("teammate={}&role=admin", viewer.id)), ("/do/remove_teammate", format!("teammate={}&heir=0", viewer.id))] {
            let (status, _) = app.form(Some(&session), path, &form).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "an agent may not: {path}");
        }
    }

    async fn invitations_end_by_time_by_revoking_and_by_a_newer_one(app: TestApp) {
        let old = invite(&app, "grace@example.com", Role::Agent).await;
        let new = invite(&app, "grace@example.com", Role::Admin).await;
        assert_eq!(teammates::invited(&app.state, &old).await.unwrap(), None);
        let id = app.number("select id from invitations where revoked_at = 0").await;
        let (token, _) = ada(&app).await;
        let (status, _) = app.form(Some(&token), "/do/revoke_invitation", &format!("invitation={id}")).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(teammates::invited(&app.state, &new).await.unwrap(), None);
        let late = invite(&app, "grace@example.com", Role::Agent).await;
        app.pass(7 * DAY + 1);
        assert_eq!(teammates::invited(&app.state, &late).await.unwrap(), None);
        let mut w = write(&app).await;
        assert!(matches!(teammates::invite(&mut w, "ADA@example.com", Role::Agent).await, Err(Error::Conflict(_))));
        for bad in ["", "x", "a b@c.d", "@", "a@b@c"] {
            assert!(matches!(teammates::invite(&mut w, bad, Role::Agent).await, Err(Error::Invalid { .. })), "{bad}");
        }
    }

    async fn leaving_hands_over_what_one_held_and_ends_every_session(app: TestApp) {
        let (_, me) = ada(&app).await;
        let token = invite(&app, "grace@example.com", Role::Admin).await;
        teammates::join(&app.state, &token, "Grace", "long enough indeed").await.unwrap();
        let session = sign_in(&app.state, "grace@example.com", "long enough indeed").await.unwrap();
        let grace = viewer_of(&app.state, &session).await.unwrap().unwrap().id;
        app.call("identify", &json!({"userId": "u", "traits": {"name": "Customer"}})).await;
        let contact = app.number("select id from contacts").await;
        app.form(Some(&session), "/do/set_details", &format!("contact={contact}&name=Customer&email=&phone=&owner={grace}")).await;
        app.begin(Some(&session), &format!("contact={contact}&body=Hello&client_id=c")).await;
        let mut w = write(&app).await;
        teammates::remove(&mut w, grace, me).await.unwrap();
        w.commit().await.unwrap();
        assert_eq!(app.number("select owner_id from contacts").await, me.0);
        assert_eq!(app.number("select assignee_id from conversations").await, me.0);
        assert!(viewer_of(&app.state, &session).await.unwrap().is_none());
        assert!(sign_in(&app.state, "grace@example.com", "long enough indeed").await.is_err());
        let (token, _) = ada(&app).await;
        let conversation = app.number("select id from conversations").await;
        let (_, body) = app.get(&token, &format!("/do/conversation?id={conversation}")).await;
        assert!(body.contains("Grace"), "the name stays by what was written");
        assert!(!teammates::names(&mut app.state.db.read().await.unwrap(), WorkspaceId(app.number("select id from workspaces").await)).await.unwrap().iter().any(|(id, _)| *id == grace));
        let again = invite(&app, "grace@example.com", Role::Agent).await;
        assert!(teammates::join(&app.state, &again, "Grace", "long enough indeed").await.is_ok(), "the address is free again");
    }

    async fn somebody_stays_admin(app: TestApp) {
        let (_, me) = ada(&app).await;
        let mut w = write(&app).await;
        assert!(matches!(teammates::set_role(&mut w, me, Role::Agent).await, Err(Error::Conflict(_))));
        drop(w);
        let mut w = write(&app).await;
        assert!(matches!(teammates::remove(&mut w, me, TeammateId(0)).await, Err(Error::Conflict(_))));
        drop(w);
        assert_eq!(app.text("select role from teammates").await, "admin");
    }

    async fn a_password_is_changed_with_the_current_one_and_ends_other_sessions(app: TestApp) {
        let (here, _) = ada(&app).await;
        let (there, _) = ada(&app).await;
        let (status, _) = app.form(Some(&here), "/do/change_password", "current_password=wrong&new_password=another+long+one").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let (status, _) = app.form(Some(&here), "/do/change_password", "current_password=correct+horse+battery&new_password=short").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let (status, body) = app.form(Some(&here), "/do/change_password", "current_password=correct+horse+battery&new_password=another+long+one").await;
        assert!(status.is_success() || status.is_redirection(), "{body}");
        assert!(viewer_of(&app.state, &here).await.unwrap().is_some());
        assert!(viewer_of(&app.state, &there).await.unwrap().is_none());
        assert!(sign_in(&app.state, "ada@example.com", "correct horse battery").await.is_err());
        assert!(sign_in(&app.state, "ada@example.com", "another long one").await.is_ok());
        app.form(Some(&here), "/do/sign_out_everywhere", "").await;
        assert_eq!(app.number("select count(*) from teammate_sessions").await, 0);
    }

    async fn another_workspaces_team_is_out_of_reach(app: TestApp) {
        invite(&app, "grace@example.com", Role::Agent).await;
        let invitation = app.number("select id from invitations").await;
        let (_, me) = ada(&app).await;
        rapport::workspace::create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        for (path, form) in [("/do/revoke_invitation", format!("invitation={invitation}")), ("/do/set_role", format!("teammate={me}&role=agent")), ("/do/remove_teammate", format!("teammate={me}&heir=0"))] {
            let (status, _) = app.form(Some(&eve), path, &form).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            let (status, _) = app.form(None, path, &form).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
        }
        let (_, team) = app.get(&eve, "/do/team").await;
        assert!(!team.contains("ada@") && !team.contains("grace@"));
    }
}
