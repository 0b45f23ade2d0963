//! Files: uploaded, sent, read by those who may, and gone with whom they are of.

use std::io::Write as _;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use rapport::attachments::{self, Attachment, Uploader};
use rapport::contacts;
use rapport::conversations::{self, Words};
use rapport::id::{ContactId, ConversationId, TeammateId, WorkspaceId};
use rapport::jobs;
use rapport::server::db::Write;
use rapport::teammates::sign_in;
use rapport::workspace::create;
use serde_json::json;
use tower::ServiceExt as _;

use crate::messenger::boot;
use crate::on_both;
use crate::support::{NOON, TestApp, new_workspace};

/// A picture of one pixel.
pub const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

/// A teammate, a person, and their conversation.
pub async fn begun(app: &TestApp) -> (String, i64, i64) {
    app.call("identify", &json!({"userId": "u", "traits": {"name": "Grace"}})).await;
    let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
    let contact = app.number("select id from contacts").await;
    app.begin(Some(&ada), &format!("contact={contact}&body=Hello&client_id=c0")).await;
    (ada, contact, app.number("select id from conversations").await)
}

pub fn multipart(fields: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
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
    body
}

pub async fn post(
    app: &TestApp,
    token: &str,
    path: &str,
    body: Vec<u8>,
) -> (StatusCode, HeaderMap, Vec<u8>) {
    let request = Request::post(path)
        .header(header::HOST, "rapport.example")
        .header(header::ORIGIN, "https://rapport.example")
        .header(header::COOKIE, format!("rapport_session={token}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=XyZ")
        .body(Body::from(body));
    let answer = app.routes().oneshot(request.unwrap()).await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    (status, headers, axum::body::to_bytes(answer.into_body(), 100_000_000).await.unwrap().to_vec())
}

/// Sends a file ahead, as the composer does.
pub async fn upload(
    app: &TestApp,
    token: &str,
    id: i64,
    name: &str,
    bytes: &[u8],
) -> (StatusCode, Option<Attachment>, String) {
    let id = id.to_string();
    let body = multipart(&[("conversation", None, id.as_bytes()), ("file", Some(name), bytes)]);
    let (status, _, body) = post(app, token, "/attachments", body).await;
    (status, serde_json::from_slice(&body).ok(), String::from_utf8(body).unwrap())
}

/// What the inbox says of the newest part of its first conversation.
async fn last(app: &TestApp, token: &str) -> String {
    let (_, body) = app.get(token, "/do/conversations?query=").await;
    serde_json::from_str::<conversations::Lines>(&body).unwrap().lines.swap_remove(0).last
}

/// A picture for a note that is there, or for one about somebody that is being written.
async fn into_note(
    app: &TestApp,
    token: &str,
    home: &str,
    id: &str,
    name: &str,
    bytes: &[u8],
) -> (StatusCode, Option<Attachment>) {
    let body = multipart(&[(home, None, id.as_bytes()), ("file", Some(name), bytes)]);
    let (status, _, body) = post(app, token, "/attachments", body).await;
    (status, serde_json::from_slice(&body).ok())
}

async fn html_of(app: &TestApp, token: &str, owner: &str) -> String {
    let (_, body) = app.get(token, &format!("/do/notes?owner={owner}")).await;
    let notes: rapport::notes::Notes = serde_json::from_str(&body).unwrap();
    notes.notes.into_iter().map(|note| note.html).collect()
}

async fn read(app: &TestApp, token: &str, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let request = Request::get(path).header(header::COOKIE, format!("rapport_session={token}"));
    let answer = app.routes().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    (status, headers, axum::body::to_bytes(answer.into_body(), 100_000_000).await.unwrap().to_vec())
}

/// Every file under the folder of the store.
pub fn on_disk(app: &TestApp) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        entries.map(|e| e.unwrap().path()).map(|p| if p.is_dir() { count(&p) } else { 1 }).sum()
    }
    count(&app.folder.path().join("files"))
}

async fn write(app: &TestApp) -> Write<'_> {
    let workspace = WorkspaceId(app.number("select id from workspaces order by id limit 1").await);
    let ada = TeammateId(app.number("select id from teammates order by id limit 1").await);
    Write::begin(&app.state, workspace, ada).await.unwrap()
}

