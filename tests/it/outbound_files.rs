//! Files that come with a message: kept once, taken away while it is a draft, and read by those who got it alone.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rapport::id::MessageId;
use rapport::outbound::{FILES, Whom};
use serde_json::{Value, json};

use crate::attachments::{PNG, multipart, post};
use crate::companies::ada;
use crate::messenger::{boot, get, proved};
use crate::on_both;
use crate::outbound::{
    detail, draft, email, mailing, person, save, settle, tag, try_start, vip, write,
};
use crate::support::TestApp;

async fn attach(app: &TestApp, id: MessageId, files: &[(&str, &[u8])]) -> String {
    let token = ada(app).await;
    let id = id.to_string();
    let mut fields = vec![("id", None, id.as_bytes())];
    fields.extend(files.iter().map(|(name, bytes)| ("file", Some(*name), *bytes)));
    let (status, headers, _) = post(app, &token, FILES, multipart(&fields)).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(headers["location"], format!("/outbound/{id}").as_str());
    headers.get("set-cookie").map(|c| c.to_str().unwrap().to_owned()).unwrap_or_default()
}

async fn names(app: &TestApp, id: MessageId) -> Vec<String> {
    detail(app, id).await.files.into_iter().map(|file| file.name).collect()
}

on_both! {
    async fn files_come_with_it_in_the_messenger_and_are_kept_once(app: TestApp) {
        let rule = vip(&app).await;
        for id in ["grace", "alan", "bob"] {
            person(&app, id).await;
        }
        for id in ["grace", "alan"] {
            tag(&app, "users", id, "vip", true).await;
        }
        let token = ada(&app).await;
        let id = save(&app, &draft(Whom::All, rule, "Look")).await;
        attach(&app, id, &[("menu.txt", b"Soup"), ("picture.png", PNG), ("old.txt", b"Old")]).await;
        assert_eq!(names(&app, id).await, ["menu.txt", "picture.png", "old.txt"]);
        let old = detail(&app, id).await.files[2].id;
        let (status, said) = app.form(Some(&token), "/do/remove_message_file", &format!("id={id}&file={old}")).await;
        assert!(status.is_redirection() || status.is_success(), "{said}");
        assert_eq!(app.number("select count(*) from attachments").await, 2, "its bytes are gone too");
        let (_, page) = app.get(&token, &format!("/outbound/{id}")).await;
        assert!(page.contains("menu.txt") && page.contains("2 files") && page.contains("multipart/form-data"), "{page}");

        // What is too large together, or too many, is refused and nothing of it kept.
        let large = vec![b'x'; 6 * 1024 * 1024];
        attach(&app, id, &[("a.bin", &large)]).await;
        let refused = attach(&app, id, &[("b.bin", &large)]).await;
        assert!(!refused.is_empty(), "the page says why");
        assert_eq!(names(&app, id).await, ["menu.txt", "picture.png", "a.bin"]);
        // What is refused keeps none of the others away, and the page names it.
        let said = async |flash: &str| {
            let flash = flash.split(';').next().unwrap();
            let request = Request::get(format!("/outbound/{id}")).header(header::COOKIE, format!("rapport_session={token}; {flash}"));
            let (_, page) = app.send(request.body(Body::empty()).unwrap()).await;
            String::from_utf8(page).unwrap()
        };
        let page = said(&refused).await;
        assert!(page.contains("Not attached: b.bin (the files of a message may weigh 10 MB together. Link to what is larger)."), "{page}");
        let refused = attach(&app, id, &[("run.bat", b"x"), ("b.bin", &large), ("kept.txt", b"x"), ("empty.txt", b"")]).await;
        let page = said(&refused).await;
        for part in ["Not attached: run.bat (", "b.bin (the files of a message may weigh 10 MB together", "empty.txt ("] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert_eq!(names(&app, id).await, ["menu.txt", "picture.png", "a.bin", "kept.txt"]);
        let many: Vec<_> = (0..8).map(|n| (format!("{n}.txt"), b"x")).collect();
        let many: Vec<_> = many.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let page = said(&attach(&app, id, &many).await).await;
        assert!(page.contains("Not attached: 6.txt, 7.txt (attach at most 10 files)."), "{page}");
        assert_eq!(names(&app, id).await.len(), 10);

        let everybody = app.number("select max(people) from workspace_seq").await.to_string();
        try_start(&app, id, &everybody).await.unwrap();
        settle(&app).await;
        attach(&app, id, &[("late.txt", b"x")]).await;
        assert_eq!(names(&app, id).await.len(), 10, "it was started: its files stay");
        let file = detail(&app, id).await.files[0].id;
        for who in ["grace", "alan"] {
            let (theirs, _) = boot(&app, None, proved(&app, who)).await;
            let (_, home) = get(&app, "home", &theirs).await;
            let conversation = home["conversations"][0]["id"].clone();
            let (_, thread) = get(&app, &format!("conversations/{conversation}"), &theirs).await;
            let files = thread["parts"][0]["files"].as_array().unwrap();
            assert_eq!((files.len(), &files[0]["name"]), (10, &json!("menu.txt")), "{thread}");
            assert_eq!(get(&app, &format!("files/{file}"), &theirs).await.0, StatusCode::OK);
        }
        let (bobs, _) = boot(&app, None, proved(&app, "bob")).await;
        assert_eq!(get(&app, &format!("files/{file}"), &bobs).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.number("select count(*) from attachments").await, 10, "none is copied for each");
        let conversation = app.number("select min(id) from conversations").await;
        let (_, thread) = app.get(&token, &format!("/inbox/{conversation}")).await;
        assert!(thread.contains("menu.txt"), "the team sees what came with it");
        let (_, seen) = app.api("GET", &format!("/conversations/{conversation}"), Value::Null).await;
        assert!(seen.to_string().contains("menu.txt"), "{seen}");
        assert_eq!(app.get(&token, &format!("/attachments/{file}/menu.txt")).await.0, StatusCode::OK);
    }

    async fn by_email_they_are_parts_of_each_mail_and_of_tests_and_copies(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let rule = vip(&app).await;
        for id in ["grace", "alan"] {
            app.call("identify", &json!({"userId": id, "traits": {"email": format!("{id}@example.com")}})).await;
            tag(&app, "users", id, "vip", true).await;
        }
        let token = ada(&app).await;
        let id = save(&app, &email(Whom::All, rule, "Menu", "Look")).await;
        attach(&app, id, &[("menü.txt", b"Soup"), ("picture.png", PNG)]).await;
        let form = format!("id={id}&version=1&channel=email&subject=Menu&body=Look&act=test");
        app.form(Some(&token), "/do/save_message", &form).await;
        app.form(Some(&token), "/do/change_message", &format!("id={id}&change=duplicate")).await;
        let copy = MessageId(app.number("select max(id) from messages").await);
        assert_eq!(names(&app, copy).await, ["menü.txt", "picture.png"]);
        let everybody = app.number("select max(people) from workspace_seq").await.to_string();
        try_start(&app, id, &everybody).await.unwrap();
        settle(&app).await;
        let kept = smtp.kept();
        assert_eq!(kept.len(), 3, "the test and two");
        for mail in kept {
            // As it is: a line of base64 may end as one of quoted-printable goes on.
            let words = &mail.source;
            for part in ["multipart/mixed", "multipart/alternative", "picture.png", "image/png", "U291cA==", "Content-Disposition: attachment"] {
                assert!(words.contains(part), "{part}: {words}");
            }
        }
        // A draft that is deleted leaves none of its files.
        let before = app.number("select count(*) from attachments").await;
        app.form(Some(&token), "/do/change_message", &format!("id={copy}&change=delete")).await;
        assert_eq!(app.number("select count(*) from attachments").await, before - 2);
    }

    async fn programs_attach_and_take_away(app: TestApp) {
        let rule = vip(&app).await;
        let id = save(&app, &draft(Whom::Later, rule, "Look")).await;
        let path = format!("/outbound/{id}/files");
        let (status, made) = app.api("POST", &format!("{path}?name=a.json"), json!({"a": 1})).await;
        assert_eq!((status, &made["name"], &made["size"]), (StatusCode::OK, &json!("a.json"), &json!(7)), "{made}");
        let (_, whole) = app.api("GET", &format!("/outbound/{id}"), Value::Null).await;
        assert_eq!(whole["files"][0], made);
        assert_eq!(app.api("GET", &format!("/attachments/{}", made["id"].as_str().unwrap()), Value::Null).await.0, StatusCode::OK);
        let (status, said) = app.api("POST", &path, json!({"a": 1})).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{said}");
        let (status, said) = app.api("POST", &format!("{path}?name=empty"), Value::Null).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{said}");
        let file = format!("{path}/{}", made["id"].as_str().unwrap());
        assert_eq!(app.api("DELETE", &file, Value::Null).await.0, StatusCode::OK);
        assert_eq!(app.api("DELETE", &file, Value::Null).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.number("select count(*) from attachments").await, 0);
        let mut w = write(&app).await;
        rapport::outbound::delete(&mut w, id).await.unwrap();
        w.commit().await.unwrap();
        assert_eq!(app.api("POST", &format!("{path}?name=x"), json!(1)).await.0, StatusCode::NOT_FOUND);
    }
}
