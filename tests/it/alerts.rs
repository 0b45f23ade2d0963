//! Being told: which news are for whom, quiet hours, and what the settings refuse.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use rapport::alerts::{About, Alerts, News, Place, Setup};
use rapport::conversations::{self, PartKind};
use rapport::id::{ContactId, ConversationId, TeammateId};
use rapport::server::db::Write;
use rapport::teammates::{self, Role, Viewer, sign_in, viewer_of};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::on_both;
use crate::support::{TestApp, new_workspace};

const PASSWORD: &str = "correct horse battery";
const HOUR: i64 = 3_600_000;

/// Ada, and Grace of the same team, with Ida, who writes to them.
struct Scene {
    ada: String,
    me: Viewer,
    grace: TeammateId,
    ida: ContactId,
}

async fn scene(app: &TestApp) -> Scene {
    let ada = sign_in(&app.state, "ada@example.com", PASSWORD).await.unwrap();
    let me = viewer_of(&app.state, &ada).await.unwrap().unwrap();
    let mut w = Write::begin(&app.state, me.workspace, me.id).await.unwrap();
    let link = teammates::invite(&mut w, "grace@example.com", Role::Agent).await.unwrap();
    w.commit().await.unwrap();
    teammates::join(&app.state, &link, "Grace Hopper", PASSWORD).await.unwrap();
    let grace = app.number("select id from teammates where name = 'Grace Hopper'").await;
    app.call("identify", &json!({"userId": "ida", "traits": {"name": "Ida Rhodes"}})).await;
    let ida = ContactId(app.number("select id from contacts").await);
    Scene { ada, me, grace: TeammateId(grace), ida }
}

async fn begin<'a>(app: &'a TestApp, scene: &Scene, actor: i64) -> Write<'a> {
    Write::begin(&app.state, scene.me.workspace, TeammateId(actor)).await.unwrap()
}

/// Ida writes; the conversation.
async fn writes(
    app: &TestApp,
    scene: &Scene,
    into: Option<ConversationId>,
    body: &str,
) -> ConversationId {
    let mut w = begin(app, scene, 0).await;
    let id = conversations::receive(&mut w, scene.ida, into, body, body).await.unwrap();
    w.commit().await.unwrap();
    id
}

async fn assign(app: &TestApp, scene: &Scene, id: ConversationId, to: TeammateId) {
    let mut w = begin(app, scene, scene.me.id.0).await;
    conversations::assign(&mut w, id, to).await.unwrap();
    w.commit().await.unwrap();
}

