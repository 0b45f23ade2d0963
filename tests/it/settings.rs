//! The settings of a workspace: data attributes, keys, name and time zone.

use axum::http::StatusCode;
use rapport::attributes::{Attribute, Attributes, DataType};
use rapport::id::WorkspaceId;
use rapport::server::db::Changed;
use rapport::teammates::sign_in;
use rapport::workspace::{Keys, identity_secrets};
use serde_json::{Value, json};

use crate::on_both;
use crate::support::{NOON, TestApp, new_workspace};

const MINUTE: i64 = 60_000;
const PASSWORD: &str = "correct horse battery";

async fn ada(app: &TestApp) -> String {
    sign_in(&app.state, "ada@example.com", PASSWORD).await.unwrap()
}

/// Everyone becomes an agent.
async fn demote(app: &TestApp) {
    let mut c = app.state.db.begin().await.unwrap();
    let done: Result<Changed, _> =
        rapport::run!(c, |x| sqlx::query("update teammates set role = 'agent'").execute(x));
    done.unwrap();
    c.commit().await.unwrap();
}

async fn attributes(app: &TestApp, token: &str) -> Vec<Attribute> {
    let (status, body) = app.get(token, "/do/attributes").await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str::<Attributes>(&body).unwrap().all
}

async fn keys(app: &TestApp, token: &str) -> Keys {
    serde_json::from_str(&app.get(token, "/do/keys").await.1).unwrap()
}

fn done(status: StatusCode) -> bool {
    status.is_success() || status.is_redirection()
}

