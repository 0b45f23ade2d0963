//! Whatever arrives at an edge: an answer that says what was wrong, never a failure, and nothing half done.
//! PROPTEST_CASES asks for more cases than usual.

use std::future::Future;

use axum::http::StatusCode;
use proptest::prelude::*;
use rapport::id::WorkspaceId;
use rapport::import::{Asked, Import, Kind, Progress, Running};
use rapport::teammates::sign_in;
use rapport::ui::markdown;
use serde_json::{Map, Value, json};

use crate::on_both;
use crate::support::{TestApp, properties};

/// Waits within a property, which is not asynchronous.
fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(future))
}

/// Text that edges meet: words, other scripts, control characters, the very long, and what looks like something else.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-c]{1,3}",
        2 => any::<String>(),
        1 => "[\\x00-\\x1f\u{200f}\u{feff}'\"\\\\;%_]{0,4}",
        1 => Just("x".repeat(300)),
        1 => prop::sample::select(vec!["", "null", "-1", "1e999", "2026-13-45", "2026-03-01T12:00:00Z", "99999-01-01T00:00:00Z", "💸", "نور"]).prop_map(str::to_owned),
    ]
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => text().prop_map(Value::from),
        2 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => Just(json!(9_007_199_254_740_993_i64)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// A call whose fields are those of the specification, mostly of their types.
fn call() -> impl Strategy<Value = Value> {
    const NAMES: [&str; 14] = [
        "userId",
        "anonymousId",
        "messageId",
        "event",
        "groupId",
        "previousId",
        "timestamp",
        "sentAt",
        "properties",
        "traits",
        "context",
        "type",
        "originalTimestamp",
        "integrations",
    ];
    let kind = prop::sample::select(vec![
        "identify", "track", "page", "screen", "group", "alias", "other",
    ]);
    let field = (prop::sample::select(NAMES.to_vec()), value());
    (kind, "[a-d]", prop::collection::vec(field, 0..4), 0..4_u8).prop_map(
        |(kind, id, fields, plain)| {
            let mut call = Map::new();
            if plain > 0 {
                call.insert("userId".into(), id.clone().into());
                call.insert("event".into(), "Ordered".into());
                call.insert("groupId".into(), "g".into());
                call.insert("previousId".into(), id.into());
            }
            call.insert("type".into(), kind.into());
            call.extend(fields.into_iter().map(|(name, value)| (name.to_owned(), value)));
            call.into()
        },
    )
}

const SUM: &str = "select (select count(*) from activity) + (select count(*) from contacts) + (select count(*) from companies) \
     + (select count(*) from attribute_values) + (select count(*) from contact_identities) + (select count(*) from message_ids) \
     + (select count(*) from sessions) + (select count(*) from event_counts)";

on_both! {
    async fn no_tracking_call_breaks_anything_or_is_half_taken(app: TestApp) {
        let taken = std::cell::Cell::new(0);
        properties(200, &(call(), prop::collection::vec(call(), 0..4), any::<bool>()), |(one, many, single)| {
            let before = now(app.number(SUM));
            let kind = one["type"].as_str().unwrap_or("track").to_owned();
            let known = ["identify", "track", "page", "screen", "group", "alias"].contains(&kind.as_str());
            let (path, body) = if single && known { (kind.as_str(), one) } else { ("batch", json!({ "batch": many })) };
            let (status, answer) = now(app.call(path, &body));
            prop_assert!(status.is_success() || status.is_client_error(), "{path} {body}: {status} {answer}");
            if status.is_success() {
                taken.set(taken.get() + 1);
            } else {
                prop_assert_eq!(&answer["type"], &json!("error.list"));
                prop_assert_eq!(now(app.number(SUM)), before, "{} {}: refused, but something was written", path, body);
            }
            Ok(())
        });
        assert!(taken.get() > 40, "only {} requests were taken", taken.get());
        let folds = "select count(*) from event_counts e where count <> (select count(*) from activity a where a.workspace_id = e.workspace_id \
                     and a.contact_id = e.contact_id and a.ref_id = e.event_name_id and a.kind = 'event')";
        assert_eq!(app.number(folds).await, 0);
    }

    async fn no_bytes_break_the_tracking_edge(app: TestApp) {
        let before = app.number(SUM).await;
        let begun = prop::collection::vec(any::<u8>(), 0..60).prop_map(|mut tail| {
            let mut body = br#"{"userId":"u","event":""#.to_vec();
            body.append(&mut tail);
            body
        });
        properties(200, &prop_oneof![prop::collection::vec(any::<u8>(), 0..80), begun], |body| {
            let (status, answer) = now(app.call_with(&app.keys.write_key, "track", body));
            prop_assert!(status.is_client_error(), "{status} {answer}");
            Ok(())
        });
        assert_eq!(app.number(SUM).await, before);
    }

    async fn no_body_breaks_rest_and_each_refusal_names_its_field(app: TestApp) {
        const FIELDS: [&str; 22] = [
            "external_id", "email", "name", "role", "phone", "avatar", "owner_id", "signed_up_at", "last_seen_at", "custom_attributes",
            "company_id", "size", "monthly_spend", "remote_created_at", "event_name", "created_at", "user_id", "metadata", "users", "companies", "id", "unknown",
        ];
        let paths = vec![("POST", "/contacts"), ("POST", "/companies"), ("POST", "/events"), ("POST", "/tags"), ("PUT", "/companies/1"), ("POST", "/contacts/1/tags")];
        let fields = prop::collection::vec((prop::sample::select(FIELDS.to_vec()), value()), 0..5);
        let before = std::cell::Cell::new(app.number(SUM).await);
        properties(120, &(prop::sample::select(paths), fields), |((method, path), fields)| {
            let body: Map<String, Value> = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let body = Value::Object(body);
            let (status, answer) = now(app.api(method, path, body.clone()));
            prop_assert!(status.is_success() || status.is_client_error(), "{method} {path} {body}: {status} {answer}");
            if status.is_client_error() {
                prop_assert!(answer["errors"][0]["field"].is_string(), "{method} {path} {body}: {answer}");
                prop_assert_eq!(now(app.number(SUM)), before.get(), "{} {} {}: refused, but something was written", method, path, body);
            }
            before.set(now(app.number(SUM)));
            Ok(())
        });
    }

    async fn no_file_stops_an_import(app: TestApp) {
        let workspace = WorkspaceId(app.number("select id from workspaces").await);
        let path = app.folder.path().join("edge.csv");
        let cell = prop_oneof![3 => text().prop_map(String::into_bytes), 1 => prop::collection::vec(any::<u8>(), 0..6), 1 => Just(b"2025-01-01".to_vec())];
        let row = prop::collection::vec(cell, 1..5);
        let quote = |cell: Vec<u8>, quoted: bool| {
            if !quoted { return cell; }
            let inside = cell.into_iter().flat_map(|b| if b == b'"' { vec![b, b] } else { vec![b] });
            [b'"'].into_iter().chain(inside).chain([b'"']).collect()
        };
        let marks = any::<(bool, bool, bool)>();
        properties(60, &(prop::collection::vec(row, 0..12), marks), |(rows, (quoted, crlf, marked))| {
            let end: &[u8] = if crlf { b"\r\n" } else { b"\n" };
            // What is marked as text is taken as such, whatever it holds.
            let mark: &[u8] = if marked { b"\xef\xbb\xbf" } else { b"" };
            let mut file = [mark, b"user_id,timestamp,total"].concat();
            for row in rows {
                file.extend_from_slice(end);
                let cells: Vec<Vec<u8>> = row.into_iter().map(|cell| quote(cell, quoted)).collect();
                file.extend_from_slice(&cells.join(&b","[..]));
            }
            std::fs::write(&path, &file).unwrap();
            let import = Import {
                kind: Kind::Events,
                file: path.clone(),
                asked: Asked::default(),
                map: Vec::new(),
                event: Some("Ordered".into()),
                rejects: path.with_extension("rejected.csv"),
            };
            let again = || {
                let mut running = match Running::open(&import) {
                    Ok(running) => running,
                    Err(refused) => {
                        assert!(!marked && refused.contains("not text"), "{refused}");
                        return Progress::default();
                    }
                };
                while now(running.step(&app.state, workspace)).unwrap() {}
                running.progress()
            };
            let before = now(app.number("select count(*) from activity where kind = 'event'"));
            let first = again();
            let written = now(app.number("select count(*) from activity where kind = 'event'")) - before;
            prop_assert_eq!(first.written as i64, written);
            let second = again();
            prop_assert_eq!((second.written, second.known, second.rejected), (0, first.written + first.known, first.rejected));
            Ok(())
        });
    }

    async fn no_address_breaks_a_page(app: TestApp) {
        app.call("identify", &json!({"userId": "u", "traits": {"name": "Grace"}})).await;
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let contact = app.number("select id from contacts").await;
        let paths = vec![
            "/people".to_owned(), "/inbox".to_owned(), "/inbox/1".to_owned(), format!("/contacts/{contact}"), "/contacts/0".to_owned(),
            "/settings/audit".to_owned(), "/import".to_owned(), "/do/list_people".to_owned(), "/do/jobs".to_owned(),
        ];
        let names = vec!["find", "tag", "company", "country", "sort", "after", "before", "older", "page", "shelf", "archived", "facet", "event", "entry", "asked", "kind"];
        let escaped = |s: String| s.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
        let number = prop::sample::select(vec!["0", "-1", "1_2", "1.2", "99999999999999999999", "9007199254740993_1"]).prop_map(str::to_owned);
        let pair = (prop::sample::select(names), prop_oneof![text().prop_map(escaped), number]);
        properties(60, &(prop::sample::select(paths), prop::collection::vec(pair, 0..4)), |(path, pairs)| {
            let query: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let address = format!("{path}?{}", query.join("&"));
            let (status, body) = now(app.get(&ada, &address));
            prop_assert!(status.as_u16() < 500, "{address}: {status} {body}");
            prop_assert!(status != StatusCode::UNAUTHORIZED, "{}", address);
            Ok(())
        });
    }
}

#[test]
fn no_markdown_is_more_than_text() {
    let piece = prop_oneof![
        3 => text(),
        2 => prop::sample::select(vec![
            "<script>", "</p>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "![a](http://b/c)", "<a href='java\tscript:x'>",
            "**", "`", "```\n", "> ", "- [ ] ", "| a | b |\n|---|---|\n", "\n\n", "&#106;avascript:", "<svg/onload=x>", "[x]: data:text/html,y\n[x]",
        ]).prop_map(str::to_owned),
    ];
    properties(500, &prop::collection::vec(piece, 0..12), |pieces| {
        let html = markdown::render(&pieces.concat()).to_lowercase();
        for tag in html.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap_or_default();
            prop_assert!(
                !["script", "img", "svg", "iframe", "style"]
                    .iter()
                    .any(|name| tag.starts_with(name)),
                "{html}"
            );
            prop_assert!(!tag.contains(" on") || !tag.contains("=\"alert"), "{html}");
            prop_assert!(
                !tag.contains("href=\"javascript") && !tag.contains("href=\"data"),
                "{html}"
            );
        }
        Ok(())
    });
}
