//! Notes with pictures by a form of the browser's own, as a page without a script sends it.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use rapport::teammates::sign_in;
use rapport::workspace::create;
use serde_json::json;
use tower::ServiceExt as _;

use crate::on_both;
use crate::support::{NOON, TestApp, new_workspace};

/// A picture of one pixel.
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

type Field<'a> = (&'a str, Option<&'a str>, &'a [u8]);

/// Sends the form; answers its status, where it leads, and the cookies of who goes there.
async fn write(
    app: &TestApp,
    token: Option<&str>,
    fields: &[Field<'_>],
) -> (StatusCode, String, String) {
    let mut body = Vec::new();
    for (name, file, bytes) in fields {
        let file = file.map(|f| format!("; filename=\"{f}\"")).unwrap_or_default();
        body.extend(
            format!("--XyZ\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n")
                .bytes(),
        );
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--XyZ--\r\n");
    let session = token.map(|token| format!("rapport_session={token}")).unwrap_or_default();
    let request = Request::post("/notes/form")
        .header(header::HOST, "rapport.example")
        .header(header::ORIGIN, "https://rapport.example")
        .header(header::REFERER, "https://rapport.example/contacts/1?view=facts")
        .header(header::COOKIE, &session)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=XyZ")
        .body(Body::from(body));
    let answer = app.routes().oneshot(request.unwrap()).await.unwrap();
    let said = |headers: &HeaderMap, name| {
        headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    };
    let cookie = said(answer.headers(), header::SET_COOKIE);
    let cookie = cookie.split(';').next().unwrap_or_default();
    let (to, cookies) = (said(answer.headers(), header::LOCATION), format!("{session}; {cookie}"));
    (answer.status(), to, cookies)
}

async fn page(app: &TestApp, path: &str, cookies: &str) -> String {
    let request = Request::get(path).header(header::COOKIE, cookies).body(Body::empty()).unwrap();
    String::from_utf8(app.send(request).await.1).unwrap()
}

on_both! {
    async fn a_note_and_its_pictures_come_in_one_form(app: TestApp) {
        app.call("identify", &json!({"userId": "u", "traits": {"name": "Grace"}})).await;
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let contact = app.number("select id from contacts").await;
        let owner = format!("contact-{contact}");
        let about = ("owner", None, owner.as_bytes());
        let (_, plain) = app.get(&ada, &format!("/contacts/{contact}")).await;
        assert!(plain.contains("formaction=\"/notes/form\"") && plain.contains("name=\"file\""), "the form takes files");

        let fields = [about, ("body", None, b"See this\r\n"), ("file", Some("a b.png"), PNG), ("file", Some(""), b""), ("file", Some("c.png"), PNG)];
        let (status, to, _) = write(&app, Some(&ada), &fields).await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/contacts/1?view=facts"), "back to where it was sent from");
        let body = app.text("select body from notes").await;
        assert!(body.starts_with("See this\n\n![a b](/attachments/") && body.contains("\n\n![c](/attachments/"), "{body}");
        let note = app.number("select id from notes").await;
        assert_eq!(app.number("select count(*) from attachments where part_id = (select id from notes)").await, 2);
        let (_, shown) = app.get(&ada, &format!("/contacts/{contact}")).await;
        assert!(shown.matches("<img src=\"/attachments/").count() >= 2, "{shown}");

        // Changing it merges by the version that the form began with.
        app.form(Some(&ada), "/do/edit_note", &format!("note={note}&version=1&body={}", rapport::ui::escape(&format!("{body}\nMore")))).await;
        let id = note.to_string();
        let again = body.replace("See this", "Look at this");
        let fields = [("note", None, id.as_bytes()), ("version", None, &b"1"[..]), ("body", None, again.as_bytes()), ("file", Some("d.png"), PNG)];
        assert_eq!(write(&app, Some(&ada), &fields).await.0, StatusCode::SEE_OTHER);
        let merged = app.text("select body from notes").await;
        assert!(merged.starts_with("Look at this") && merged.contains("More") && merged.contains("![d](/attachments/"), "{merged}");
        assert_eq!(app.number("select count(*) from attachments where part_id = (select id from notes)").await, 3);
    }

    async fn what_is_refused_is_said_and_the_text_is_there_again(app: TestApp) {
        app.call("identify", &json!({"userId": "u", "traits": {"name": "Grace"}})).await;
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let contact = app.number("select id from contacts").await;
        let (owner, profile) = (format!("contact-{contact}"), format!("/contacts/{contact}"));
        let about = ("owner", None, owner.as_bytes());
        let fields = [about, ("body", None, b"zqxtext"), ("file", Some("a.png"), PNG), ("file", Some("x.png"), b"<svg onload=alert(1)>")];
        let (status, _, cookies) = write(&app, Some(&ada), &fields).await;
        assert_eq!((status, app.number("select count(*) from notes").await), (StatusCode::SEE_OTHER, 0));
        let shown = page(&app, &profile, &cookies).await;
        assert!(shown.contains("takes pictures") && shown.contains("zqxtext") && shown.contains("![a](/attachments/"), "{shown}");
        assert_eq!(app.number("select count(*) from attachments where created_at > 0").await, 1, "the good one waits");
        let (_, _, cookies) = write(&app, Some(&ada), &[about, ("body", None, b" ")]).await;
        assert!(page(&app, &profile, &cookies).await.to_lowercase().contains("write something first"));

        app.form(Some(&ada), "/do/add_note", &format!("owner={owner}&body=there")).await;
        let note = app.number("select id from notes").await.to_string();
        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        let files = app.number("select count(*) from attachments").await;
        for home in [about, ("note", None, note.as_bytes()), ("note", None, &b"x"[..]), ("other", None, &b"x"[..])] {
            let fields = [home, ("version", None, b"1"), ("body", None, b"x"), ("file", Some("a.png"), PNG)];
            assert_eq!(write(&app, Some(&eve), &fields).await.0, StatusCode::NOT_FOUND, "{home:?}");
        }
        let (status, to, _) = write(&app, None, &[about, ("body", None, b"x")]).await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/sign-in"));
        assert_eq!(app.number("select count(*) from attachments").await, files, "nothing of theirs is kept");
        assert_eq!(app.text("select body from notes").await, "there");
    }

    async fn a_conversations_note_takes_its_pictures_in_the_form_as_well(app: TestApp) {
        app.call("identify", &json!({"userId": "u", "traits": {"name": "Grace"}})).await;
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let contact = app.number("select id from contacts").await;
        app.begin(Some(&ada), &format!("contact={contact}&body=Hello&client_id=c0")).await;
        let talk = app.number("select id from conversations").await;
        app.form(Some(&ada), "/do/say", &format!("conversation={talk}&kind=note&body=See+this&client_id=n")).await;
        let note = app.number("select id from parts where kind = 'note'").await;
        let (_, plain) = app.get(&ada, &format!("/inbox/{talk}")).await;
        assert!(plain.contains("formaction=\"/notes/form\"") && plain.contains("name=\"file\""), "the form takes files");
        app.form(Some(&ada), "/do/edit_note", &format!("note={note}&version=1&body=See+this+now")).await;
        let id = note.to_string();
        let of = ("note", None, id.as_bytes());
        let fields = [of, ("version", None, &b"1"[..]), ("body", None, b"Please see this"), ("file", Some("a.png"), PNG)];
        let (status, to, _) = write(&app, Some(&ada), &fields).await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/contacts/1?view=facts"), "back to where it was sent from");
        let merged = app.text("select body from parts where kind = 'note'").await;
        assert!(merged.starts_with("Please see this") && merged.contains(" now") && merged.contains("![a](/attachments/"), "{merged}");
        assert_eq!(app.number("select count(*) from attachments where conversation_id = 0 and part_id > 0").await, 1);
        let (_, shown) = app.get(&ada, &format!("/inbox/{talk}")).await;
        assert!(shown.contains("<img src=\"/attachments/"), "{shown}");

        let fields = [of, ("version", None, &b"3"[..]), ("body", None, b"zqxtext"), ("file", Some("x.png"), b"<svg onload=alert(1)>")];
        let (_, _, cookies) = write(&app, Some(&ada), &fields).await;
        let shown = page(&app, &format!("/inbox/{talk}"), &cookies).await;
        assert!(shown.contains("takes pictures") && shown.contains("zqxtext"), "it is said, and the text is there again: {shown}");
        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        let message = app.number("select min(id) from parts").await.to_string();
        for (token, id) in [(&eve, &id), (&ada, &message)] {
            let fields = [("note", None, id.as_bytes()), ("version", None, b"1"), ("body", None, b"x"), ("file", Some("a.png"), PNG)];
            assert_eq!(write(&app, Some(token), &fields).await.0, StatusCode::NOT_FOUND);
        }
        assert_eq!(app.text("select body from parts where kind = 'note'").await, merged);
    }
}