on_both! {
    async fn a_file_waits_is_sent_and_is_read_by_the_workspace_alone(app: TestApp) {
        let (ada, _, id) = begun(&app).await;
        let (status, picture, body) = upload(&app, &ada, id, "../Ü \u{202e}x.png", PNG).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let picture = picture.unwrap();
        assert_eq!((picture.name.as_str(), picture.width, picture.height), ("Ü x.png", 1, 1));
        let (_, page, body) = upload(&app, &ada, id, "page.html", b"<script>alert(1)</script>").await;
        let page = page.unwrap_or_else(|| panic!("{body}"));

        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        assert_eq!(read(&app, &eve, &picture.href()).await.0, StatusCode::NOT_FOUND);
        assert_eq!(upload(&app, &eve, id, "x", b"x").await.0, StatusCode::NOT_FOUND);
        assert_eq!(read(&app, "nobody", &picture.href()).await.0, StatusCode::UNAUTHORIZED);

        let form = format!("conversation={id}&kind=message&client_id=c1&files={},{}", picture.id, page.id);
        let (status, body) = app.form(Some(&ada), "/do/say", &form).await;
        assert_eq!(status, StatusCode::OK, "words are not needed beside files: {body}");
        let (_, thread) = app.get(&ada, &format!("/do/conversation?id={id}")).await;
        let thread: conversations::Thread = serde_json::from_str(&thread).unwrap();
        assert_eq!(thread.parts.parts[1].files.len(), 2);
        assert!(thread.unsent.is_empty());
        assert_eq!(last(&app, &ada).await, "Ü x.png", "a list says what was sent where nothing was written");

        let (status, headers, bytes) = read(&app, &ada, &picture.href()).await;
        assert_eq!((status, bytes.as_slice()), (StatusCode::OK, PNG));
        assert_eq!(headers[header::CONTENT_TYPE], "image/png");
        assert!(headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("inline;"));
        let (_, headers, _) = read(&app, &ada, &page.href()).await;
        assert_eq!(headers[header::CONTENT_TYPE], "text/html");
        assert!(headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment;"));
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("sandbox"));
        assert_eq!(read(&app, &eve, &page.href()).await.0, StatusCode::NOT_FOUND);
        let again = format!("conversation={id}&kind=message&body=x&client_id=c2&files={}", page.id);
        assert_eq!(app.form(Some(&ada), "/do/say", &again).await.0, StatusCode::BAD_REQUEST, "a file is sent once");
        assert_eq!(app.number("select count(*) from parts").await, 2, "and nothing is said without it");
        app.form(Some(&ada), "/do/say", &format!("conversation={id}&kind=message&client_id=c9&body=**Look**%20at%20%5Bit%5D(https://x.example)")).await;
        assert_eq!(last(&app, &ada).await, "Look at it", "and what was written without its signs");
    }

    async fn files_stand_as_they_were_chosen_whichever_was_there_first(app: TestApp) {
        let (ada, _, id) = begun(&app).await;
        let names = |part: &conversations::Part| part.files.iter().map(|f| f.name.clone()).collect::<Vec<_>>();
        let thread = async || {
            let (_, thread) = app.get(&ada, &format!("/do/conversation?id={id}")).await;
            serde_json::from_str::<conversations::Thread>(&thread).unwrap().parts.parts
        };
        for (n, kind) in ["message", "note"].into_iter().enumerate() {
            let mut there = Vec::new();
            for name in ["second.txt", "third.txt", "first.txt"] {
                there.push(upload(&app, &ada, id, name, b"x").await.1.unwrap().id);
            }
            // One that is named twice is sent once.
            let chosen = format!("{},{},{},{}", there[2], there[0], there[1], there[2]);
            let form = format!("conversation={id}&kind={kind}&client_id=c{}&files={chosen}", n + 1);
            let (status, body) = app.form(Some(&ada), "/do/say", &form).await;
            assert_eq!(status, StatusCode::OK, "{body}");
            assert_eq!(names(&thread().await[n + 1]), ["first.txt", "second.txt", "third.txt"], "{kind}");
            assert_eq!(last(&app, &ada).await, "first.txt", "{kind}");
        }
        // A note that comes back has them as before.
        let note = app.number("select max(id) from parts").await;
        let ends = format!("conversation={id}&part={note}");
        for path in ["/do/delete_part", "/do/restore_part"] {
            assert_eq!(app.form(Some(&ada), path, &ends).await.0, StatusCode::OK, "{path}");
        }
        assert_eq!(names(&thread().await[2]), ["first.txt", "second.txt", "third.txt"]);

        // A customer's too, in the Messenger, in the inbox and for programs.
        let (token, _) = boot(&app, None, crate::messenger::proved(&app, "u")).await;
        let mut there = Vec::new();
        for name in ["b.txt", "a.txt"] {
            let (status, file) = crate::messenger::post(&app, &format!("files?name={name}&conversation={id}"), &token, json!({})).await;
            assert_eq!(status, StatusCode::OK, "{file}");
            there.push(file["id"].clone());
        }
        let sent = json!({ "body": "", "client_id": "m", "files": [there[1], there[0], there[1]] });
        let (status, body) = crate::messenger::post(&app, &format!("conversations/{id}"), &token, sent).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert_eq!(names(&thread().await[3]), ["a.txt", "b.txt"]);
        let (_, theirs) = crate::messenger::get(&app, &format!("conversations/{id}"), &token).await;
        let said = theirs["parts"].as_array().unwrap();
        let of = |part: &serde_json::Value| part["files"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect::<Vec<_>>().join(" ");
        assert_eq!(said.iter().map(of).collect::<Vec<_>>(), ["", "first.txt second.txt third.txt", "a.txt b.txt"]);
        assert_eq!(crate::messenger::get(&app, "home", &token).await.1["conversations"][0]["text"], "a.txt");
        let (_, shape) = app.api("GET", &format!("/conversations/{id}"), json!({})).await;
        let part = shape["conversation_parts"]["conversation_parts"].as_array().unwrap().iter().rfind(|p| p["author"]["type"] == "user").unwrap();
        assert_eq!((part["attachments"][0]["name"].as_str(), part["attachments"][1]["name"].as_str()), (Some("a.txt"), Some("b.txt")));
    }

    async fn what_is_too_large_empty_or_broken_off_leaves_nothing(app: TestApp) {
        let (ada, _, id) = begun(&app).await;
        let (status, _, body) = upload(&app, &ada, id, "big.bin", &vec![7; 25 * 1024 * 1024 + 1]).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(body.contains("larger than 25 MB"), "{body}");
        assert_eq!(upload(&app, &ada, id, "empty", b"").await.0, StatusCode::BAD_REQUEST);
        let mut cut = multipart(&[("conversation", None, id.to_string().as_bytes()), ("file", Some("x"), &[1; 5000])]);
        cut.truncate(2000);
        assert!(!post(&app, &ada, "/attachments", cut).await.0.is_success());
        assert_eq!(app.number("select count(*) from attachments").await, 0);
        assert_eq!(on_disk(&app), 0);
        // A picture that would need gigabytes is kept as the file that it is, and never unpacked.
        let mut bomb = PNG.to_vec();
        bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        let (_, bomb, _) = upload(&app, &ada, id, "bomb.png", &bomb).await;
        assert!(!bomb.unwrap().is_picture());
        for n in 0..29 {
            assert_eq!(upload(&app, &ada, id, &format!("{n}"), b"x").await.0, StatusCode::OK);
        }
        assert_eq!(upload(&app, &ada, id, "one more", b"x").await.0, StatusCode::CONFLICT);
    }

    async fn what_grows_when_it_is_opened_is_kept_as_it_came_and_opened_nowhere(app: TestApp) {
        let (ada, _, id) = begun(&app).await;
        // A hundred megabytes of nothing in a hundred kilobytes, and pictures that would take gigabytes to draw.
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        for _ in 0..100 {
            packed.write_all(&vec![0; 1_000_000]).unwrap();
        }
        let bomb = packed.finish().unwrap();
        assert!(bomb.len() < 200_000);
        let mut zip = b"PK\x03\x04".to_vec();
        zip.extend(&bomb);
        let mut picture = PNG.to_vec();
        picture[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let mut gif = b"GIF89a\xff\xff\xff\xff\0\0\0".to_vec();
        gif.extend([0; 64]);
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><!DOCTYPE x [<!ENTITY a 'aaaaaaaa'>]></svg>";
        for (name, bytes) in [("a.gz", &bomb[..]), ("42.zip", &zip[..]), ("sky.png", &picture[..]), ("b.gif", &gif[..]), ("c.svg", &svg[..])] {
            let (status, file, body) = upload(&app, &ada, id, name, bytes).await;
            assert_eq!(status, StatusCode::OK, "{name}: {body}");
            let file = file.unwrap();
            assert_eq!((file.size, file.is_picture()), (bytes.len() as i64, false), "{name}");
            let (status, headers, same) = read(&app, &ada, &file.href()).await;
            assert_eq!(status, StatusCode::OK);
            assert!(same == bytes, "{name} is what it was");
            assert!(headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment;"), "{name} is saved, not shown");
            assert!(!headers.contains_key(header::CONTENT_ENCODING), "{name} is not opened by the browser either");
            assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        }
        assert!(attachments::unsent(&mut app.state.db.read().await.unwrap(), WorkspaceId(app.number("select id from workspaces").await), Uploader::Teammate(TeammateId(app.number("select id from teammates").await)), ConversationId(id)).await.unwrap().len() == 5);
        let page = app.get(&ada, &format!("/inbox/{id}")).await.1;
        assert!(!page.contains("<img src=\"/attachments"), "no page draws them");

        // A customer's, said to be packed: nobody opens it on the way in.
        let (token, _) = boot(&app, None, json!({})).await;
        let request = Request::post("/messenger/files?name=x.gz").header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_ENCODING, "gzip").body(Body::from(bomb.clone())).unwrap();
        let (status, answer) = app.send(request).await;
        assert_eq!(status, StatusCode::OK);
        let file: Attachment = serde_json::from_slice(&answer).unwrap();
        assert_eq!(file.size, bomb.len() as i64);
        // And what is no file at all is not opened to see what it says.
        let request = Request::post("/messenger/conversations").header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json").header(header::CONTENT_ENCODING, "gzip").body(Body::from(bomb)).unwrap();
        assert!(app.send(request).await.0.is_client_error());
    }

    async fn a_note_may_be_left_with_its_file_alone(app: TestApp) {
        let (ada, _, id) = begun(&app).await;
        let file = upload(&app, &ada, id, "plan.csv", b"1,2").await.1.unwrap();
        let form = format!("conversation={id}&kind=note&body=See+this&client_id=n&files={}", file.id);
        assert_eq!(app.form(Some(&ada), "/do/say", &form).await.0, StatusCode::OK);
        let part = app.number("select max(id) from parts").await;
        let edit = |part: i64| format!("note={part}&version=1&body=+");
        assert_eq!(app.form(Some(&ada), "/do/edit_note", &edit(part)).await.0, StatusCode::OK);
        assert_eq!(app.text("select body from parts where kind = 'note'").await, "");
        let fields = async || {
            let page = app.get(&ada, &format!("/inbox/{id}")).await.1;
            let fields = page.split("aria-label=\"Text of the note\"").skip(1);
            fields.map(|field| field.split('>').next().unwrap().contains("required")).collect::<Vec<_>>()
        };
        assert_eq!(fields().await, [false], "the page asks for no words either");
        assert_eq!(read(&app, &ada, &file.href()).await.0, StatusCode::OK);
        app.form(Some(&ada), "/do/say", &format!("conversation={id}&kind=note&body=Words&client_id=n2")).await;
        let words = app.number("select max(id) from parts").await;
        assert_eq!(app.form(Some(&ada), "/do/edit_note", &edit(words)).await.0, StatusCode::BAD_REQUEST, "words alone are no nothing");
        assert_eq!(fields().await, [false, true]);
    }

    async fn what_is_not_sent_is_taken_away_or_swept_after_a_day(app: TestApp) {
        let (ada, _, id) = begun(&app).await;
        let first = upload(&app, &ada, id, "a", b"a").await.1.unwrap();
        let second = upload(&app, &ada, id, "b", b"b").await.1.unwrap();
        app.form(Some(&ada), "/do/say", &format!("conversation={id}&kind=note&client_id=c1&files={}", second.id)).await;
        upload(&app, &ada, id, "c", b"c").await.1.unwrap();
        assert_eq!(on_disk(&app), 3);
        let (status, _) = app.form(Some(&ada), "/do/remove_attachment", &format!("attachment={}", first.id)).await;
        assert_eq!((status, on_disk(&app)), (StatusCode::OK, 2));
        app.form(Some(&ada), "/do/remove_attachment", &format!("attachment={}", second.id)).await;
        assert_eq!(on_disk(&app), 2, "what was sent stays");
        app.pass(24 * 60 * 60 * 1000 + 1);
        attachments::sweep(&app.state).await.unwrap();
        assert_eq!((on_disk(&app), app.number("select count(*) from attachments").await), (1, 1));
        assert_eq!(read(&app, &ada, &second.href()).await.2, b"b");
    }

    async fn erasing_a_person_takes_their_files(app: TestApp) {
        let (ada, contact, id) = begun(&app).await;
        let ours = upload(&app, &ada, id, "ours.txt", b"x").await.1.unwrap();
        app.form(Some(&ada), "/do/say", &format!("conversation={id}&kind=message&client_id=c1&files={}", ours.id)).await;
        upload(&app, &ada, id, "unsent.txt", b"x").await;
        let workspace = WorkspaceId(app.number("select id from workspaces").await);
        let theirs = attachments::take(
            &app.state, workspace, Uploader::Contact(ContactId(contact)), ConversationId(0), "theirs.txt",
            futures::stream::iter([Ok::<_, ()>("secret".into())]),
        ).await.unwrap();
        let mut w = write(&app).await;
        let words = Words { body: "", client_id: "m1", files: &[theirs.id] };
        conversations::receive_words(&mut w, ContactId(contact), None, words).await.unwrap();
        w.commit().await.unwrap();
        assert_eq!(on_disk(&app), 3);
        let mut w = write(&app).await;
        contacts::erase(&mut w, ContactId(contact)).await.unwrap();
        w.commit().await.unwrap();
        assert_eq!((on_disk(&app), app.number("select count(*) from attachments").await), (0, 0));
        assert_eq!(read(&app, &ada, &ours.href()).await.0, StatusCode::NOT_FOUND);
    }

    async fn a_form_of_the_browser_sends_files_and_keeps_them_when_it_fails(app: TestApp) {
        let (ada, _, id) = begun(&app).await;
        let n = id.to_string();
        let form = multipart(&[
            ("conversation", None, n.as_bytes()), ("kind", None, b"message"), ("client_id", None, b"f1"),
            ("body", None, b"See these"), ("files", None, b""), ("file", Some("a.txt"), b"a"), ("file", Some("b.png"), PNG),
        ]);
        for _ in 0..2 {
            let (status, headers, _) = post(&app, &ada, "/inbox/say", form.clone()).await;
            assert_eq!((status, headers[header::LOCATION].to_str().unwrap()), (StatusCode::SEE_OTHER, format!("/inbox/{id}").as_str()));
        }
        assert_eq!(app.number("select count(*) from parts").await, 2, "sent twice is once");
        assert_eq!(app.number("select count(*) from attachments where part_id > 0").await, 2);
        let bad = multipart(&[
            ("conversation", None, n.as_bytes()), ("kind", None, b"perhaps"), ("client_id", None, b"f2"),
            ("body", None, b"Kept words"), ("file", Some("kept.txt"), b"k"),
        ]);
        let (_, headers, _) = post(&app, &ada, "/inbox/say", bad).await;
        let flash = headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let request = Request::get(format!("/inbox/{id}")).header(header::COOKIE, format!("rapport_session={ada}; {flash}"));
        let (_, page) = app.send(request.body(Body::empty()).unwrap()).await;
        let page = String::from_utf8(page).unwrap();
        for text in ["Kept words", "kept.txt", "Choose whether it is a reply or a note"] {
            assert!(page.contains(text), "{text}");
        }
        assert_eq!(post(&app, "nobody", "/inbox/say", form).await.1[header::LOCATION], "/sign-in");
    }

    async fn the_first_message_takes_files_along_and_keeps_them_when_it_fails(app: TestApp) {
        let (ada, contact, _) = begun(&app).await;
        let to = contact.to_string();
        let empty = multipart(&[("contact", None, to.as_bytes()), ("client_id", None, b""), ("files", None, b""), ("body", None, b"See"), ("file", Some("a.txt"), b"a")]);
        let (_, headers, _) = post(&app, &ada, "/inbox/start", empty).await;
        assert_eq!(headers[header::LOCATION], format!("/contacts/{contact}?compose=message").as_str());
        let flash = headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let request = Request::get(format!("/contacts/{contact}?compose=message")).header(header::COOKIE, format!("rapport_session={ada}; {flash}"));
        let (_, page) = app.send(request.body(Body::empty()).unwrap()).await;
        let page = String::from_utf8(page).unwrap();
        assert!(page.contains("The file that you attached is kept"), "{page}");
        let kept = app.number("select id from attachments").await.to_string();
        let form = multipart(&[
            ("contact", None, to.as_bytes()), ("client_id", None, b"s1"), ("files", None, kept.as_bytes()), ("body", None, b""), ("file", Some("b.png"), PNG),
        ]);
        let (_, headers, _) = post(&app, &ada, "/inbox/start", form).await;
        let id = app.number("select max(id) from conversations").await;
        assert_eq!(headers[header::LOCATION], format!("/inbox/{id}").as_str());
        let sent = "select count(*) from attachments where part_id > 0 and conversation_id = (select max(id) from conversations)";
        assert_eq!(app.number(sent).await, 2);
        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let other = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        let theirs = multipart(&[("contact", None, to.as_bytes()), ("client_id", None, b"s2"), ("body", None, b"x"), ("file", Some("c.txt"), b"c")]);
        assert_eq!(post(&app, &other, "/inbox/start", theirs).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.number("select count(*) from attachments").await, 2, "nothing of it was kept");
    }

    async fn a_picture_of_a_note_is_shown_there_and_read_by_the_workspace_alone(app: TestApp) {
        let (ada, contact, conversation) = begun(&app).await;
        let owner = format!("contact-{contact}");
        let (status, picture) = into_note(&app, &ada, "owner", &owner, "a (1).png", PNG).await;
        assert_eq!(status, StatusCode::OK);
        let picture = picture.unwrap();
        let waiting = app.number("select part_id from attachments").await;
        assert_eq!(waiting, 0, "it waits for its note");
        let (_, of_conversation, _) = upload(&app, &ada, conversation, "other.png", PNG).await;
        let of_conversation = of_conversation.unwrap();
        let (_, stays) = into_note(&app, &ada, "owner", &owner, "unused.png", PNG).await;
        let text = format!("See ![the screen]({}) ![other]({}) ![far](/attachments/999/x.png)", picture.href(), of_conversation.href());
        let form = format!("owner={owner}&body={}", rapport::ui::escape(&text));
        assert_eq!(app.form(Some(&ada), "/do/add_note", &form).await.0, StatusCode::OK);
        let note = app.number("select id from notes").await;
        let html = html_of(&app, &ada, &owner).await;
        let shown = format!("<img src=\"{}\" alt=\"the screen\" width=\"1\" height=\"1\" loading=\"lazy\"", picture.href());
        assert!(html.contains(&shown), "{html}");
        assert_eq!(html.matches("<img").count(), 1, "a conversation's file, and one that is not there, are words: {html}");
        assert!(html.contains(" other far"), "{html}");
        let (_, stream) = app.get(&ada, &format!("/do/stream?owner={owner}&facet=note&limit=50")).await;
        assert!(stream.contains("<img"), "{stream}");
        assert_eq!(app.number("select count(*) from attachments where part_id = 0").await, 2, "what no note shows waits on");
        assert!(stays.is_some());

        // One that is uploaded for a note that is there belongs to it at once.
        let (status, second) = into_note(&app, &ada, "note", &note.to_string(), "b.png", PNG).await;
        assert_eq!(status, StatusCode::OK);
        let second = second.unwrap();
        assert_eq!(app.number("select count(*) from attachments where part_id > 0").await, 2);
        assert_eq!(read(&app, &ada, &second.href()).await.0, StatusCode::OK);
        for (name, bytes) in [("x.html", &b"<script>alert(1)</script>"[..]), ("x.png", &b"<svg onload=alert(1)>"[..]), ("x.png", &b""[..])] {
            let (status, _) = into_note(&app, &ada, "note", &note.to_string(), name, bytes).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{name}");
        }
        attachments::sweep(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from attachments").await, 4, "what was refused leaves nothing");

        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        assert_eq!(read(&app, &eve, &picture.href()).await.0, StatusCode::NOT_FOUND);
        for home in [("note", note.to_string()), ("owner", owner.clone()), ("note", "x".into()), ("owner", "x".into())] {
            let (status, _) = into_note(&app, &eve, home.0, &home.1, "c.png", PNG).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{home:?}");
        }
    }

    async fn pictures_of_notes_go_with_whom_they_are_about(app: TestApp) {
        let (ada, contact, _) = begun(&app).await;
        let owner = format!("contact-{contact}");
        app.form(Some(&ada), "/do/add_note", &format!("owner={owner}&body=One")).await;
        let note = app.number("select id from notes").await;
        into_note(&app, &ada, "note", &note.to_string(), "a.png", PNG).await.1.unwrap();
        assert_eq!(on_disk(&app), 1);
        // Deleted, it can come back for 30 days, with its pictures.
        app.form(Some(&ada), "/do/delete_note", &format!("note={note}")).await;
        app.pass(10 * 24 * 60 * 60 * 1000);
        attachments::sweep(&app.state).await.unwrap();
        assert_eq!(on_disk(&app), 1);
        app.pass(21 * 24 * 60 * 60 * 1000);
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        app.form(Some(&ada), "/do/add_note", &format!("owner={owner}&body=Two")).await;
        let next = app.number("select max(id) from notes").await;
        into_note(&app, &ada, "note", &next.to_string(), "b.png", PNG).await.1.unwrap();
        app.form(Some(&ada), "/do/delete_note", &format!("note={next}")).await;
        jobs::run_due(&app.state).await.unwrap();
        attachments::sweep(&app.state).await.unwrap();
        assert_eq!((on_disk(&app), app.number("select count(*) from attachments").await), (1, 1), "the first went for good");

        let mut w = write(&app).await;
        contacts::erase(&mut w, ContactId(contact)).await.unwrap();
        w.commit().await.unwrap();
        attachments::sweep(&app.state).await.unwrap();
        assert_eq!((on_disk(&app), app.number("select count(*) from attachments").await), (0, 0), "erased, also of a deleted note");

        // The same of a company.
        app.call("group", &json!({"userId": "v", "groupId": "acme", "traits": {"name": "Acme"}})).await;
        let company = app.number("select id from companies").await;
        app.form(Some(&ada), "/do/add_note", &format!("owner=company-{company}&body=Three")).await;
        let note = app.number("select max(id) from notes").await;
        into_note(&app, &ada, "note", &note.to_string(), "c.png", PNG).await.1.unwrap();
        assert_eq!(on_disk(&app), 1);
        let (status, body) = app.form(Some(&ada), "/do/delete_company", &format!("company={company}&confirm=Acme")).await;
        assert!(status.is_success() || status.is_redirection(), "{body}");
        app.pass(15_001);
        jobs::run_due(&app.state).await.unwrap();
        attachments::sweep(&app.state).await.unwrap();
        assert_eq!((on_disk(&app), app.number("select count(*) from attachments").await), (0, 0));
    }

    async fn a_conversations_note_takes_pictures_after_it_was_written(app: TestApp) {
        let (ada, contact, id) = begun(&app).await;
        let message = app.number("select id from parts").await;
        let beside = upload(&app, &ada, id, "plan.csv", b"1,2").await.1.unwrap();
        let form = format!("conversation={id}&kind=note&body=See&client_id=n&files={}", beside.id);
        app.form(Some(&ada), "/do/say", &form).await;
        let note = app.number("select max(id) from parts").await;
        let (status, picture) = into_note(&app, &ada, "note", &note.to_string(), "a.png", PNG).await;
        assert_eq!(status, StatusCode::OK);
        let picture = picture.unwrap();
        let of_note = "select part_id from attachments where conversation_id = 0";
        assert_eq!(app.number(of_note).await, note, "it is the note's at once");
        let body = rapport::ui::escape(&format!("See ![the screen]({}) ![other]({})", picture.href(), beside.href()));
        app.form(Some(&ada), "/do/edit_note", &format!("note={note}&version=1&body={body}")).await;
        let part = async || {
            let (_, thread) = app.get(&ada, &format!("/do/conversation?id={id}")).await;
            serde_json::from_str::<conversations::Thread>(&thread).unwrap().parts.parts.pop().unwrap()
        };
        let shown = format!("<img src=\"{}\" alt=\"the screen\" width=\"1\" height=\"1\"", picture.href());
        let now = part().await;
        assert!(now.html.contains(&shown) && now.html.contains(" other") && now.html.matches("<img").count() == 1, "{}", now.html);
        assert_eq!(now.files.len(), 1, "what stands in the text is not said twice");
        let (_, stream) = app.get(&ada, &format!("/do/stream?owner=contact-{contact}&limit=50")).await;
        assert!(stream.contains("<img"), "{stream}");

        let (status, _) = into_note(&app, &ada, "note", &note.to_string(), "x.png", b"<svg onload=alert(1)>").await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "pictures alone");
        let (status, _) = into_note(&app, &ada, "note", &message.to_string(), "x.png", PNG).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "what was said stays as it was said");
        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        assert_eq!(into_note(&app, &eve, "note", &note.to_string(), "x.png", PNG).await.0, StatusCode::NOT_FOUND);
        assert_eq!(read(&app, &eve, &picture.href()).await.0, StatusCode::NOT_FOUND);
        let (token, _) = boot(&app, None, crate::messenger::proved(&app, "u")).await;
        let theirs = Request::get(format!("/messenger/files/{}", picture.id)).header(header::AUTHORIZATION, format!("Bearer {token}"));
        assert_eq!(app.send(theirs.body(Body::empty()).unwrap()).await.0, StatusCode::NOT_FOUND, "nor does the person");
        assert_eq!(on_disk(&app), 2);

        // It goes with the note, and comes back with it.
        let ends = format!("conversation={id}&part={note}");
        app.form(Some(&ada), "/do/delete_part", &ends).await;
        assert_eq!(read(&app, &ada, &picture.href()).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.form(Some(&ada), "/do/restore_part", &format!("{ends}&body={body}")).await.0, StatusCode::OK);
        assert!(part().await.html.contains(&shown));
        app.form(Some(&ada), "/do/delete_part", &ends).await;
        app.pass(29 * 24 * 60 * 60 * 1000);
        attachments::sweep(&app.state).await.unwrap();
        assert_eq!(on_disk(&app), 2, "they wait as long as the note does");
        app.pass(24 * 60 * 60 * 1000 + 1);
        attachments::sweep(&app.state).await.unwrap();
        assert_eq!((on_disk(&app), app.number("select count(*) from attachments").await), (0, 0));
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();

        // And with the person, from a note that is there and from one that was just deleted.
        for n in 1..3 {
            app.form(Some(&ada), "/do/say", &format!("conversation={id}&kind=note&body=More&client_id=m{n}")).await;
            let note = app.number("select max(id) from parts").await;
            into_note(&app, &ada, "note", &note.to_string(), "b.png", PNG).await.1.unwrap();
            if n == 2 {
                app.form(Some(&ada), "/do/delete_part", &format!("conversation={id}&part={note}")).await;
            }
        }
        assert_eq!(on_disk(&app), 2);
        let mut w = write(&app).await;
        contacts::erase(&mut w, ContactId(contact)).await.unwrap();
        w.commit().await.unwrap();
        attachments::sweep(&app.state).await.unwrap();
        assert_eq!((on_disk(&app), app.number("select count(*) from attachments").await), (0, 0));
    }
}