on_both! {
    async fn attributes_are_listed_with_how_many_have_them(app: TestApp) {
        let ada = ada(&app).await;
        for n in 0..3 {
            app.call("identify", &json!({"userId": format!("u{n}"), "traits": {"mrr": n, "beta": true}})).await;
        }
        app.call("identify", &json!({"userId": "u0", "traits": {"beta": null}})).await;
        app.call("group", &json!({"userId": "u0", "groupId": "g", "traits": {"tier": "gold"}})).await;
        let all = attributes(&app, &ada).await;
        let seen: Vec<_> = all.iter().map(|a| (a.name.as_str(), a.data_type, a.count)).collect();
        assert_eq!(seen, [("beta", DataType::Boolean, 2), ("mrr", DataType::Integer, 3), ("tier", DataType::String, 1)]);
    }

    async fn an_attribute_is_made_and_described_by_admins(app: TestApp) {
        let ada = ada(&app).await;
        let make = async |form: &str| app.form(Some(&ada), "/do/make_attribute", form).await.0;
        assert!(done(make("subject=contact&name=+seats+&data_type=integer&description=Paid+seats").await));
        for bad in ["subject=contact&name=&data_type=integer&description=", "subject=contact&name=seats&data_type=string&description=",
            "subject=contact&name=email&data_type=string&description=", "subject=company&name=size&data_type=integer&description=",
            "subject=contact&name=a%0Ab&data_type=string&description=", "subject=planet&name=x&data_type=string&description="] {
            assert!(!done(make(bad).await), "{bad}");
        }
        assert!(!done(make(&format!("subject=contact&name=long&data_type=string&description={}", "x".repeat(1001))).await));
        let all = attributes(&app, &ada).await;
        assert_eq!(all.len(), 1, "nothing half-done");
        let id = all[0].id;
        assert_eq!((all[0].name.as_str(), all[0].description.as_str()), ("seats", "Paid seats"));
        let (status, body) = app.call("identify", &json!({"userId": "u", "traits": {"seats": "many"}})).await;
        assert_eq!((status, body["errors"][0]["field"].as_str()), (StatusCode::BAD_REQUEST, Some("traits.seats")));
        let (status, _) = app.form(Some(&ada), "/do/describe_attribute", &format!("attribute={id}&label=Seats&description=&ui=true")).await;
        assert!(done(status));
        let all = attributes(&app, &ada).await;
        assert_eq!((all[0].label.as_str(), all[0].api_writable, all[0].messenger_writable, all[0].ui_writable), ("Seats", false, false, true));
        let (status, _) = app.call("identify", &json!({"userId": "u", "traits": {"seats": 3}})).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "the product may not write it any more");
        app.call("identify", &json!({"userId": "u"})).await;
        let contact = app.number("select id from contacts").await;
        let (status, _) = app.form(Some(&ada), "/do/set_attribute", &format!("owner=contact-{contact}&name=seats&value=3")).await;
        assert!(done(status), "a teammate may");
        let (_, audit) = app.get(&ada, "/do/audit?who=&action=attribute_described").await;
        assert!(audit.contains("seats, contact"), "{audit}");
        demote(&app).await;
        for (path, form) in [("/do/make_attribute", "subject=contact&name=x&data_type=string&description=".to_owned()),
            ("/do/describe_attribute", format!("attribute={id}&label=&description=")), ("/do/archive_attribute", format!("attribute={id}&archived=true"))] {
            assert_eq!(app.form(Some(&ada), path, &form).await.0, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(attributes(&app, &ada).await.len(), 1, "an agent reads");
    }

    async fn an_archived_attribute_goes_and_comes_back_whole(app: TestApp) {
        let ada = ada(&app).await;
        app.call("identify", &json!({"userId": "u", "traits": {"mrr": 12, "plan": "pro"}})).await;
        let contact = app.number("select id from contacts").await;
        let id = attributes(&app, &ada).await.iter().find(|a| a.name == "mrr").unwrap().id;
        let shown = async |path: &str| app.get(&ada, path).await.1.contains("mrr");
        let profile = format!("/do/profile?id={contact}");
        let archive = async |archived: bool| app.form(Some(&ada), "/do/archive_attribute", &format!("attribute={id}&archived={archived}")).await.0;
        assert!(shown(&profile).await && shown("/do/people_options").await);
        app.form(Some(&ada), "/do/choose_columns", "of=contact&columns[0]=a:mrr").await;
        assert!(shown("/do/people?address=/people").await);
        assert!(done(archive(true).await));
        assert!(!shown(&profile).await && !shown("/do/people_options").await && !shown("/do/people?address=/people").await);
        let (status, _) = app.form(Some(&ada), "/do/set_attribute", &format!("owner=contact-{contact}&name=mrr&value=1")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "nobody writes what nobody sees");
        let (status, _) = app.call("identify", &json!({"userId": "u", "traits": {"mrr": 13}})).await;
        assert_eq!(status, StatusCode::OK, "the product need not know");
        assert!(done(archive(false).await));
        assert!(shown(&profile).await && shown("/do/people_options").await && shown("/do/people?address=/people").await);
        assert_eq!(app.text("select text from attribute_values v join attributes a on a.id = v.attribute_id where a.name = 'mrr'").await, "13");
        rapport::workspace::create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", PASSWORD).await.unwrap();
        assert_eq!(app.form(Some(&eve), "/do/archive_attribute", &format!("attribute={id}&archived=true")).await.0, StatusCode::NOT_FOUND);
        assert!(attributes(&app, &eve).await.is_empty());
    }

    async fn keys_are_named_noted_and_revoked(app: TestApp) {
        let ada = ada(&app).await;
        let before = keys(&app, &ada).await;
        assert_eq!(before.keys.len(), 2);
        assert!(before.keys.iter().all(|k| k.used.is_none()));
        let (status, _) = app.form(Some(&ada), "/do/make_key", "kind=api_token&name=Warehouse&page=keys").await;
        assert!(done(status));
        let (status, _) = app.form(Some(&ada), "/do/make_key", &format!("kind=api_token&name={}", "x".repeat(101))).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        app.pass(5 * MINUTE + 7_000);
        app.call("identify", &json!({"userId": "u"})).await;
        app.api("GET", "/me", Value::Null).await;
        let now = keys(&app, &ada).await;
        let seen: Vec<_> = now.keys.iter().map(|k| (k.kind.as_str(), k.name.as_str(), k.used.as_ref().map(|u| u.at.0 - NOON.0))).collect();
        assert_eq!(seen[0], ("api_token", "Warehouse", None));
        assert!(seen[1..].iter().all(|(.., used)| *used == Some(5 * MINUTE)), "to the minute: {seen:?}");
        assert_eq!(app.number("select max(last_used_at) from api_keys").await, 0, "no call waits for it");
        app.state.used.write(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from api_keys where last_used_at > 0").await, 2);
        let token = now.keys.iter().find(|k| k.kind == "api_token" && k.name.is_empty()).unwrap();
        assert_eq!(token.hint, app.keys.api_token[app.keys.api_token.len() - 4..]);
        let (status, body) = app.form(Some(&ada), "/do/revoke_key", &format!("key={}&confirm=nope", token.id)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(body.contains(&token.hint), "{body}");
        assert_eq!(app.api("GET", "/me", Value::Null).await.0, StatusCode::OK);
        rapport::workspace::create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", PASSWORD).await.unwrap();
        let form = format!("key={}&confirm={}", token.id, token.hint);
        assert_eq!(app.form(Some(&eve), "/do/revoke_key", &form).await.0, StatusCode::NOT_FOUND);
        assert!(done(app.form(Some(&ada), "/do/revoke_key", &form).await.0));
        assert_eq!(app.api("GET", "/me", Value::Null).await.0, StatusCode::UNAUTHORIZED, "at once");
        assert_eq!(app.form(Some(&ada), "/do/revoke_key", &form).await.0, StatusCode::NOT_FOUND);
        let (_, audit) = app.get(&ada, "/do/audit?who=&action=key_revoked").await;
        assert!(audit.contains(&token.hint), "{audit}");
    }

    async fn the_identity_secret_is_rolled_with_an_overlap(app: TestApp) {
        let ada = ada(&app).await;
        let workspace = WorkspaceId(app.number("select id from workspaces").await);
        let good = async || {
            let mut c = app.state.db.read().await.unwrap();
            identity_secrets(&mut c, workspace, app.state.clock.now()).await.unwrap()
        };
        let first = app.keys.identity_secret.clone();
        assert_eq!(good().await, [first.as_str()]);
        assert_eq!(keys(&app, &ada).await.identity.unwrap().secret, first);
        let roll = async |secret: &str| app.form(Some(&ada), "/do/roll_identity", &format!("confirm={}", &secret[secret.len() - 4..])).await.0;
        assert_eq!(roll("nope").await, StatusCode::BAD_REQUEST);
        assert!(done(roll(&first).await));
        let second = keys(&app, &ada).await.identity.unwrap();
        assert!(second.previous_until.is_some());
        assert_eq!(good().await, [second.secret.as_str(), first.as_str()]);
        app.pass(47 * 60 * MINUTE);
        assert_eq!(good().await.len(), 2);
        app.pass(2 * 60 * MINUTE);
        assert_eq!(good().await, [second.secret.as_str()]);
        assert!(done(roll(&second.secret).await));
        let third = keys(&app, &ada).await.identity.unwrap().secret;
        assert!(done(roll(&third).await));
        let now = good().await;
        assert!(now.len() == 2 && now[1] == third && !now.contains(&second.secret), "two rolls leave one behind");
        demote(&app).await;
        assert_eq!(roll(&now[0]).await, StatusCode::FORBIDDEN);
        let (_, body) = app.get(&ada, "/do/keys").await;
        assert!(!body.contains(&now[0]), "agents do not see it");
        let (_, page) = app.get(&ada, "/settings/keys").await;
        assert!(!page.contains(&now[0]) && page.contains("Only admins"));
    }

    async fn name_and_time_zone_change_for_everyone(app: TestApp) {
        let ada = ada(&app).await;
        let change = async |form: &str| app.form(Some(&ada), "/do/change_workspace", form).await.0;
        for bad in ["name=&time_zone=UTC", "name=Engines&time_zone=Nowhere%2FAtAll", "name=Engines&time_zone=", "name=a%00b&time_zone=UTC"] {
            assert_eq!(change(bad).await, StatusCode::BAD_REQUEST, "{bad}");
        }
        assert!(done(change("name=Difference+Engines&time_zone=asia%2Ftokyo").await));
        let (_, body) = app.get(&ada, "/do/workspace").await;
        assert!(body.contains("\"Difference Engines\"") && body.contains("\"time_zone\":\"Asia/Tokyo\""), "{}", &body[..200]);
        assert!(body.contains("\"Europe/Berlin\""), "every zone is offered");
        let viewer = rapport::teammates::viewer_of(&app.state, &ada).await.unwrap().unwrap();
        assert_eq!((viewer.workspace_name.as_str(), viewer.time_zone.as_str()), ("Difference Engines", "Asia/Tokyo"));
        assert!(done(change("name=Difference+Engines&time_zone=Asia%2FTokyo").await));
        assert_eq!(app.number("select count(*) from activity where data like '%workspace_changed%'").await, 1, "no change, no line");
        demote(&app).await;
        assert_eq!(change("name=x&time_zone=UTC").await, StatusCode::FORBIDDEN);
    }
}
