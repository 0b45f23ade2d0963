//! Files of people and events: resumed, never doubled, bad rows set aside.

use std::path::PathBuf;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use rapport::id::WorkspaceId;
use rapport::import::{Import, Kind, Preview, Progress, Running, export};
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
    let response = tower::ServiceExt::oneshot(
        rapport::server::http::router(app.state.clone()),
        request.body(Body::from(body)).unwrap(),
    );
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
        for (line, reason) in [("3,", "userId"), ("4,", "yesterday"), ("5,", "2 fields"), ("6,", "not UTF-8")] {
            assert!(rejects.lines().any(|l| l.starts_with(line) && l.contains(reason)), "{line} {reason}: {rejects}");
        }
        assert_eq!(app.number("select count(*) from contacts").await, 2);
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
            map: vec![pair("id", "company_id"), pair("mrr", "monthly_spend"), pair("employees", "size"), pair("since", "remote_created_at")],
            event: None,
        };
        let done = run(&app, &import).await.unwrap();
        assert_eq!((done.written, done.rejected), (1, 2));
        assert_eq!(app.number("select size from companies").await, 40);
        assert_eq!(app.number("select remote_created_at from companies").await, 1_705_276_800_000);
        assert_eq!(app.number("select count(*) from contacts").await, 0);

        let people = file(&app, "p.csv", b"user_id,name,company_id\nu1,Grace,ACME\nu2,Ada,acme\nu3,Alan,new\n");
        let import = Import { kind: Kind::Contacts, rejects: people.with_extension("r.csv"), file: people, map: vec![], event: None };
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
            let import = Import { kind, rejects: path.with_extension("rejected"), file: path, map: vec![], event: None };
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
        for (kind, content, wrong) in [("dances", "a\n1\n", "kind"), ("contacts", "", "file"), ("contacts", "\n\n", "file")] {
            let (status, to) = upload(&app, &ada, kind, content).await;
            assert_eq!((status, to), (StatusCode::SEE_OTHER, format!("/import?wrong={wrong}")));
        }
        assert_eq!(std::fs::read_dir(app.folder.path().join("uploads")).unwrap().count(), before);
    }
}
