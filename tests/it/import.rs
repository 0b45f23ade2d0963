//! Files of people and events: resumed, never doubled, bad rows set aside.

use std::path::PathBuf;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rapport::id::WorkspaceId;
use rapport::import::{Asked, Earlier, Import, Kind, Preview, Progress, Running, export, pairs};
use rapport::jobs;
use rapport::teammates::sign_in;
use serde_json::json;

use crate::on_both;
use crate::support::{Engine, TestApp};

async fn workspace(app: &TestApp) -> WorkspaceId {
    WorkspaceId(app.number("select id from workspaces").await)
}

fn file(app: &TestApp, name: &str, content: &[u8]) -> PathBuf {
    let path = app.folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

fn events(path: PathBuf) -> Import {
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    Import {
        kind: Kind::Events,
        rejects: path.with_extension("rejected.csv"),
        file: path,
        asked: Asked::default(),
        map: vec![pair("customer", "user_id"), pair("day", "timestamp")],
        event: Some("Purchase".into()),
    }
}

/// Imports a file, at most so many groups of it.
async fn groups(app: &TestApp, import: &Import, most: usize) -> Result<Progress, String> {
    let mut running = Running::open(import)?;
    for _ in 0..most {
        if !running.step(&app.state, workspace(app).await).await? {
            break;
        }
    }
    Ok(running.progress())
}

async fn run(app: &TestApp, import: &Import) -> Result<Progress, String> {
    groups(app, import, usize::MAX).await
}

fn contacts(path: PathBuf) -> Import {
    let rejects = path.with_extension("rejected.csv");
    Import {
        kind: Kind::Contacts,
        rejects,
        file: path,
        asked: Asked::default(),
        map: Vec::new(),
        event: None,
    }
}

fn rejected(import: &Import) -> String {
    String::from_utf8_lossy(&std::fs::read(&import.rejects).unwrap()).into_owned()
}

async fn exported(app: &TestApp, kind: Kind) -> String {
    let mut out = Vec::new();
    export(&app.state.db, workspace(app).await, kind, &mut out).await.unwrap();
    String::from_utf8(out).unwrap()
}

/// The teammate's earlier uploads.
async fn earlier(app: &TestApp, token: &str) -> Vec<Earlier> {
    let (_, body) = app.get(token, "/do/imports").await;
    let (_, all): (i64, Vec<Earlier>) = serde_json::from_str(&body).unwrap();
    all
}

/// Uploads a file as a page's form does; answers where it leads.
async fn upload(app: &TestApp, token: &str, kind: &str, content: &str) -> (StatusCode, String) {
    let body = format!(
        "--x\r\ncontent-disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n\
         --x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{content}\r\n--x--\r\n"
    );
    let request = Request::post("/import/upload")
        .header(header::HOST, "rapport.example")
        .header(header::ORIGIN, "https://rapport.example")
        .header(header::COOKIE, format!("rapport_session={token}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    let response =
        tower::ServiceExt::oneshot(app.routes(), request.body(Body::from(body)).unwrap());
    let response = response.await.unwrap();
    let to = response.headers().get(header::LOCATION).map(|l| l.to_str().unwrap().to_owned());
    (response.status(), to.unwrap_or_default())
}

on_both! {
    async fn stopped_half_way_and_started_again_doubles_nothing(app: TestApp) {
        let mut text = "customer,day,value\n".to_owned();
        for n in 0..1_700 {
            text += &format!("{:05},1997-01-{:02},{}.25\n", n % 600, n % 28 + 1, n % 50);
        }
        let import = events(file(&app, "buys.csv", text.as_bytes()));
        let half = groups(&app, &import, 1).await.unwrap();
        assert_eq!((half.written, half.known), (500, 0));
        let whole = run(&app, &import).await.unwrap();
        assert_eq!((whole.written, whole.known, whole.rejected), (1_200, 500, 0));
        assert_eq!(whole.bytes, text.len() as u64);
        let again = run(&app, &import).await.unwrap();
        assert_eq!((again.written, again.known), (0, 1_700));
        assert_eq!(app.number("select count(*) from contacts").await, 600);
        assert_eq!(app.number("select cast(sum(count) as bigint) from event_counts").await, 1_700);
        assert_eq!(app.number("select cast(sum(count) as bigint) from event_days").await, 1_700);
        assert_eq!(app.number("select count(*) from activity where kind = 'event'").await, 1_700);
        let written: i64 = (0..1_700).map(|n| n % 50 * 100 + 25).sum();
        let sum = match app.engine {
            Engine::Sqlite => "select cast(round(sum(json_extract(data, '$.value')) * 100) as bigint) from activity where kind = 'event'",
            Engine::Postgres => "select cast(sum(cast(cast(data as json) ->> 'value' as numeric)) * 100 as bigint) from activity where kind = 'event'",
        };
        let found = app.number(sum).await;
        assert_eq!(found, written);
    }

    async fn equal_rows_are_two_events_and_a_copy_of_the_file_is_none(app: TestApp) {
        let text = b"customer,day,value\n1,1997-01-01,5\n1,1997-01-01,5\n";
        run(&app, &events(file(&app, "a.csv", text))).await.unwrap();
        let copy = run(&app, &events(file(&app, "b.csv", text))).await.unwrap();
        assert_eq!((copy.written, copy.known), (0, 2));
        assert_eq!(app.number("select count from event_counts").await, 2);
    }

    async fn bad_rows_go_to_the_reject_file_with_line_and_reason(app: TestApp) {
        let mut text = b"\xef\xbb\xbfcustomer,day,value\r\n1,1997-01-01,5\r\n,1997-01-02,6\r\n2,yesterday,7\r\n3,1997-01-03\r\n".to_vec();
        text.extend(b"4,1997-01-04,\xff\r\n\"5\",1997-01-05,\"a \"\"quoted\"\", value\r\nin two lines\"\r\n");
        let import = events(file(&app, "bad.csv", &text));
        let done = run(&app, &import).await.unwrap();
        assert_eq!((done.written, done.rejected), (2, 4));
        let rejects = String::from_utf8_lossy(&std::fs::read(&import.rejects).unwrap()).into_owned();
        for (line, reason) in [("3,", "user_id: "), ("4,", "yesterday"), ("5,", "2 fields"), ("6,", "not UTF-8")] {
            assert!(rejects.lines().any(|l| l.starts_with(line) && l.contains(reason)), "{line} {reason}: {rejects}");
        }
        assert_eq!(app.number("select count(*) from contacts").await, 2);
        // Mended and imported again, nothing is rejected, and nothing says that it is; what is no reject file is left alone.
        file(&app, "bad.csv", b"customer,day,value\n1,1997-01-01,5\n");
        assert_eq!(run(&app, &import).await.unwrap().rejected, 0);
        assert!(!import.rejects.exists());
        std::fs::write(&import.rejects, "mine").unwrap();
        run(&app, &import).await.unwrap();
        assert_eq!(rejected(&import), "mine");
    }

    async fn people_come_with_their_attributes_in_utf_16_too(app: TestApp) {
        let text = "id,name,email,seats,zip\n7,Zoë 🙂,zoe@example.com,12,00501\n";
        let mut bytes = vec![0xff, 0xfe];
        bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let path = file(&app, "people.csv", &bytes);
        let import = Import {
            kind: Kind::Contacts,
            rejects: path.with_extension("rejected.csv"),
            file: path,
            asked: Asked::default(),
            map: vec![("id".into(), "user_id".into())],
            event: None,
        };
        let done = run(&app, &import).await.unwrap();
        assert_eq!((done.written, done.rejected), (1, 0));
        assert_eq!(app.text("select name from contacts").await, "Zoë 🙂");
        assert_eq!(app.text("select data_type from attributes where name = 'seats'").await, "integer");
        assert_eq!(app.text("select text from attribute_values where text_key = '00501'").await, "00501");
    }

    async fn a_wrong_map_says_what_the_file_has(app: TestApp) {
        let path = file(&app, "a.csv", b"a,b\n1,2\n");
        let refused = run(&app, &events(path.clone())).await.unwrap_err();
        assert!(refused.contains("customer") && refused.contains("a, b"), "{refused}");
        let mut import = events(path);
        import.map.clear();
        let refused = run(&app, &import).await.unwrap_err();
        assert!(refused.contains("user_id"), "{refused}");
        import.file = "no-such-file.csv".into();
        assert!(run(&app, &import).await.unwrap_err().contains("no-such-file.csv"));
    }

    async fn companies_come_with_their_attributes_and_people_with_their_company(app: TestApp) {
        let text = "id,name,mrr,employees,since,tier\nacme,Acme,99.5,40,2024-01-15,gold\n,Nameless,1,1,,\nbeta,Beta,much,1,,\n";
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let path = file(&app, "c.csv", text.as_bytes());
        let import = Import {
            kind: Kind::Companies,
            rejects: path.with_extension("rejected.csv"),
            file: path,
            asked: Asked::default(),
            map: vec![pair("id", "company_id"), pair("mrr", "monthly_spend"), pair("employees", "size"), pair("since", "remote_created_at")],
            event: None,
        };
        let done = run(&app, &import).await.unwrap();
        assert_eq!((done.written, done.rejected), (1, 2));
        assert_eq!(app.number("select size from companies").await, 40);
        assert_eq!(app.number("select remote_created_at from companies").await, 1_705_276_800_000);
        assert_eq!(app.number("select count(*) from contacts").await, 0);

        let people = file(&app, "p.csv", b"user_id,name,company_id\nu1,Grace,ACME\nu2,Ada,acme\nu3,Alan,new\n");
        let import = Import { kind: Kind::Contacts, rejects: people.with_extension("r.csv"), file: people, asked: Asked::default(), map: vec![], event: None };
        assert_eq!(run(&app, &import).await.unwrap().written, 3);
        assert_eq!(app.number("select user_count from companies where company_key = 'acme'").await, 2);
        assert_eq!(app.number("select count(*) from companies").await, 2);
    }

    async fn what_is_exported_can_be_imported_elsewhere(app: TestApp) {
        app.call("identify", &json!({"userId": "u,1", "traits": {"name": "Grace \"Amazing\" Hopper", "email": "g@example.com", "seats": 12, "line": "a\nb"}})).await;
        app.call("group", &json!({"userId": "u,1", "groupId": "acme", "traits": {"name": "Acme", "tier": "gold"}})).await;
        app.call("track", &json!({"userId": "u,1", "event": "Ordered", "timestamp": "2025-01-02T03:04:05Z", "properties": {"total": 12.5, "items": [1, 2]}})).await;
        app.call("track", &json!({"anonymousId": "a", "event": "Looked"})).await;
        let other = TestApp::new(app.engine).await;
        for (kind, name) in [(Kind::Companies, "c"), (Kind::Contacts, "p"), (Kind::Events, "e")] {
            let mut out = Vec::new();
            assert_eq!(export(&app.state.db, workspace(&app).await, kind, &mut out).await.unwrap(), 1);
            let path = file(&other, name, &out);
            let import = Import { kind, rejects: path.with_extension("rejected"), file: path, asked: Asked::default(), map: vec![], event: None };
            let done = run(&other, &import).await.unwrap();
            assert_eq!((done.written, done.rejected), (1, 0), "{kind:?}");
        }
        for sql in [
            "select name || external_id || email from contacts where external_id is not null",
            "select company_id || name || cast(user_count as text) from companies",
            "select cast(occurred_at as text) || data from activity where kind = 'event' and data <> '{}'",
            "select data_type || text from attribute_values v join attributes a on a.id = v.attribute_id where a.name = 'seats'",
            "select text from attribute_values v join attributes a on a.id = v.attribute_id where a.name = 'line'",
            "select text from attribute_values v join attributes a on a.id = v.attribute_id where a.name = 'tier'",
        ] {
            assert_eq!(app.text(sql).await, other.text(sql).await, "{sql}");
        }
    }

    async fn an_uploaded_file_is_previewed_imported_and_forgotten(app: TestApp) {
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let (status, to) = upload(&app, &ada, "events", "Customer ID,Event name,when,total\nu1,Ordered,2025-01-01,5\nu2,Ordered,never,6\n").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let id = to.strip_prefix("/import/").unwrap().to_owned();
        let (_, body) = app.get(&ada, &format!("/do/upload?id={id}")).await;
        let preview: Preview = serde_json::from_str(&body).unwrap();
        assert_eq!(preview.guesses, ["user_id", "event", "when", "total"]);
        assert_eq!(preview.rows[1], ["u2", "Ordered", "never", "6"]);
        assert_eq!(preview.reading.words(), "UTF-8, separated by commas");

        let start = |third: &str| format!("id={id}&meanings[0]=user_id&meanings[1]=event&meanings[2]={third}&meanings[3]=total");
        let (status, body) = app.form(Some(&ada), "/do/start_import", &start("user_id")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        let (status, body) = app.form(Some(&ada), "/do/start_import", &start("timestamp")).await;
        assert!(status.is_success() || status.is_redirection(), "{body}");
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from activity where kind = 'event'").await, 1);
        let (_, body) = app.get(&ada, "/do/jobs").await;
        assert!(body.contains("\"state\":\"done\"") && body.contains("\"rejected\":1"), "{body}");
        let (status, rejected) = app.get(&ada, &format!("/import/{id}/rejected.csv")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(rejected.contains("3,timestamp: never is not a time"), "{rejected}");
        let kept: Vec<_> = std::fs::read_dir(app.folder.path().join("uploads")).unwrap().map(|f| f.unwrap().file_name()).collect();
        assert!(kept.iter().all(|f| f.to_str().unwrap() != format!("{id}.csv")), "the file is gone: {kept:?}");
    }

    async fn uploads_are_their_owners_alone_and_bad_ones_leave_nothing(app: TestApp) {
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        rapport::workspace::create(&app.state.db, crate::support::new_workspace("eve@example.com"), crate::support::NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        let (_, to) = upload(&app, &ada, "contacts", "user_id\nu1\n").await;
        let id = to.strip_prefix("/import/").unwrap();
        for path in [format!("/do/upload?id={id}"), format!("/import/{id}/rejected.csv"), "/do/upload?id=..%2F..%2Fx".to_owned()] {
            let (status, _) = app.get(&eve, &path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
        let (status, _) = app.form(Some(&eve), "/do/start_import", &format!("id={id}&meanings[0]=user_id")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (status, _) = upload(&app, "nobody", "contacts", "user_id\nu1\n").await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        let before = std::fs::read_dir(app.folder.path().join("uploads")).unwrap().count();
        for (kind, content, wrong) in [("dances", "a\n1\n", "kind"), ("contacts", "", "file"), ("contacts", "\n\n", "file"), ("contacts", "\u{89}PNG\r\n\0\0\0\rIHDR", "binary"), ("contacts", "PK\u{3}\u{4}\u{14}\0", "packed")] {
            let (status, to) = upload(&app, &ada, kind, content).await;
            assert_eq!((status, to), (StatusCode::SEE_OTHER, format!("/import?wrong={wrong}")));
        }
        assert_eq!(std::fs::read_dir(app.folder.path().join("uploads")).unwrap().count(), before);
    }

    async fn a_quote_that_nothing_closes_spoils_its_row_alone(app: TestApp) {
        let mut text = "customer,day,value\n".to_owned();
        for n in 0..700 {
            let quote = if n == 300 { "\"" } else { "" };
            text += &format!("{n},1997-01-01,{quote}{n}\n");
        }
        let import = events(file(&app, "open.csv", text.as_bytes()));
        let done = run(&app, &import).await.unwrap();
        assert_eq!((done.written, done.rejected), (699, 1));
        let rejects = rejected(&import);
        assert!(rejects.contains("302,a quote opens that is not closed before the end of the file,300,"), "{rejects}");
        // A later quote would have closed it, and taken the rows between into one field.
        let text = text.replace("650\n", "\"650\"\n");
        let import = events(file(&app, "closed.csv", text.as_bytes()));
        let done = run(&app, &import).await.unwrap();
        assert_eq!((done.written, done.rejected), (699, 1));
        let again = run(&app, &import).await.unwrap();
        assert_eq!((again.written, again.known, again.rejected), (0, 699, 1));
        // The line that names the columns is no row.
        let import = events(file(&app, "header.csv", b"customer,\"day\n1,1997-01-01\n"));
        let refused = run(&app, &import).await.unwrap_err();
        assert!(refused.contains("line 1") && refused.contains("quote"), "{refused}");
    }

    async fn encodings_and_separators_are_recognised_or_said(app: TestApp) {
        let import = contacts(file(&app, "w.csv", b"user_id;name;city\n1;Zo\xeb M\xfcller;K\xf6ln, S\xfcd\n"));
        let running = Running::open(&import).unwrap();
        assert_eq!(running.reading().words(), "Windows-1252, separated by semicolons");
        assert_eq!(run(&app, &import).await.unwrap().written, 1);
        assert_eq!(app.text("select name from contacts").await, "Zoë Müller");
        assert_eq!(app.text("select text from attribute_values").await, "Köln, Süd");
        // Said otherwise it is read otherwise, and what it says of people is written once more.
        let mut other = import.clone();
        other.asked = Asked { encoding: Some("windows-1251".into()), separator: None };
        assert_eq!(run(&app, &other).await.unwrap().written, 1);
        assert_eq!(app.text("select name from contacts").await, "Zoл Mьller");
        other.asked.encoding = Some("utf-8".into());
        let done = run(&app, &other).await.unwrap();
        assert_eq!((done.written, done.rejected), (0, 1));
        assert!(rejected(&other).contains("2,field 2 is not UTF-8"));
        let tabs = contacts(file(&app, "t.csv", b"user_id\tname\n2\tLovelace, Ada\n"));
        assert_eq!(run(&app, &tabs).await.unwrap().written, 1);
        assert_eq!(app.number("select count(*) from contacts where name = 'Lovelace, Ada'").await, 1);
        for (bytes, said) in [(&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "not text"), (b"PK\x03\x04\x14\0", "workbook")] {
            let refused = run(&app, &contacts(file(&app, "x.csv", bytes))).await.unwrap_err();
            assert!(refused.contains(said), "{refused}");
        }
    }

    async fn a_row_that_contradicts_what_is_known_is_set_aside(app: TestApp) {
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let (status, body) = app.form(Some(&ada), "/do/make_attribute", "subject=contact&name=seats&data_type=integer&description=").await;
        assert!(status.is_success() || status.is_redirection(), "{body}");
        let mut text = "user_id,seats\n".to_owned();
        for n in 0..600 {
            text += &format!("u{n},{}\n", if n % 200 == 7 { "many" } else { "5" });
        }
        let import = contacts(file(&app, "seats.csv", text.as_bytes()));
        let done = run(&app, &import).await.unwrap();
        assert_eq!((done.written, done.rejected), (597, 3));
        let rejects = rejected(&import);
        let lines: Vec<_> = rejects.lines().skip(1).map(|l| l.split(',').next().unwrap()).collect();
        assert_eq!(lines, ["9", "209", "409"], "{rejects}");
        assert!(rejects.contains("seats"), "{rejects}");
        assert_eq!(app.number("select count(*) from contacts").await, 597);
    }

    async fn people_without_an_id_are_known_by_their_address(app: TestApp) {
        let users = contacts(file(&app, "u.csv", b"email,name,contact_role\nGrace@example.com,Grace,\nlead@example.com,Lea,lead\n"));
        assert_eq!(run(&app, &users).await.unwrap().written, 2);
        assert_eq!(app.text("select role from contacts where name = 'Grace'").await, "user", "as by the REST API");
        assert_eq!(app.text("select role from contacts where name = 'Lea'").await, "lead");
        // The same address again is the same person, whoever made them and in any case.
        app.call("identify", &json!({"userId": "u1", "traits": {"email": "alan@example.com"}})).await;
        let again = contacts(file(&app, "again.csv", b"user_id,email,plan\n,grace@EXAMPLE.com,pro\n,alan@example.com,pro\nu1,,\n,lead@example.com,pro\n"));
        let done = run(&app, &again).await.unwrap();
        assert_eq!((done.written, done.rejected), (4, 0));
        assert_eq!(app.number("select count(*) from contacts").await, 3);
        assert_eq!(app.number("select count(*) from attribute_values where text = 'pro'").await, 3);
        assert_eq!(run(&app, &again).await.unwrap().known, 4);
        // Whom a user and a lead could be is said by the role; two users with one address are told apart by nothing.
        app.call("identify", &json!({"userId": "u2", "traits": {"email": "alan@example.com"}})).await;
        let bad = contacts(file(&app, "bad.csv", b"user_id,email,contact_role\n,alan@example.com,\n,nobody,\n,,\nu3,a@example.com,lead\n,b@example.com,boss\n,alan@example.com,lead\n"));
        let done = run(&app, &bad).await.unwrap();
        assert_eq!((done.written, done.rejected), (1, 5));
        let rejects = rejected(&bad);
        for (line, reason) in [("2,", "several people"), ("3,", "ada@example.com"), ("4,", "email"), ("5,", "contact_role"), ("6,", "contact_role")] {
            assert!(rejects.lines().any(|l| l.starts_with(line) && l.contains(reason)), "{line} {reason}: {rejects}");
        }
        assert_eq!(app.number("select count(*) from contacts where email_key = 'alan@example.com' and role = 'lead'").await, 1);
        let refused = run(&app, &contacts(file(&app, "none.csv", b"name\nAda\n"))).await.unwrap_err();
        assert!(refused.contains("user_id or email"), "{refused}");
    }

    async fn a_file_adds_tags_and_owners_and_takes_no_refusal_back(app: TestApp) {
        app.call("identify", &json!({"userId": "u1", "traits": {"email": "u1@example.com", "unsubscribed_from_emails": true}})).await;
        app.call("identify", &json!({"userId": "u2", "traits": {"marked_email_as_spam": true}})).await;
        let text = "user_id,tags,owner_email,unsubscribed_from_emails,language_override,marked_email_as_spam\n\
                    u1,VIP; new,ADA@example.com,false,de,true\nu2,vip,,yes,,no\nu3,,nobody@example.com,,,\nu4,,,perhaps,,\n";
        let import = contacts(file(&app, "t.csv", text.as_bytes()));
        let done = run(&app, &import).await.unwrap();
        assert_eq!((done.written, done.rejected), (2, 2));
        assert!(rejected(&import).contains("nobody@example.com"));
        assert_eq!(app.number("select count(*) from tags").await, 2);
        assert_eq!(app.number("select count(*) from taggings where owner_kind = 'contact'").await, 3);
        assert_eq!(app.number("select count(*) from activity where kind = 'tag_added'").await, 3, "segments and messages follow the log");
        assert_eq!(app.number("select unsubscribed from contacts where external_id = 'u1'").await, 1, "a no stays");
        assert_eq!(app.number("select unsubscribed from contacts where external_id = 'u2'").await, 1);
        assert_eq!(app.number("select count(*) from contacts where complained_at > 0").await, 2, "who complained did");
        assert_eq!(app.text("select language_override from contacts where external_id = 'u1'").await, "de");
        assert_eq!(app.number("select owner_id from contacts where external_id = 'u1'").await, app.number("select id from teammates").await);
        run(&app, &import).await.unwrap();
        assert_eq!(app.number("select count(*) from activity where kind = 'tag_added'").await, 3);
    }

    async fn an_export_of_an_import_of_an_export_is_the_same(app: TestApp) {
        let people = "user_id,name,email,phone,avatar,signed_up_at,company_ids,contact_role,owner_email,language_override,unsubscribed_from_emails,marked_email_as_spam,tags,line,seats,attribute:tags\n\
                      u1,\"Grace \"\"Amazing\"\" Hopper\",g@example.com,+1 5,https://example.com/g.png,2024-01-02T03:04:05Z,\"acme; \"\"x, y\"\"\",user,ada@example.com,en,true,true,\"\"\"a, b; c\"\"; VIP\",\"a\nb\",12,mine\n\
                      ,Mail Only,mail@example.com,,,,,user,,,false,false,,,,\n\
                      ,Lea,lead@example.com,,,,,lead,,,false,false,vip,,007,\n\
                      u2,,,,,,,user,,,false,false,,,,\n";
        let companies = "company_id,name,plan,monthly_spend,size,website,industry,remote_created_at,tags,tier\n\
                         acme,Acme,pro,99.5,40,https://acme.example,Ships,2020-01-01T00:00:00Z,big; VIP,gold\n\
                         \"x, y\",,,,,,,,,\n";
        let run_all = async |app: &TestApp, companies: &str, people: &str| {
            let path = file(app, "c.csv", companies.as_bytes());
            let import = Import { kind: Kind::Companies, rejects: path.with_extension("r"), file: path, asked: Asked::default(), map: vec![], event: None };
            let done = run(app, &import).await.unwrap();
            assert_eq!((done.written, done.rejected), (2, 0));
            let done = run(app, &contacts(file(app, "p.csv", people.as_bytes()))).await.unwrap();
            assert_eq!((done.written, done.rejected), (4, 0));
        };
        run_all(&app, companies, people).await;
        let (first_companies, first_people) = (exported(&app, Kind::Companies).await, exported(&app, Kind::Contacts).await);
        assert_eq!(first_companies, companies);
        // A name keeps the letters in which it was first written.
        assert_eq!(first_people, people.replace(",vip,", ",VIP,"));
        let other = TestApp::new(app.engine).await;
        run_all(&other, &first_companies, &first_people).await;
        assert_eq!(exported(&other, Kind::Companies).await, first_companies);
        assert_eq!(exported(&other, Kind::Contacts).await, first_people);
    }

    async fn names_of_columns_may_have_what_stands_between_them(app: TestApp) {
        let odd = "user_id,attribute:-,\"Name, first\",a=b,\"say \"\"x\"\"\",x; y\nu1,1,Grace,2,3,4\n";
        assert_eq!(run(&app, &contacts(file(&app, "odd.csv", odd.as_bytes()))).await.unwrap().written, 1);
        let text = exported(&app, Kind::Contacts).await;
        let (header, _) = text.split_once('\n').unwrap();
        assert!(header.ends_with(",tags,attribute:-,\"Name, first\",a=b,\"say \"\"x\"\"\",x; y"), "{header}");
        let other = TestApp::new(app.engine).await;
        assert_eq!(run(&other, &contacts(file(&other, "p.csv", text.as_bytes()))).await.unwrap().written, 1);
        assert_eq!(exported(&other, Kind::Contacts).await, text);
        let sql = "select v.text from attribute_values v join attributes a on a.id = v.attribute_id where a.name = 'Name, first'";
        assert_eq!(other.text(sql).await, "Grace");

        // As the command is told what they mean, and as the page is.
        let mut import = contacts(file(&app, "again.csv", odd.as_bytes()));
        import.map = pairs("\"Name, first\"=name,\"a=b\"=phone,\"say \"\"x\"\"\"=-").unwrap();
        assert_eq!(run(&app, &import).await.unwrap().written, 1);
        assert_eq!(app.text("select name from contacts").await, "Grace");
        assert_eq!(app.text("select phone from contacts").await, "2");
        import.map = pairs("first=name").unwrap();
        let refused = run(&app, &import).await.unwrap_err();
        assert!(refused.contains("it has user_id, attribute:-, \"Name, first\", \"a=b\", say \"x\", x; y"), "{refused}");
        let ada = sign_in(&other.state, "ada@example.com", "correct horse battery").await.unwrap();
        let (_, to) = upload(&other, &ada, "contacts", "id,\"Name, first\",a=b\nu2,Alan,7\n").await;
        let id = to.strip_prefix("/import/").unwrap();
        let form = format!("id={id}&meanings[0]=user_id&meanings[1]=name&meanings[2]=a%3Db%2C+c");
        let (status, body) = other.form(Some(&ada), "/do/start_import", &form).await;
        assert!(status.is_success() || status.is_redirection(), "{body}");
        jobs::run_due(&other.state).await.unwrap();
        assert_eq!(other.text("select name from contacts where external_id = 'u2'").await, "Alan");
        let sql = "select v.text from attribute_values v join attributes a on a.id = v.attribute_id where a.name = 'a=b, c'";
        assert_eq!(other.text(sql).await, "7");
    }

    async fn events_of_people_without_an_id_come_and_go_by_their_address(app: TestApp) {
        app.call("identify", &json!({"userId": "u1", "traits": {"email": "both@example.com"}})).await;
        let events_of = |path: PathBuf| Import { map: vec![], event: None, ..events(path) };
        let rows = "user_id,email,contact_role,event,timestamp,properties\n\
                    u1,,,Looked,2025-01-01T00:00:00Z,{}\n\
                    ,both@example.com,lead,Looked,2025-01-02T00:00:00Z,\"{\"\"page\"\":\"\"a, b\"\"}\"\n\
                    ,Mail@example.com,user,Ordered,2025-01-03T00:00:00Z,{}\n\
                    ,Mail@example.com,user,Ordered,2025-01-03T00:00:00Z,{}\n";
        let done = run(&app, &events_of(file(&app, "e.csv", rows.as_bytes()))).await.unwrap();
        assert_eq!((done.written, done.rejected), (4, 0));
        assert_eq!(app.number("select count(*) from contacts").await, 3);
        assert_eq!(app.number("select count from event_counts e join contacts p on p.id = e.contact_id where p.email = 'Mail@example.com'").await, 2);
        let first = exported(&app, Kind::Events).await;
        assert_eq!(first, rows);
        // People first, as files of a workspace are read, or not: whoever is not there is made, and no one twice.
        let people = exported(&app, Kind::Contacts).await;
        let other = TestApp::new(app.engine).await;
        run(&other, &contacts(file(&other, "p.csv", people.as_bytes()))).await.unwrap();
        let done = run(&other, &events_of(file(&other, "e.csv", first.as_bytes()))).await.unwrap();
        assert_eq!((done.written, done.rejected), (4, 0));
        assert_eq!(other.number("select count(*) from contacts").await, 3);
        assert_eq!(exported(&other, Kind::Events).await, first);
        let again = run(&other, &events_of(file(&other, "e.csv", first.as_bytes()))).await.unwrap();
        assert_eq!((again.written, again.known), (0, 4));
        // What names nobody, or several, is set aside; an address as metadata stays such.
        app.call("identify", &json!({"userId": "u2", "traits": {"email": "both@example.com"}})).await;
        let bad = events_of(file(&app, "bad.csv", b"user_id,email,event\n,,Looked\n,nobody,Looked\n,BOTH@example.com,Looked\nu2,both@example.com,Looked\n"));
        let done = run(&app, &bad).await.unwrap();
        assert_eq!((done.written, done.rejected), (1, 3));
        let rejects = rejected(&bad);
        for (line, reason) in [("2,", "user_id or an email"), ("3,", ",email: send an address such as ada@example.com"), ("4,", "several people")] {
            assert!(rejects.lines().any(|l| l.starts_with(line) && l.contains(reason)), "{line} {reason}: {rejects}");
        }
        let mut kept = events_of(file(&app, "kept.csv", b"user_id,email,event\nu2,a@b.example,Sent\n"));
        kept.map = vec![("email".into(), "attribute:email".into())];
        run(&app, &kept).await.unwrap();
        assert_eq!(app.number("select count(*) from activity where kind = 'event' and data like '%a@b.example%'").await, 1);
        let refused = run(&app, &events_of(file(&app, "none.csv", b"event\nLooked\n"))).await.unwrap_err();
        assert!(refused.contains("user_id or email"), "{refused}");
    }

    async fn how_an_upload_is_read_is_found_out_once(app: TestApp) {
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let mut text = "user_id;name\n".to_owned();
        for n in 0..9_000 {
            text += &format!("u{n};Person {n}\n");
        }
        let (_, to) = upload(&app, &ada, "contacts", &format!("{text}z;Zoë\n")).await;
        let id = to.strip_prefix("/import/").unwrap().to_owned();
        let reading = async |query: &str| {
            let (_, body) = app.get(&ada, &format!("/do/upload?id={id}{query}")).await;
            serde_json::from_str::<Preview>(&body).map(|p| (p.reading.words(), p.header.len())).map_err(|_| body)
        };
        assert_eq!(reading("").await, Ok(("UTF-8, separated by semicolons".into(), 2)));
        // Far behind, where only who reads all of the file would see it, something else stands now.
        let path = app.folder.path().join("uploads").join(format!("{id}.csv"));
        std::fs::write(&path, [text.as_bytes(), b"z;M\xfcller; the M\xfcller\n"].concat()).unwrap();
        assert_eq!(reading("").await, Ok(("UTF-8, separated by semicolons".into(), 2)));
        assert_eq!(reading("&separator=,").await, Ok(("UTF-8, separated by commas".into(), 1)));
        assert_eq!(reading("&encoding=windows-1252").await, Ok(("Windows-1252, separated by semicolons".into(), 2)));
        // The form leaves it unsaid, and the import reads it as the page did.
        let start = format!("id={id}&meanings[0]=user_id&meanings[1]=name");
        let (status, body) = app.form(Some(&ada), "/do/start_import", &start).await;
        assert!(status.is_success() || status.is_redirection(), "{body}");
        let input = app.text("select input from jobs where kind = 'import'").await;
        assert!(input.contains("UTF-8"), "{input}");
    }

    async fn a_column_that_stands_twice_means_what_each_is_given(app: TestApp) {
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let (_, to) = upload(&app, &ada, "contacts", "id,plan,plan,name\nt1,pro,free,Twice\n").await;
        let id = to.strip_prefix("/import/").unwrap().to_owned();
        let start = async |second: &str| {
            let form = format!("id={id}&meanings[0]=user_id&meanings[1]=plan&meanings[2]={second}&meanings[3]=name");
            let answer = app.form(Some(&ada), "/do/start_import", &form).await;
            jobs::run_due(&app.state).await.unwrap();
            answer
        };
        let (status, body) = start("plan").await;
        assert!(status == StatusCode::BAD_REQUEST && body.contains("more than one column means plan"), "{status} {body}");
        assert_eq!(app.number("select count(*) from contacts").await, 0);
        start("").await;
        assert_eq!(app.text("select text from attribute_values").await, "pro");
        let both = b"id,tags,tags,user_id\nt2,vip,new,x\n";
        let mut import = contacts(file(&app, "both.csv", both));
        import.map = vec![("id".into(), "user_id".into())];
        let refused = run(&app, &import).await.unwrap_err();
        assert!(refused.contains("more than one column means user_id"), "{refused}");
        import.map.push(("user_id".into(), "-".into()));
        run(&app, &import).await.unwrap();
        assert_eq!(app.number("select count(*) from taggings").await, 2, "tags may stand in several columns");
    }

    async fn earlier_files_are_listed_gone_on_with_and_dropped(app: TestApp) {
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let mut text = "user_id;name\n".to_owned();
        for n in 0..1_200 {
            text += &format!("{};Person {n}\n", if n == 5 { String::new() } else { format!("u{n}") });
        }
        let (_, to) = upload(&app, &ada, "contacts", &text).await;
        let id = to.strip_prefix("/import/").unwrap().to_owned();
        let all = earlier(&app, &ada).await;
        assert_eq!((all.len(), all[0].state, all[0].kind, all[0].file), (1, None, Some(Kind::Contacts), true));
        assert_eq!(all[0].name.as_deref(), Some("a.csv"));
        let (_, body) = app.get(&ada, &format!("/do/upload?id={id}&separator=,")).await;
        let preview: Preview = serde_json::from_str(&body).unwrap();
        assert_eq!(preview.header, ["user_id;name"], "as it was asked");
        let (_, body) = app.get(&ada, &format!("/import/{id}")).await;
        assert!(body.contains("Read as UTF-8, separated by semicolons"), "{body}");

        // One that was cancelled before it began goes on, and ends.
        let start = format!("id={id}&meanings[0]=user_id&meanings[1]=name&encoding=UTF-8&separator=%3B");
        app.form(Some(&ada), "/do/start_import", &start).await;
        assert!(earlier(&app, &ada).await.is_empty(), "a job that waits is shown as one");
        let (status, _) = app.form(Some(&ada), "/do/drop_import", &format!("id={id}")).await;
        assert_eq!(status, StatusCode::CONFLICT);
        let job = app.number("select id from jobs where kind = 'import'").await;
        app.form(Some(&ada), "/do/cancel_job", &format!("job={job}")).await;
        jobs::run_due(&app.state).await.unwrap();
        let all = earlier(&app, &ada).await;
        assert_eq!((all[0].state, all[0].written, all[0].file), (Some(jobs::State::Cancelled), 0, true));
        let (status, body) = app.form(Some(&ada), "/do/resume_import", &format!("id={id}")).await;
        assert!(status.is_success() || status.is_redirection(), "{body}");
        jobs::run_due(&app.state).await.unwrap();
        let all = earlier(&app, &ada).await;
        assert_eq!((all.len(), all[0].state, all[0].written, all[0].rejected), (1, Some(jobs::State::Done), 1_199, 1));
        assert!(all[0].rejects && !all[0].file, "{all:?}");
        assert_eq!(app.number("select count(*) from contacts").await, 1_199);
        let (status, _) = app.form(Some(&ada), "/do/resume_import", &format!("id={id}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "it is complete");
        let (_, body) = app.get(&ada, "/do/jobs").await;
        assert!(body.contains("\"began_at\":1772366400000"), "its pace can be told: {body}");

        // One that waits for its columns is dropped, and nothing is left of it.
        let (_, to) = upload(&app, &ada, "events", "user_id,event\nu1,Looked\n").await;
        let other = to.strip_prefix("/import/").unwrap().to_owned();
        assert_eq!(earlier(&app, &ada).await.len(), 2);
        app.form(Some(&ada), "/do/drop_import", &format!("id={other}")).await;
        assert_eq!(earlier(&app, &ada).await.len(), 1);
        let left = std::fs::read_dir(app.folder.path().join("uploads")).unwrap();
        assert!(left.map(|f| f.unwrap().file_name().into_string().unwrap()).all(|f| !f.contains(&other)));
        // One whose file is gone fails in words, without the place on the disk.
        let (_, to) = upload(&app, &ada, "events", "user_id,event\nu1,Looked\n").await;
        let id = to.strip_prefix("/import/").unwrap().to_owned();
        app.form(Some(&ada), "/do/start_import", &format!("id={id}&meanings[0]=user_id&meanings[1]=event")).await;
        std::fs::remove_file(app.folder.path().join("uploads").join(format!("{id}.csv"))).unwrap();
        jobs::run_due(&app.state).await.unwrap();
        let all = earlier(&app, &ada).await;
        let failed = all.iter().find(|one| one.id == id).unwrap();
        assert_eq!((failed.state, failed.file), (Some(jobs::State::Failed), false));
        assert!(!failed.message.contains("uploads"), "{}", failed.message);
    }
}
