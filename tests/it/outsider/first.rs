//! The first workspace, with one of everything.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rapport::attachments::{self, Uploader};
use rapport::id::{ConversationId, MessageId};
use rapport::outbound;
use rapport::teammates::{self, Role, sign_in, viewer_of};
use serde_json::{Value, json};

use super::MARK;
use crate::support::TestApp;

/// The numbers of what there is, by the names that the tables use.
pub struct First {
    pub ada: String,
    names: HashMap<&'static str, String>,
}

impl First {
    /// Puts the numbers where `{name}` stands.
    pub fn fill(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    }
}

/// Fills the first workspace.
pub async fn fill(app: &TestApp) -> First {
    let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
    // Another session of hers, to be ended.
    let other_browser =
        sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
    let viewer = viewer_of(&app.state, &ada).await.unwrap().unwrap();
    let marked = |what: &str| format!("{MARK} {what}");
    let traits = json!({"name": marked("Grace"), "email": format!("grace@{MARK}.example"), MARK: marked("value")});
    app.call("identify", &json!({"userId": format!("{MARK}-u"), "traits": traits})).await;
    app.call("track", &json!({"userId": format!("{MARK}-u"), "event": marked("event")})).await;
    app.call("group", &json!({"userId": format!("{MARK}-u"), "groupId": format!("{MARK}-g"), "traits": {"name": marked("Navy"), MARK: "x"}})).await;
    app.call("identify", &json!({"anonymousId": format!("{MARK}-lead")})).await;
    let form = async |path: &str, form: String| {
        let (status, body) = app.form(Some(&ada), path, &form).await;
        assert!(status.is_success() || status.is_redirection(), "{path} {form}: {status} {body}");
    };
    let contact = app.number("select id from contacts where role = 'user'").await.to_string();
    let company = app.number("select id from companies").await.to_string();
    let other = json!({"company_id": format!("{MARK}-g2"), "name": marked("Fleet")});
    let (_, other) = app.api("POST", "/companies", other).await;
    form("/do/add_tag", format!("owner=contact-{contact}&name={MARK}+tag")).await;
    form("/do/add_note", format!("owner=contact-{contact}&body={MARK}+note")).await;
    let hello = format!("contact={contact}&body={MARK}+hello&client_id={MARK}");
    let (_, leads) = app.begin(Some(&ada), &hello).await;
    assert!(leads.starts_with("/inbox/"), "{leads}");
    let conversation = app.number("select id from conversations").await;
    form(
        "/do/say",
        format!("conversation={conversation}&kind=note&body={MARK}+aside&client_id={MARK}-2"),
    )
    .await;
    form("/do/make_reply", format!("name={MARK}+reply&body={MARK}+words")).await;
    let name = format!("{MARK}.txt");
    let file = attachments::take(
        &app.state,
        viewer.workspace,
        Uploader::Teammate(viewer.id),
        ConversationId(conversation),
        &name,
        futures::stream::iter([Ok::<_, ()>(MARK.into())]),
    );
    let attachment = file.await.unwrap().id.to_string();
    form("/do/invite", format!("email=heir@{MARK}.example&role=agent")).await;
    form("/do/make_key", format!("kind=api_token&name={MARK}+key")).await;
    form("/do/add_webhook", format!("url=https://hook.{MARK}.example/")).await;
    let webhook = app.number("select id from webhooks").await.to_string();
    form("/do/ping_webhook", format!("webhook={webhook}")).await;
    form("/do/make_team", format!("name={MARK}+team")).await;
    let rule = "%7B%22version%22:1,%22rule%22:%7B%22all%22:[]%7D%7D";
    form("/do/save_segment", format!("of=contact&name={MARK}+segment&rule={rule}")).await;
    form(
        "/do/save_message",
        format!("name={MARK}+message&body={MARK}+words&whom=all&opt_out={MARK}+out"),
    )
    .await;
    let message = MessageId(app.number("select id from messages").await);
    let bytes = futures::stream::iter([Ok::<_, ()>(MARK.into())]);
    let workspace = viewer.workspace;
    let sent = outbound::attach_file(&app.state, workspace, viewer.id, message, &name, bytes);
    let message_file = sent.await.unwrap().id.to_string();
    form("/do/save_subscription_type", format!("name={MARK}+news&description={MARK}+about")).await;
    rapport::segments::run_due(&app.state).await.unwrap();
    form("/do/save_view", format!("query=find%3Dx&name={MARK}+view&shared=true")).await;
    let tag = app.number("select id from tags").await.to_string();
    let people =
        format!("of=contact&selected[0]={contact}&address=/people&name={MARK}+later&change=add");
    form("/do/tag_selected", people).await;
    let mut w =
        rapport::server::db::Write::begin(&app.state, viewer.workspace, viewer.id).await.unwrap();
    let link =
        teammates::invite(&mut w, &format!("agent@{MARK}.example"), Role::Agent).await.unwrap();
    w.commit().await.unwrap();
    teammates::join(&app.state, &link, &marked("Agent"), "correct horse battery").await.unwrap();
    let mut w =
        rapport::server::db::Write::begin(&app.state, viewer.workspace, viewer.id).await.unwrap();
    // The keys of the example in RFC 8291, 5.
    let keys = json!({"auth": "BTBZMqHH6r4Tts7J_aSIgg",
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"});
    let device = json!({"endpoint": format!("https://push.example/{MARK}"), "keys": keys});
    rapport::alerts::push::add(&mut w, &other_browser, MARK, &device.to_string()).await.unwrap();
    w.commit().await.unwrap();
    let (_, found) = app.api("GET", "/contacts", Value::Null).await;
    let hex = |role: &str| {
        let people = found["data"].as_array().unwrap();
        people.iter().find(|p| p["role"] == role).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let number = async |sql: &'static str| app.number(sql).await.to_string();
    let names = HashMap::from([
        ("person", hex("user")),
        ("lead", hex("lead")),
        ("external", format!("{MARK}-u")),
        ("ada", viewer.id.to_string()),
        ("agent", number("select max(id) from teammates").await),
        ("tag", tag),
        ("team", number("select id from teams").await),
        ("segment", number("select id from segments where builtin = ''").await),
        ("message", number("select id from messages").await),
        ("message_file", message_file),
        ("type", number("select id from subscription_types").await),
        ("view", number("select id from inbox_views").await),
        ("note", number("select id from notes").await),
        ("attachment", attachment),
        ("part", number("select id from parts where kind = 'note'").await),
        ("reply", number("select id from saved_replies").await),
        ("conversation", number("select id from conversations").await),
        ("attribute", number("select id from attributes where subject = 'contact'").await),
        ("invitation", number("select id from invitations where accepted_at = 0").await),
        ("webhook", webhook),
        ("told", number("select seq from webhook_deliveries").await),
        ("key", number("select id from api_keys where name <> ''").await),
        ("hint", app.text("select hint from api_keys where name <> ''").await),
        ("secret", app.keys.identity_secret[app.keys.identity_secret.len() - 4..].to_owned()),
        ("session", number("select max(id) from teammate_sessions").await),
        ("device", number("select id from push_devices").await),
        ("job", number("select id from jobs").await),
        ("upload", upload(app, &ada).await),
        ("contact", contact),
        ("company", company),
        ("other", other["id"].as_str().unwrap().to_owned()),
    ]);
    First { ada, names }
}

async fn upload(app: &TestApp, token: &str) -> String {
    let part = |name: &str, content: &str| {
        format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"{content}\r\n")
    };
    let file = format!("; filename=\"a.csv\"\r\n\r\nuser_id,{MARK}\nu-9,x\n");
    let body = part("kind", "\r\n\r\ncontacts") + &part("file", &file) + "--x--\r\n";
    let request = Request::post("/import/upload")
        .header(header::HOST, "rapport.example")
        .header(header::ORIGIN, "https://rapport.example")
        .header(header::COOKIE, format!("rapport_session={token}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .body(Body::from(body))
        .unwrap();
    let (status, _) = app.send(request).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let folder = std::fs::read_dir(app.folder.path().join("uploads")).unwrap();
    let mut names = folder.map(|f| f.unwrap().file_name().into_string().unwrap());
    names.find_map(|name| name.strip_suffix(".json").map(str::to_owned)).unwrap()
}
