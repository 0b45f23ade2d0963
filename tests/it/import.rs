//! Files of people and events: resumed, never doubled, bad rows set aside.

use std::ops::ControlFlow;
use std::path::PathBuf;

use rapport::id::WorkspaceId;
use rapport::import::{Import, Kind, Progress, run};

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

const GO: fn(Progress) -> ControlFlow<()> = |_| ControlFlow::Continue(());

on_both! {
    async fn stopped_half_way_and_started_again_doubles_nothing(app: TestApp) {
        let mut text = "customer,day,value\n".to_owned();
        for n in 0..1_700 {
            text += &format!("{:05},1997-01-{:02},{}.25\n", n % 600, n % 28 + 1, n % 50);
        }
        let import = events(file(&app, "buys.csv", text.as_bytes()));
        let half = run(&app.state, workspace(&app).await, &import, |_| ControlFlow::Break(())).await.unwrap();
        assert_eq!((half.written, half.known), (500, 0));
        let whole = run(&app.state, workspace(&app).await, &import, GO).await.unwrap();
        assert_eq!((whole.written, whole.known, whole.rejected), (1_200, 500, 0));
        assert_eq!(whole.bytes, text.len() as u64);
        let again = run(&app.state, workspace(&app).await, &import, GO).await.unwrap();
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
        run(&app.state, workspace(&app).await, &events(file(&app, "a.csv", text)), GO).await.unwrap();
        let copy = run(&app.state, workspace(&app).await, &events(file(&app, "b.csv", text)), GO).await.unwrap();
        assert_eq!((copy.written, copy.known), (0, 2));
        assert_eq!(app.number("select count from event_counts").await, 2);
    }

    async fn bad_rows_go_to_the_reject_file_with_line_and_reason(app: TestApp) {
        let mut text = b"\xef\xbb\xbfcustomer,day,value\r\n1,1997-01-01,5\r\n,1997-01-02,6\r\n2,yesterday,7\r\n3,1997-01-03\r\n".to_vec();
        text.extend(b"4,1997-01-04,\xff\r\n\"5\",1997-01-05,\"a \"\"quoted\"\", value\r\nin two lines\"\r\n");
        let import = events(file(&app, "bad.csv", &text));
        let done = run(&app.state, workspace(&app).await, &import, GO).await.unwrap();
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
        let done = run(&app.state, workspace(&app).await, &import, GO).await.unwrap();
        assert_eq!((done.written, done.rejected), (1, 0));
        assert_eq!(app.text("select name from contacts").await, "Zoë 🙂");
        assert_eq!(app.text("select data_type from attributes where name = 'seats'").await, "integer");
        assert_eq!(app.text("select text from attribute_values where text_key = '00501'").await, "00501");
    }

    async fn a_wrong_map_says_what_the_file_has(app: TestApp) {
        let path = file(&app, "a.csv", b"a,b\n1,2\n");
        let refused = run(&app.state, workspace(&app).await, &events(path.clone()), GO).await.unwrap_err();
        assert!(refused.contains("customer") && refused.contains("a, b"), "{refused}");
        let mut import = events(path);
        import.map.clear();
        let refused = run(&app.state, workspace(&app).await, &import, GO).await.unwrap_err();
        assert!(refused.contains("user_id"), "{refused}");
        import.file = "no-such-file.csv".into();
        assert!(run(&app.state, workspace(&app).await, &import, GO).await.unwrap_err().contains("no-such-file.csv"));
    }
}
