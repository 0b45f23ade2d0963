//! Which kinds of files are taken: by name and by content, from teammates and from customers, as each workspace decides.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use rapport::attachments::{self, Customers, Rules, Setup, Uploader};
use rapport::conversations::{SAY, Thread};
use rapport::id::{TeammateId, WorkspaceId};
use rapport::run;
use rapport::server::db::Changed;
use rapport::teammates::sign_in;
use rapport::workspace::create;
use serde_json::{Value, json};

use crate::attachments::{PNG, begun, multipart, on_disk, post, upload};
use crate::messenger::boot;
use crate::on_both;
use crate::support::{NOON, TestApp, new_workspace};

/// How a program of Windows begins.
const PROGRAM: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0";
const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";

async fn decide(app: &TestApp, token: &str, form: &str) -> StatusCode {
    app.form(Some(token), "/do/save_file_rules", form).await.0
}

async fn decided(app: &TestApp, token: &str) -> Rules {
    let (_, body) = app.get(token, "/do/file_rules").await;
    serde_json::from_str::<Setup>(&body).unwrap().rules
}

/// A customer's file; answers the status, and of which field it was refused.
async fn send(app: &TestApp, token: &str, name: &str, bytes: &[u8]) -> (StatusCode, Value) {
    let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let request = Request::post(format!("/messenger/files?name={name}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::from(bytes.to_vec()));
    let (status, body) = app.send(request.unwrap()).await;
    let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
    (status, answer["errors"][0]["field"].clone())
}

/// A page as it is after a form led to it, which says once what became of it.
async fn led_to(app: &TestApp, token: &str, headers: &HeaderMap) -> String {
    let flash = headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap();
    let request = Request::get(headers[header::LOCATION].to_str().unwrap())
        .header(header::COOKIE, format!("rapport_session={token}; {flash}"));
    let (_, body) = app.send(request.body(Body::empty()).unwrap()).await;
    String::from_utf8(body).unwrap()
}

on_both! {
    async fn a_program_is_refused_by_its_name_and_by_what_is_in_it(app: TestApp) {
        let (ada, _, id) = begun(&app).await;
        for name in ["setup.exe", "Invoice.pdf.EXE", "setup.exe. ", "gpj.\u{202e}exe", "run.bat", "page.hta", "disk.iso", "app.dmg", "a.js", "x.lnk"] {
            let (status, _, said) = upload(&app, &ada, id, name, b"anything").await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{name}");
            assert!(said.contains("file_type") && said.contains("not taken here"), "{name}: {said}");
        }
        for name in ["holiday.png", "report.pdf", "noname", "notes.txt"] {
            let (status, _, said) = upload(&app, &ada, id, name, PROGRAM).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{name}");
            assert!(said.contains("whatever its name says"), "{name}: {said}");
        }
        assert_eq!((app.number("select count(*) from attachments where name <> ''").await, on_disk(&app)), (0, 0), "nothing of them is kept");
        // What a team sends each other every day is taken, texts about programs too.
        let taken: [(&str, &[u8]); 6] = [("a.zip", b"PK\x03\x04"), ("deploy.sh", b"#!/bin/sh\n"), ("main.rs", b"fn main() {}"), ("mz.txt", b"MZ is a mark"), ("exe", b"x"), ("p.html", b"<p>")];
        for (name, bytes) in taken {
            assert_eq!(upload(&app, &ada, id, name, bytes).await.0, StatusCode::OK, "{name}");
        }
        // A large one is refused when all of it is there, so that a browser shows why.
        let mut large = PROGRAM.to_vec();
        large.resize(6_000_000, 1);
        let (status, _, said) = upload(&app, &ada, id, "large.exe", &large).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{said}");
        assert_eq!(upload(&app, &ada, id, "large.bin", &large).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(on_disk(&app), 6);
    }

    async fn without_a_script_the_page_says_why_and_keeps_the_rest(app: TestApp) {
        let (ada, contact, id) = begun(&app).await;
        let id = id.to_string();
        let fields: &[(&str, Option<&str>, &[u8])] = &[
            ("conversation", None, id.as_bytes()), ("kind", None, b"message"), ("client_id", None, b"c1"), ("body", None, b"See both"),
            ("file", Some("setup.exe"), PROGRAM), ("file", Some("plan.png"), PNG),
        ];
        let (status, headers, _) = post(&app, &ada, SAY, multipart(fields)).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let page = led_to(&app, &ada, &headers).await;
        for text in ["Files that end in .exe are not taken here", "See both", "plan.png", "Take away plan.png"] {
            assert!(page.contains(text), "{text}");
        }
        assert_eq!(app.number("select count(*) from parts where kind = 'message'").await, 1, "nothing was said without it");
        let contact = contact.to_string();
        let fields: &[(&str, Option<&str>, &[u8])] = &[
            ("contact", None, contact.as_bytes()), ("client_id", None, b"c2"), ("body", None, b"Hello again"),
            ("file", Some("report.pdf"), PROGRAM), ("file", Some("plan.pdf"), PDF),
        ];
        let (_, headers, _) = post(&app, &ada, "/inbox/start", multipart(fields)).await;
        let page = led_to(&app, &ada, &headers).await;
        for text in ["Whatever its name says", "Hello again", "The file that you attached is kept"] {
            assert!(page.contains(text), "{text}");
        }
    }

    async fn an_admin_decides_what_is_refused_and_others_see_it(app: TestApp) {
        let (ada, _, id) = begun(&app).await;
        assert_eq!(decided(&app, &ada).await, Rules::default());
        let thread = async || {
            let (_, body) = app.get(&ada, &format!("/do/conversation?id={id}")).await;
            serde_json::from_str::<Thread>(&body).unwrap().refused
        };
        assert_eq!(thread().await, None, "the page knows the usual ones");
        for bad in ["refused=a%2Fb&customers=any", "refused=exe&customers=some", "refused=exe&customers="] {
            assert_eq!(decide(&app, &ada, bad).await, StatusCode::BAD_REQUEST, "{bad}");
        }
        assert_eq!(decided(&app, &ada).await, Rules::default(), "what is wrong changes nothing");

        let status = decide(&app, &ada, "refused=.ZIP+*.exe%0Azip&customers=plain").await;
        assert!(status.is_success() || status.is_redirection(), "{status}");
        let kept = Rules { refused: vec!["exe".into(), "zip".into()], customers: Customers::Plain };
        assert_eq!(decided(&app, &ada).await, kept);
        assert_eq!(thread().await, Some(kept.refused.clone()));
        assert_eq!(upload(&app, &ada, id, "a.zip", b"PK\x03\x04").await.0, StatusCode::BAD_REQUEST);
        assert_eq!(upload(&app, &ada, id, "run.bat", b"echo").await.0, StatusCode::OK, "the workspace takes it");
        assert_eq!(upload(&app, &ada, id, "a.txt", PROGRAM).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(upload(&app, &ada, id, "a.txt", b"\x7fELF\0").await.0, StatusCode::OK, "its kind is not refused here");
        let (_, page) = app.get(&ada, "/settings/files").await;
        assert!(page.contains(">exe zip</textarea>") && page.contains("Save with the usual endings"));
        decide(&app, &ada, "refused=zip+exe&customers=plain").await;
        assert_eq!(app.number("select count(*) from activity where data like '%files_changed%'").await, 1, "the same again is no change");
        let (_, log) = app.get(&ada, "/do/audit?who=&action=files_changed").await;
        assert!(log.contains("Changed which files are taken"), "{log}");

        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        assert_eq!(decided(&app, &eve).await, Rules::default(), "each workspace decides for itself");
        decide(&app, &ada, "refused=zip&customers=plain&usual=true").await;
        assert_eq!(decided(&app, &ada).await.refused, Rules::default().refused, "the usual ones come back");

        let mut c = app.state.db.begin().await.unwrap();
        let done: Result<Changed, _> = run!(c, |x| sqlx::query("update teammates set role = 'agent'").execute(x));
        done.unwrap();
        c.commit().await.unwrap();
        assert_eq!(decide(&app, &ada, "refused=&customers=any").await, StatusCode::FORBIDDEN);
        let (_, page) = app.get(&ada, "/settings/files").await;
        assert!(page.contains("Only admins change these") && !page.contains("<textarea"), "an agent reads");
    }

    async fn customers_send_what_the_workspace_lets_them(app: TestApp) {
        let (ada, _, id) = begun(&app).await;
        let (token, _) = boot(&app, None, json!({})).await;
        let frame = async || app.get("", &format!("/messenger/frame?app_id={}", app.keys.app_id)).await.1;
        let attach = |page: &str| page.split("class=\"icon-button attach\"").nth(1).unwrap().split('>').next().unwrap().to_owned();
        assert!(frame().await.contains(" data-refused=\"ade adp apk"), "the page knows before anything is sent");
        assert_eq!(send(&app, &token, "setup.exe", b"x").await, (StatusCode::BAD_REQUEST, json!("file_type")));
        assert_eq!(send(&app, &token, "photo.jpg", PROGRAM).await, (StatusCode::BAD_REQUEST, json!("file_type")));
        assert_eq!(send(&app, &token, "photo.jpg", b"").await, (StatusCode::BAD_REQUEST, json!("file")), "told from what is empty");
        assert_eq!(send(&app, &token, "a.zip", b"PK\x03\x04").await.0, StatusCode::OK);

        decide(&app, &ada, "refused=exe&customers=plain").await;
        let page = frame().await;
        assert!(page.contains(" data-only=\"png jpg") && page.contains("accept=\"image/*,"), "{page}");
        assert!(!attach(&page).contains("hidden"));
        assert_eq!(send(&app, &token, "photo.png", PNG).await.0, StatusCode::OK);
        assert_eq!(send(&app, &token, "plan.pdf", PDF).await.0, StatusCode::OK);
        let refused: [(&str, &[u8]); 6] = [("a.zip", b"PK\x03\x04"), ("noname", b"x"), ("x.svg", b"<svg>"), ("x.png", b"<script>"), ("x.pdf", b"<html>"), ("x.pdf", PROGRAM)];
        for (name, bytes) in refused {
            assert_eq!(send(&app, &token, name, bytes).await, (StatusCode::BAD_REQUEST, json!("file_type")), "{name}");
        }
        assert_eq!(upload(&app, &ada, id, "a.zip", b"PK\x03\x04").await.0, StatusCode::OK, "teammates send more");

        // What is sent for a customer by the API is a customer's too.
        let file = |name: &str| json!({"name": name, "data": "eA=="});
        let theirs = json!({"type": "user", "user_id": "u", "message_type": "comment", "body": "See", "attachment_files": [file("a.txt"), file("a.zip")]});
        let (status, refusal) = app.api("POST", &format!("/conversations/{id}/reply"), theirs).await;
        assert_eq!((status, &refusal["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("attachment_files.1")), "{refusal}");
        assert_eq!(app.number("select count(*) from attachments where name = 'a.txt'").await, 0, "none is left behind");

        decide(&app, &ada, "refused=exe&customers=nothing").await;
        assert!(attach(&frame().await).contains("hidden"), "nothing to press where no file is taken");
        assert_eq!(send(&app, &token, "photo.png", PNG).await, (StatusCode::BAD_REQUEST, json!("file_type")));
        assert_eq!(upload(&app, &ada, id, "plan.png", PNG).await.0, StatusCode::OK);
    }

    async fn what_was_taken_before_is_copied_and_read_as_ever(app: TestApp) {
        let (ada, _, id) = begun(&app).await;
        let file = upload(&app, &ada, id, "a.zip", b"PK\x03\x04").await.1.unwrap();
        decide(&app, &ada, "refused=zip&customers=any").await;
        let form = format!("conversation={id}&kind=message&client_id=c1&files={}", file.id);
        assert_eq!(app.form(Some(&ada), "/do/say", &form).await.0, StatusCode::OK);
        assert_eq!(app.get(&ada, &file.href()).await.0, StatusCode::OK);
        let workspace = WorkspaceId(app.number("select id from workspaces").await);
        let by = Uploader::Teammate(TeammateId(app.number("select id from teammates").await));
        let stored = attachments::open(&mut app.state.db.read().await.unwrap(), workspace, file.id).await.unwrap().unwrap();
        let copy = attachments::copy(&app.state, workspace, by, &stored).await.unwrap();
        assert_eq!((copy.name.as_str(), copy.size, on_disk(&app)), ("a.zip", 4, 2));
    }
}