async fn news(app: &TestApp, token: &str, since: Option<i64>) -> News {
    let since = since.map(|n| format!("?since={n}")).unwrap_or_default();
    let (status, body) = app.get(token, &format!("/do/news{since}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

async fn choose(app: &TestApp, token: &str, form: &str) {
    let (status, body) = app.form(Some(token), "/do/set_alerts", form).await;
    assert!(status.is_success() || status.is_redirection(), "{status} {body}");
}

fn texts(news: &News) -> Vec<&str> {
    news.items.iter().map(|item| item.text.as_str()).collect()
}

on_both! {
    async fn each_is_told_of_what_they_chose_and_has_not_read(app: TestApp) {
        let scene = scene(&app).await;
        let ada = &scene.ada;
        let start = news(&app, ada, None).await;
        assert_eq!((start.unread, texts(&start)), (0, vec![]), "nothing is new without a number");
        let mine = writes(&app, &scene, None, "My *printer*\nburns").await;
        assign(&app, &scene, mine, scene.me.id).await;
        let hers = writes(&app, &scene, None, "Another thing").await;
        assign(&app, &scene, hers, scene.grace).await;
        let all = news(&app, ada, Some(start.seq)).await;
        assert_eq!(texts(&all), ["My printer burns", "Another thing"], "the oldest first");
        assert_eq!((all.items[0].title.as_str(), all.items[0].place), ("Ida Rhodes", Place::Conversation(mine)));
        assert_eq!((all.unread, all.sound, all.browser), (1, true, true), "hers is not Ada's to read");
        assert_eq!(texts(&news(&app, ada, Some(all.items[0].seq)).await), ["Another thing"]);
        assert_eq!(texts(&news(&app, ada, Some(all.seq)).await), [""; 0]);

        choose(&app, ada, "about=mine&browser=on&from=19:00&to=08:00").await;
        let own = news(&app, ada, Some(start.seq)).await;
        assert_eq!((texts(&own), own.sound, own.browser), (vec!["My printer burns"], false, true));
        choose(&app, ada, "about=nothing&sound=on&from=19:00&to=08:00").await;
        let none = news(&app, ada, Some(start.seq)).await;
        assert_eq!((texts(&none), none.unread), (vec![], 1), "what waits is counted all the same");
        choose(&app, ada, "about=inbox&from=19:00&to=08:00").await;
        assert_eq!(texts(&news(&app, ada, Some(start.seq)).await), [""; 0], "neither sound nor notification");
        choose(&app, ada, "about=inbox&sound=on&from=19:00&to=08:00").await;
        app.form(Some(ada), "/do/mark_read", &format!("conversation={mine}")).await;
        let read = news(&app, ada, Some(start.seq)).await;
        assert_eq!((texts(&read), read.unread), (vec!["Another thing"], 0), "it was read in another tab");

        let grace = sign_in(&app.state, "grace@example.com", PASSWORD).await.unwrap();
        let other = news(&app, &grace, Some(start.seq)).await;
        assert_eq!((other.items.len(), other.unread), (3, 1), "what Ada chose and read is hers");
        assert_eq!(other.items[2].title, "Ada Lovelace gave you a conversation with Ida Rhodes");
        assert_eq!(other.items[2].text, "Another thing");
        assign(&app, &scene, hers, scene.me.id).await;
        assert_eq!(news(&app, &grace, Some(start.seq)).await.items.len(), 2, "it is somebody else's by now");
    }

    async fn a_note_tells_whom_it_names_and_one_s_own_words_tell_nobody(app: TestApp) {
        let scene = scene(&app).await;
        let id = writes(&app, &scene, None, "Hello").await;
        assign(&app, &scene, id, scene.me.id).await;
        let start = news(&app, &scene.ada, None).await;
        let mut w = begin(&app, &scene, scene.grace.0).await;
        conversations::say(&mut w, id, PartKind::Note, "Not for you", "n1").await.unwrap();
        conversations::say(&mut w, id, PartKind::Note, "@Ada Lovelace, look", "n2").await.unwrap();
        conversations::say(&mut w, id, PartKind::Message, "Hello Ida", "n3").await.unwrap();
        w.commit().await.unwrap();
        choose(&app, &scene.ada, "about=mine&sound=on&from=19:00&to=08:00").await;
        let told = news(&app, &scene.ada, Some(start.seq)).await;
        assert_eq!(texts(&told), ["@Ada Lovelace, look"]);
        assert_eq!(told.items[0].title, "Grace Hopper named you, with Ida Rhodes");
        let grace = sign_in(&app.state, "grace@example.com", PASSWORD).await.unwrap();
        assert_eq!(texts(&news(&app, &grace, Some(start.seq)).await), [""; 0]);
    }

    async fn in_quiet_hours_nothing_is_told(app: TestApp) {
        let scene = scene(&app).await;
        let start = news(&app, &scene.ada, None).await;
        writes(&app, &scene, None, "Hello").await;
        // It is Sunday noon in UTC, the workspace's zone.
        let at = async |form: &str| {
            choose(&app, &scene.ada, &format!("about=inbox&sound=on&quiet=on&{form}")).await;
            news(&app, &scene.ada, Some(start.seq)).await.items.len()
        };
        assert_eq!(at("from=12:00&to=13:00&days[0]=6").await, 0);
        assert_eq!(at("from=12:00&to=13:00&days[0]=5").await, 1);
        assert_eq!(at("from=12:00&to=13:00&days[0]=6&time_zone=Asia/Tokyo").await, 1);
        assert_eq!(at("from=20:00&to=22:00&days[0]=6&time_zone=Asia/Tokyo").await, 0);
        assert_eq!(at("from=22:00&to=13:00&days[0]=5").await, 0, "Saturday's night");
        app.pass(HOUR);
        assert_eq!(at("from=22:00&to=13:00&days[0]=5").await, 1, "it is over");
    }

    async fn the_settings_are_kept_and_refuse_what_is_no_time(app: TestApp) {
        let scene = scene(&app).await;
        let ada = &scene.ada;
        let setup = async || -> Setup {
            let (_, body) = app.get(ada, "/do/alerts").await;
            serde_json::from_str(&body).unwrap()
        };
        let first = setup().await;
        assert_eq!((first.alerts, first.time_zone.as_str()), (Alerts::default(), "UTC"));
        assert!(first.zones.iter().any(|zone| zone == "Europe/Zurich"));
        choose(&app, ada, "about=mine&browser=on&quiet=on&from=22:15&to=06:45&days[0]=0&days[4]=4&time_zone=europe/zurich").await;
        let kept = setup().await.alerts;
        assert_eq!((kept.about, kept.sound, kept.browser), (About::Mine, false, true));
        assert_eq!((kept.quiet.from, kept.quiet.to, kept.quiet.on), (22 * 60 + 15, 6 * 60 + 45, true));
        assert_eq!(kept.quiet.days, [true, false, false, false, true, false, false]);
        assert_eq!(kept.quiet.time_zone, "Europe/Zurich");
        for (form, said) in [
            ("about=mine&from=25:00&to=06:00", "19:00"),
            ("about=mine&from=&to=06:00", "19:00"),
            ("about=mine&from=22:00&to=6", "19:00"),
            ("about=all&from=22:00&to=06:00", "what you are told of"),
            ("about=mine&quiet=on&from=22:00&to=06:00", "days"),
            ("about=mine&from=22:00&to=06:00&time_zone=Mars/Olympus", "time zone"),
        ] {
            let (status, body) = app.form(Some(ada), "/do/set_alerts", form).await;
            assert!(status == StatusCode::BAD_REQUEST && body.contains(said), "{form}: {status} {body}");
        }
        assert_eq!(setup().await.alerts, kept, "nothing was changed by them");
        rapport::workspace::create(&app.state.db, new_workspace("eve@example.com"), app.state.clock.now()).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", PASSWORD).await.unwrap();
        writes(&app, &scene, None, "Hello").await;
        let outside = news(&app, &eve, Some(0)).await;
        assert_eq!((outside.items.len(), outside.unread), (0, 0));
    }

    async fn the_manifest_says_what_is_installed(app: TestApp) {
        let request = axum::http::Request::get("/manifest.webmanifest").body(axum::body::Body::empty()).unwrap();
        let response = app.routes().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/manifest+json");
        let body = axum::body::to_bytes(response.into_body(), 100_000).await.unwrap();
        let manifest: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&manifest["start_url"], &manifest["display"]), (&json!("/inbox"), &json!("standalone")));
        let purposes: Vec<_> = manifest["icons"].as_array().unwrap().iter().map(|icon| icon["purpose"].as_str().unwrap()).collect();
        assert!(purposes.contains(&"maskable"), "{purposes:?}");
    }
}
