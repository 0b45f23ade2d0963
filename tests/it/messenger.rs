//! The Messenger: whom it believes, what it shows to whom, and what it refuses.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use jsonwebtoken::{EncodingKey, Header, encode};
use rapport::attachments::{self, Uploader};
use rapport::contacts;
use rapport::conversations::{self, PartKind, Words};
use rapport::id::{ContactId, ConversationId, TeammateId, WorkspaceId};
use rapport::messenger::{Settings, hash_of, save};
use rapport::run;
use rapport::server::db::{Changed, Write};
use rapport::teammates::sign_in;
use rapport::workspace::create;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::{NOON, TestApp, new_workspace};

const PAGE: &str = "https://shop.example";
/// What only the team knows.
const SECRET: &str = "MARKER-of-the-team";

async fn send(
    app: &TestApp,
    method: &str,
    path: &str,
    token: &str,
    body: &Value,
) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(method)
        .uri(format!("/messenger/{path}"))
        .header(header::ORIGIN, PAGE)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(
            header::USER_AGENT,
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        );
    let body = if method == "GET" { Body::empty() } else { Body::from(body.to_string()) };
    let (status, bytes) = app.send(request.body(body).unwrap()).await;
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains(SECRET), "the team's own stays with it: {text}");
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

pub async fn get(app: &TestApp, path: &str, token: &str) -> (StatusCode, Value) {
    send(app, "GET", path, token, &Value::Null).await
}

pub async fn post(app: &TestApp, path: &str, token: &str, body: Value) -> (StatusCode, Value) {
    send(app, "POST", path, token, &body).await
}

async fn try_boot(app: &TestApp, visitor: Option<&str>, settings: Value) -> (StatusCode, Value) {
    let body = json!({ "app_id": app.keys.app_id, "visitor": visitor, "settings": settings });
    post(app, "boot", "", body).await
}

pub async fn boot(app: &TestApp, visitor: Option<&str>, settings: Value) -> (String, Value) {
    let (status, answer) = try_boot(app, visitor, settings).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    (answer["token"].as_str().unwrap().to_owned(), answer)
}

pub fn proved(app: &TestApp, id: &str) -> Value {
    json!({ "user_id": id, "user_hash": hash_of(&app.keys.identity_secret, id) })
}

async fn write_to(app: &TestApp, token: &str, text: &str, id: &str) -> i64 {
    let (status, answer) =
        post(app, "conversations", token, json!({ "body": text, "client_id": id })).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer["conversation"].as_i64().unwrap()
}

async fn as_team(app: &TestApp) -> Write<'_> {
    let workspace = WorkspaceId(app.number("select id from workspaces order by id limit 1").await);
    let ada = TeammateId(app.number("select id from teammates order by id limit 1").await);
    Write::begin(&app.state, workspace, ada).await.unwrap()
}

async fn say(app: &TestApp, conversation: i64, kind: PartKind, text: &str, id: &str) {
    let mut w = as_team(app).await;
    conversations::say(&mut w, ConversationId(conversation), kind, text, id).await.unwrap();
    w.commit().await.unwrap();
}

async fn set(app: &TestApp, settings: Settings) {
    let mut w = as_team(app).await;
    save(&mut w, &settings).await.unwrap();
    w.commit().await.unwrap();
}

async fn execute(app: &TestApp, sql: &'static str) {
    let mut c = app.state.db.begin().await.unwrap();
    let changed: Result<Changed, _> = run!(c, |x| sqlx::query(sql).execute(x));
    assert!(changed.unwrap().0 > 0, "{sql}");
    c.commit().await.unwrap();
}

fn words(answer: &Value) -> String {
    answer["errors"][0]["message"].as_str().unwrap_or_default().to_owned()
}

on_both! {
    async fn the_list_says_with_whom_a_conversation_is_whoever_wrote_last(app: TestApp) {
        let (token, _) = boot(&app, None, json!({})).await;
        let first = write_to(&app, &token, "Where is my order?", "a").await;
        let line = async |n: usize| {
            let home = get(&app, "home", &token).await.1;
            let line = &home["conversations"][n];
            (line["author"].clone(), line["with"].clone(), line["text"].clone())
        };
        assert_eq!(line(0).await, (Value::Null, Value::Null, json!("Where is my order?")), "nobody in particular yet");
        say(&app, first, PartKind::Note, "Mine", "n").await;
        say(&app, first, PartKind::Message, "On its way", "t").await;
        assert_eq!(line(0).await, (json!("Ada Lovelace"), json!("Ada Lovelace"), json!("On its way")));
        let path = format!("conversations/{first}");
        assert_eq!(post(&app, &path, &token, json!({ "body": "Thanks", "client_id": "b" })).await.0, StatusCode::OK);
        app.pass(1_000);
        write_to(&app, &token, "And another thing", "c").await;
        assert_eq!(line(0).await, (Value::Null, Value::Null, json!("And another thing")));
        assert_eq!(line(1).await, (Value::Null, json!("Ada Lovelace"), json!("Thanks")));
    }

    async fn what_was_said_is_shown_while_others_write(app: TestApp) {
        let (token, _) = boot(&app, None, json!({})).await;
        let id = write_to(&app, &token, "Where is my order?", "a").await;
        say(&app, id, PartKind::Message, "On its way", "t-1").await;
        let mut writing = as_team(&app).await;
        let sql = "update conversations set waiting = waiting";
        let held: Result<Changed, _> = run!(writing.conn, |c| sqlx::query(sql).execute(c));
        assert_eq!(held.unwrap().0, 1);
        let asked = tokio::time::timeout(Duration::from_secs(5), get(&app, "home", &token));
        let (_, home) = asked.await.expect("nobody waits for who writes");
        assert_eq!(home["conversations"][0]["text"], json!("On its way"));
        assert_eq!(app.number("select waiting from conversations").await, 1);
        writing.commit().await.unwrap();
        for _ in 0..500 {
            if app.number("select waiting from conversations").await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it is noted that it has reached their Messenger");
    }

    async fn a_visitor_and_the_team_talk_and_only_what_was_said_is_shown(app: TestApp) {
        let (token, first) = boot(&app, None, json!({})).await;
        let visitor = first["visitor"].as_str().unwrap();
        assert_eq!((first["verified"].as_bool(), first["unread"].as_i64()), (Some(false), Some(0)));
        let id = write_to(&app, &token, "Where is **my** order?", "a").await;
        assert_eq!(write_to(&app, &token, "Where is **my** order?", "a").await, id, "a repeat is the same");
        for _ in 0..2 {
            let (status, _) = post(&app, &format!("conversations/{id}"), &token, json!({ "body": "Hello?", "client_id": "b" })).await;
            assert_eq!(status, StatusCode::OK);
        }
        assert_eq!(app.number("select count(*) from parts").await, 2);
        assert_eq!(app.text("select role from contacts").await, "lead");

        say(&app, id, PartKind::Note, &format!("A note: {SECRET}"), "n-1").await;
        say(&app, id, PartKind::Message, "On its *way*, <b>today</b>", "t-1").await;
        say(&app, id, PartKind::Note, SECRET, "n-2").await;
        assert_eq!(app.number("select waiting from conversations").await, 1);
        let (_, news) = post(&app, "ping", &token, json!({})).await;
        assert_eq!((news["unread"].as_i64(), news["unread_words"].as_str()), (Some(1), Some("1 new message")));
        assert_eq!((news["newest"]["author"].as_str(), news["newest"]["text"].as_str()), (Some("Ada Lovelace"), Some("On its way, <b>today</b>")));
        assert_eq!(app.number("select waiting from conversations").await, 0, "it has reached their Messenger");

        let (_, thread) = get(&app, &format!("conversations/{id}"), &token).await;
        let parts = thread["parts"].as_array().unwrap();
        assert_eq!(parts.len(), 3);
        assert_eq!((&parts[0]["author"], &parts[0]["client_id"]), (&Value::Null, &json!("a")));
        assert!(parts[2]["html"].as_str().unwrap().contains("&lt;b&gt;today"), "{thread}");
        assert!(!thread.to_string().contains("ada@example.com"));
        let (_, home) = get(&app, "home?language=de", &token).await;
        assert_eq!(home["conversations"][0]["unread_words"], "1 neue Nachricht");
        assert!(!home.to_string().contains("ada@example.com"));

        let newest = parts[2]["id"].as_i64().unwrap();
        let note = app.number("select max(id) from parts where kind = 'note'").await;
        let read = format!("conversations/{id}/read");
        assert_eq!(post(&app, &read, &token, json!({ "part": note })).await.0, StatusCode::NOT_FOUND, "a note is nothing to read");
        for _ in 0..2 {
            assert_eq!(post(&app, &read, &token, json!({ "part": newest })).await.0, StatusCode::OK);
        }
        assert_eq!(app.number("select contact_read_part_id from conversations").await, newest);
        assert_eq!(post(&app, &read, &token, json!({ "part": parts[0]["id"] })).await.0, StatusCode::OK);
        assert_eq!(app.number("select contact_read_part_id from conversations").await, newest, "reading goes forward only");
        assert_eq!(post(&app, "ping", &token, json!({})).await.1["unread"], 0);

        let (again, second) = boot(&app, Some(visitor), json!({})).await;
        assert_eq!((second["visitor"].as_str(), again == token), (Some(visitor), false));
        assert_eq!(get(&app, "home", &again).await.1["conversations"].as_array().unwrap().len(), 1, "the browser is known again");
        let (other, _) = boot(&app, None, json!({})).await;
        assert_eq!(get(&app, &format!("conversations/{id}"), &other).await.0, StatusCode::NOT_FOUND);
        assert_eq!(post(&app, &format!("conversations/{id}"), &other, json!({ "body": "x", "client_id": "x" })).await.0, StatusCode::NOT_FOUND);
        assert_eq!(post(&app, &read, &other, json!({ "part": newest })).await.0, StatusCode::NOT_FOUND);
        let theirs = write_to(&app, &other, "Mine", "a").await;
        assert_ne!(theirs, id, "an id of another visitor's is one's own");
        assert_eq!(get(&app, "home", "ms_guess").await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(post(&app, "end", &token, json!({})).await.0, StatusCode::OK);
        assert_eq!(get(&app, "home", &token).await.0, StatusCode::UNAUTHORIZED);
    }

    async fn files_go_both_ways_and_those_of_notes_stay_with_the_team(app: TestApp) {
        let (token, _) = boot(&app, None, json!({})).await;
        let (other, _) = boot(&app, None, json!({})).await;
        let (status, file) = post(&app, "files?name=..%2Fnote.txt", &token, json!({ "a": 1 })).await;
        assert_eq!((status, file["name"].as_str(), file["size"].as_i64()), (StatusCode::OK, Some("note.txt"), Some(7)));
        let id = file["id"].as_i64().unwrap();
        assert_eq!(get(&app, &format!("files/{id}"), &token).await.0, StatusCode::NOT_FOUND, "not sent yet");
        let stolen = json!({ "body": "x", "client_id": "x", "files": [id] });
        assert_eq!(post(&app, "conversations", &other, stolen).await.0, StatusCode::BAD_REQUEST, "another's file is not sent");
        let (status, sent) = post(&app, "conversations", &token, json!({ "body": "", "client_id": "a", "files": [id] })).await;
        assert_eq!(status, StatusCode::OK, "{sent}");
        let conversation = sent["conversation"].as_i64().unwrap();
        assert_eq!(get(&app, &format!("files/{id}"), &token).await, (StatusCode::OK, json!({ "a": 1 })));
        assert_eq!(get(&app, "home", &token).await.1["conversations"][0]["text"], "note.txt");
        let (_, thread) = get(&app, &format!("conversations/{conversation}"), &token).await;
        assert_eq!(thread["parts"][0]["files"][0]["name"], "note.txt");
        let workspace = WorkspaceId(app.number("select id from workspaces").await);
        let ada = TeammateId(app.number("select id from teammates").await);
        let mut of_team = Vec::new();
        for (kind, client) in [(PartKind::Message, "t"), (PartKind::Note, "n")] {
            let bytes = futures::stream::iter([Ok::<_, std::io::Error>(axum::body::Bytes::from_static(b"[1]"))]);
            let name = if kind == PartKind::Note { SECRET } else { "invoice.pdf" };
            let place = ConversationId(conversation);
            let file = attachments::take(&app.state, workspace, Uploader::Teammate(ada), place, name, bytes).await.unwrap();
            let mut w = as_team(&app).await;
            let words = Words { body: "Here", client_id: client, files: &[file.id] };
            conversations::say_words(&mut w, place, kind, words).await.unwrap();
            w.commit().await.unwrap();
            of_team.push(file.id);
        }
        assert_eq!(get(&app, &format!("files/{}", of_team[0]), &token).await, (StatusCode::OK, json!([1])));
        assert_eq!(get(&app, &format!("files/{}", of_team[1]), &token).await.0, StatusCode::NOT_FOUND, "a note's");
        for file in [id, of_team[0].0] {
            assert_eq!(get(&app, &format!("files/{file}"), &other).await.0, StatusCode::NOT_FOUND);
        }
        let path = format!("files?name=x&conversation={conversation}");
        assert_eq!(post(&app, &path, &other, json!({})).await.0, StatusCode::NOT_FOUND);
    }

    async fn long_conversations_come_in_pieces_and_sessions_end_by_themselves(app: TestApp) {
        let (token, _) = boot(&app, None, json!({})).await;
        let id = write_to(&app, &token, "0", "c0").await;
        for n in 1..70 {
            say(&app, id, PartKind::Message, &n.to_string(), &format!("t{n}")).await;
        }
        let (_, newest) = get(&app, &format!("conversations/{id}"), &token).await;
        let parts = newest["parts"].as_array().unwrap();
        assert_eq!((parts.len(), newest["earlier"].as_bool()), (50, Some(true)));
        let (_, rest) = get(&app, &format!("conversations/{id}?before={}", parts[0]["id"]), &token).await;
        assert_eq!((rest["parts"].as_array().unwrap().len(), rest["earlier"].as_bool()), (20, Some(false)));
        app.pass(23 * 3_600_000);
        assert_eq!(get(&app, "home", &token).await.0, StatusCode::OK, "used within a day");
        app.pass(23 * 3_600_000);
        assert_eq!(get(&app, "home", &token).await.0, StatusCode::OK, "and so put off");
        app.pass(25 * 3_600_000);
        assert_eq!(get(&app, "home", &token).await.0, StatusCode::UNAUTHORIZED);
    }

    async fn a_list_of_conversations_comes_in_pages_and_counts_all_that_is_new(app: TestApp) {
        let (token, first) = boot(&app, None, json!({})).await;
        write_to(&app, &token, "Hello", "c0").await;
        let contact = ContactId(app.number("select contact_id from conversations").await);
        for n in 0..119 {
            // Many begin in one moment, so that the moment alone does not say where a page ends.
            if n % 40 == 0 {
                app.pass(1_000);
            }
            let mut w = as_team(&app).await;
            conversations::start(&mut w, contact, Words::new(&format!("New {n}"), &format!("s{n}"))).await.unwrap();
            w.commit().await.unwrap();
        }
        let (_, home) = get(&app, "home", &token).await;
        assert_eq!((home["unread"].as_i64(), home["unread_words"].as_str()), (Some(119), Some("119 new messages")), "of all pages");
        let (_, news) = post(&app, "ping", &token, json!({})).await;
        assert_eq!(news["unread"], 119);
        let mut pages = vec![home];
        while let Some(before) = pages.last().unwrap()["earlier"].as_str() {
            let (status, page) = get(&app, &format!("conversations?language=de&before={before}"), &token).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            pages.push(page);
        }
        let ids = |page: &Value| page["conversations"].as_array().unwrap().iter().map(|l| l["id"].as_i64().unwrap()).collect::<Vec<_>>();
        assert_eq!(pages.iter().map(|p| ids(p).len()).collect::<Vec<_>>(), [50, 50, 20]);
        assert_eq!(pages.iter().flat_map(ids).collect::<std::collections::BTreeSet<_>>().len(), 120, "each once");
        assert_eq!(pages[1]["conversations"][0]["unread_words"], "1 neue Nachricht");
        let (_, same) = get(&app, "conversations", &token).await;
        assert_eq!(ids(&same), ids(&pages[0]), "without a place it begins at the newest");

        let (other, _) = boot(&app, None, json!({})).await;
        let before = pages[0]["earlier"].as_str().unwrap();
        let (status, none) = get(&app, &format!("conversations?before={before}"), &other).await;
        assert_eq!((status, ids(&none).len(), &none["earlier"]), (StatusCode::OK, 0, &Value::Null));
        for wrong in ["1", "x-1", "1-x", "", "-"] {
            let (status, said) = get(&app, &format!("conversations?before={wrong}"), &token).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}: {said}");
        }
        assert_ne!(first["visitor"], Value::Null);
    }

    async fn proofs_that_are_wrong_are_refused_by_name_and_make_nobody(app: TestApp) {
        let other = create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let exp = NOON.0 / 1000 + 60;
        let jwt = |secret: &str, claims: Value| encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap();
        let ours = app.keys.identity_secret.clone();
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJ1c2VyX2lkIjoidSJ9.";
        for (what, settings) in [
            ("forged", json!({ "intercom_user_jwt": jwt("guess", json!({"user_id": "u", "exp": exp})) })),
            ("expired", json!({ "intercom_user_jwt": jwt(&ours, json!({"user_id": "u", "exp": exp - 61})) })),
            ("another workspace's", json!({ "intercom_user_jwt": jwt(&other.identity_secret, json!({"user_id": "u", "exp": exp})) })),
            ("alg none", json!({ "intercom_user_jwt": none })),
            ("about another", json!({ "user_id": "v", "intercom_user_jwt": jwt(&ours, json!({"user_id": "u", "exp": exp})) })),
            ("another id's hash", json!({ "user_id": "u", "user_hash": hash_of(&ours, "v") })),
            ("the address' hash for an id", json!({ "user_id": "u", "email": "e@example.com", "user_hash": hash_of(&ours, "e@example.com") })),
            ("another workspace's hash", json!({ "user_id": "u", "user_hash": hash_of(&other.identity_secret, "u") })),
            ("a hash of nobody", json!({ "user_hash": hash_of(&ours, "") })),
            ("no hash", json!({ "user_id": "u", "user_hash": "zz" })),
        ] {
            let (status, answer) = try_boot(&app, None, settings).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{what}: {answer}");
            assert!(["intercom_user_jwt", "user_hash"].contains(&answer["errors"][0]["field"].as_str().unwrap()), "{what}: {answer}");
        }
        assert_eq!(app.number("select count(*) from contacts").await, 0);
        assert_eq!(app.number("select count(*) from messenger_sessions").await, 0);
        let (_, good) = boot(&app, None, json!({ "intercom": true, "intercom_user_jwt": jwt(&ours, json!({"user_id": "u", "exp": exp, "plan": "pro", "name": "Grace"})) })).await;
        assert_eq!(good["verified"], true);
        assert_eq!(app.text("select name from contacts").await, "Grace");
        assert_eq!(app.text("select text from attribute_values").await, "pro");
        assert_eq!(app.number("select count(*) from attribute_values").await, 1, "what is the Messenger's own is no fact about her");
        let (status, answer) = post(&app, "boot", "", json!({ "app_id": "nobody" })).await;
        assert_eq!((status, words(&answer).as_str()), (StatusCode::BAD_REQUEST, "app_id: no workspace has this app_id"));
    }

    async fn a_rolled_secret_is_good_until_its_end(app: TestApp) {
        let old = proved(&app, "u");
        execute(&app, "update workspaces set identity_previous = identity_secret, identity_secret = 'is_new', identity_previous_until = 1772366500000").await;
        let new = json!({ "user_id": "u", "user_hash": hash_of("is_new", "u") });
        for settings in [&old, &new] {
            assert_eq!(boot(&app, None, settings.clone()).await.1["verified"], true);
        }
        // Tokens as well as hashes, and for as long as both the secret and the token last.
        let jwt = |secret: &str, seconds: i64| {
            let claims = json!({ "user_id": "u", "exp": NOON.0 / 1000 + seconds });
            json!({ "intercom_user_jwt": encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap() })
        };
        let first = app.keys.identity_secret.clone();
        assert_eq!(boot(&app, None, jwt(&first, 1_000)).await.1["verified"], true);
        let (token, _) = boot(&app, None, jwt("is_new", 50)).await;
        app.pass(100_000);
        assert_eq!(try_boot(&app, None, old).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(try_boot(&app, None, jwt(&first, 1_000)).await.0, StatusCode::BAD_REQUEST, "its secret is over");
        assert_eq!(try_boot(&app, None, jwt("is_new", 50)).await.0, StatusCode::BAD_REQUEST, "it is over itself");
        assert_eq!(boot(&app, None, jwt("is_new", 1_000)).await.1["verified"], true);
        assert_eq!(get(&app, "home", &token).await.0, StatusCode::OK, "who was let in stays for a day");
        assert_eq!(boot(&app, None, new).await.1["verified"], true);
        execute(&app, "update workspaces set identity_secret = '', identity_previous = ''").await;
        let empty = json!({ "user_id": "u", "user_hash": hash_of("", "u") });
        assert_eq!(try_boot(&app, None, empty).await.0, StatusCode::BAD_REQUEST, "no secret proves nothing");
    }

    async fn nobody_without_proof_reads_what_a_verified_person_said(app: TestApp) {
        // Before the proof, a claim was believed.
        let (claimed, early) = boot(&app, None, json!({ "user_id": "grace" })).await;
        let grace = app.number("select id from contacts").await;
        let (token, answer) = boot(&app, None, proved(&app, "grace")).await;
        let visitor = answer["visitor"].as_str().unwrap().to_owned();
        let id = write_to(&app, &token, "My salary", "a").await;
        say(&app, id, PartKind::Message, "It is 1,000", "t").await;
        assert_eq!(app.number("select contact_id from conversations").await, grace);
        let nothing = async |token: &str, what: &str| {
            let home = get(&app, "home", token).await;
            assert!(home.0 == StatusCode::UNAUTHORIZED || home.1["conversations"] == json!([]), "{what}: {}", home.1);
            assert_ne!(get(&app, &format!("conversations/{id}"), token).await.0, StatusCode::OK, "{what}");
            assert_ne!(post(&app, &format!("conversations/{id}"), token, json!({ "body": "x", "client_id": "z" })).await.0, StatusCode::OK, "{what}");
        };
        nothing(&claimed, "a session from before the proof").await;
        let early_visitor = early["visitor"].as_str().unwrap().to_owned();
        for (what, visitor, settings) in [
            ("a claim", None, json!({ "user_id": "grace" })),
            ("a claim from the browser of before", Some(early_visitor.as_str()), json!({ "user_id": "grace" })),
            ("the browser that was left signed in", Some(visitor.as_str()), json!({})),
            ("a claim from it", Some(visitor.as_str()), json!({ "user_id": "grace", "name": "Not Grace" })),
            ("an address", None, json!({ "email": "grace@example.com" })),
            ("a made-up browser", Some("grace"), json!({})),
        ] {
            let (token, answer) = boot(&app, visitor, settings).await;
            assert_eq!((answer["verified"].as_bool(), answer["unread"].as_i64()), (Some(false), Some(0)), "{what}");
            assert_ne!(answer["visitor"].as_str().unwrap(), visitor.unwrap_or_default().to_owned() + "?", "{what}");
            nothing(&token, what).await;
        }
        assert_eq!(app.number("select count(*) from contacts where name = 'Not Grace' and role = 'user'").await, 0);
        // The key of the tracking API is public: what it merges is no proof.
        let (lead, answer) = boot(&app, None, json!({})).await;
        let sly = answer["visitor"].as_str().unwrap().to_owned();
        app.call("identify", &json!({ "userId": "grace", "anonymousId": sly })).await;
        assert_eq!(app.number("select count(*) from contacts where merged_into > 0").await, 1, "the lead is merged");
        nothing(&lead, "a merged lead's session").await;
        let (again, answer) = boot(&app, Some(&sly), json!({})).await;
        assert_ne!(answer["visitor"].as_str(), Some(sly.as_str()), "the browser begins anew");
        nothing(&again, "a merged lead's browser").await;
        // And she herself still does.
        let (token, answer) = boot(&app, Some(&visitor), proved(&app, "grace")).await;
        assert_eq!(answer["unread"], 1);
        assert_eq!(get(&app, &format!("conversations/{id}"), &token).await.0, StatusCode::OK);
    }

    async fn what_a_browser_said_before_becomes_the_users_on_proof_only(app: TestApp) {
        let (lead, answer) = boot(&app, None, json!({})).await;
        let visitor = answer["visitor"].as_str().unwrap().to_owned();
        let id = write_to(&app, &lead, "Before signing in", "a").await;
        let (claimed, _) = boot(&app, Some(&visitor), json!({ "user_id": "noor" })).await;
        assert_eq!(get(&app, "home", &claimed).await.1["conversations"], json!([]), "a claim takes nothing along");
        let (proof, answer) = boot(&app, Some(&visitor), proved(&app, "noor")).await;
        assert_eq!(answer["visitor"].as_str(), Some(visitor.as_str()));
        assert_eq!(get(&app, "home", &proof).await.1["conversations"][0]["id"], id);
        assert_eq!(get(&app, "home", &lead).await.0, StatusCode::UNAUTHORIZED, "the lead's session proves nothing");
        // A second user of the same browser takes nothing of the first.
        let (second, answer) = boot(&app, Some(&visitor), proved(&app, "omar")).await;
        assert_ne!(answer["visitor"].as_str(), Some(visitor.as_str()));
        assert_eq!(get(&app, "home", &second).await.1["conversations"], json!([]));
    }

    async fn a_proved_address_is_a_person_of_its_own(app: TestApp) {
        let secret = app.keys.identity_secret.clone();
        let mail = |address: &str| json!({ "email": address, "user_hash": hash_of(&secret, address) });
        // Another user gives themself the address; it makes them nobody else.
        boot(&app, None, json!({ "user_id": "mallory", "user_hash": hash_of(&secret, "mallory"), "email": "grace@example.com" })).await;
        let (first, answer) = boot(&app, None, mail("grace@example.com")).await;
        assert_eq!(answer["verified"], true);
        write_to(&app, &first, "Mine", "a").await;
        let (mallory, _) = boot(&app, None, proved(&app, "mallory")).await;
        assert_eq!(get(&app, "home", &mallory).await.1["conversations"], json!([]));
        let (second, _) = boot(&app, None, mail("grace@example.com")).await;
        assert_eq!(get(&app, "home", &second).await.1["conversations"].as_array().unwrap().len(), 1);
        // One whom the REST API made by the address alone is meant by it.
        let (status, made) = app.api("POST", "/contacts", json!({ "email": "Ken@example.com", "role": "user" })).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        let people = app.number("select count(*) from contacts").await;
        boot(&app, None, mail("ken@example.com")).await;
        assert_eq!(app.number("select count(*) from contacts").await, people);
        assert_eq!(app.number("select count(*) from contacts where email_key = 'ken@example.com' and verified_at > 0").await, 1);
    }

    async fn a_workspace_may_ask_everyone_for_proof(app: TestApp) {
        let (claimed, _) = boot(&app, None, json!({ "user_id": "u" })).await;
        let (lead, _) = boot(&app, None, json!({})).await;
        set(&app, Settings { require_identity: true, ..Settings::default() }).await;
        for settings in [json!({ "user_id": "u" }), json!({ "email": "e@example.com" })] {
            let (status, answer) = try_boot(&app, None, settings).await;
            assert_eq!(status, StatusCode::FORBIDDEN);
            assert!(words(&answer).contains("intercom_user_jwt"), "{answer}");
        }
        assert_eq!(get(&app, "home", &claimed).await.0, StatusCode::UNAUTHORIZED, "also those who are here already");
        assert_eq!(get(&app, "home", &lead).await.0, StatusCode::OK, "visitors claim nothing");
        assert_eq!(boot(&app, None, proved(&app, "u")).await.1["verified"], true);
        assert_eq!(boot(&app, None, json!({})).await.1["verified"], false);
    }

    async fn facts_visits_and_events_reach_the_profile(app: TestApp) {
        let mut settings = proved(&app, "u");
        for (name, value) in [("name", json!("Grace")), ("email", json!("g@example.com")), ("plan", json!("pro")), ("created_at", json!(1_700_000_000)),
            ("action_color", json!("#ff0000")), ("z_index", json!(9)), ("utm_source", json!("letter")), ("company", json!({"company_id": "navy", "name": "Navy", "plan": "big"}))] {
            settings[name] = value;
        }
        let page = json!({ "url": "https://shop.example/cart?utm_campaign=spring", "referrer": "https://search.example/?q=1" });
        let body = json!({ "app_id": app.keys.app_id, "settings": settings, "page": page, "language": "fr-CH" });
        let (status, answer) = post(&app, "boot", "", body).await;
        assert_eq!((status, &answer["refused"], answer["language"].as_str()), (StatusCode::OK, &Value::Null, Some("fr")));
        let token = answer["token"].as_str().unwrap().to_owned();
        let id = ContactId(app.number("select id from contacts").await);
        let mut c = app.state.db.read().await.unwrap();
        let workspace = WorkspaceId(app.number("select id from workspaces").await);
        let person = contacts::find(&mut c, workspace, id).await.unwrap().unwrap();
        drop(c);
        assert_eq!((person.browser.as_deref(), person.os.as_deref()), (Some("Firefox"), Some("Linux")));
        assert_eq!(person.last_page.as_deref(), Some("https://shop.example/cart?utm_campaign=spring"));
        assert_eq!((person.referrer.as_deref(), person.browser_language.as_deref()), (Some("https://search.example/?q=1"), Some("fr-CH")));
        assert_eq!((person.utm_campaign.as_deref(), person.utm_source.as_deref()), (Some("spring"), Some("letter")));
        assert_eq!((person.last_seen_at, person.session_count), (NOON, 1));
        assert_eq!(app.number("select count(*) from attribute_values").await, 1, "looks are no facts");
        assert_eq!(app.number("select count(*) from memberships m join companies c on c.id = m.company_id where c.name = 'Navy'").await, 1);
        app.pass(31 * 60_000);
        post(&app, "ping", &token, json!({ "page": { "url": "javascript:alert(1)" } })).await;
        assert_eq!(app.number("select session_count from contacts").await, 2);
        assert_eq!(app.text("select last_page from contacts").await, "https://shop.example/cart?utm_campaign=spring", "only web addresses");
        for _ in 0..2 {
            let (status, _) = post(&app, "event", &token, json!({ "name": "Paid", "metadata": { "total": 80 }, "id": "e-1" })).await;
            assert_eq!(status, StatusCode::OK);
        }
        assert_eq!(app.number("select count from event_counts").await, 1);
        for bad in [json!({ "id": "e" }), json!({ "name": "x", "metadata": 3, "id": "e" }), json!({ "name": "x" }), json!({ "name": "x", "id": "e", "metadata": { "a": "x".repeat(20_000) } })] {
            assert_eq!(post(&app, "event", &token, bad).await.0, StatusCode::BAD_REQUEST);
        }
    }

    async fn a_claim_overwrites_nothing_and_a_bad_fact_costs_nobody_the_messenger(app: TestApp) {
        app.call("identify", &json!({ "userId": "u", "traits": { "name": "Grace", "plan": "free", "mood": "fine" } })).await;
        app.call("group", &json!({ "userId": "u", "groupId": "navy", "traits": { "name": "Navy" } })).await;
        execute(&app, "update attributes set messenger_writable = 1 where name = 'mood'").await;
        let claim = json!({ "user_id": "u", "name": "Mallory", "email": "g@example.com", "plan": "enterprise", "mood": "great", "seat": "12a", "company": { "id": "navy", "name": "Owned" } });
        boot(&app, None, claim.clone()).await;
        assert_eq!((app.text("select name from contacts").await, app.text("select email from contacts").await), ("Grace".into(), "g@example.com".into()));
        let value = "select v.text from attribute_values v join attributes a on a.id = v.attribute_id where a.name = 'plan'";
        assert_eq!(app.text(value).await, "free");
        assert_eq!(app.text("select v.text from attribute_values v join attributes a on a.id = v.attribute_id where a.name = 'mood'").await, "great");
        assert_eq!(app.text("select v.text from attribute_values v join attributes a on a.id = v.attribute_id where a.name = 'seat'").await, "12a");
        assert_eq!(app.text("select name from companies").await, "Navy");
        let mut proof = proved(&app, "u");
        for (name, fact) in claim.as_object().unwrap() {
            proof[name] = fact.clone();
        }
        boot(&app, None, proof.clone()).await;
        assert_eq!((app.text("select name from contacts").await, app.text(value).await, app.text("select name from companies").await), ("Mallory".into(), "enterprise".into(), "Owned".into()));
        execute(&app, "update attributes set api_writable = 0 where name = 'plan'").await;
        proof["plan"] = json!("free");
        proof["created_at"] = json!("yesterday or so");
        let (_, answer) = boot(&app, None, proof.clone()).await;
        assert!(answer["refused"].as_str().unwrap().starts_with("settings.created_at:"), "{answer}");
        proof["created_at"] = Value::Null;
        boot(&app, None, proof).await;
        assert_eq!(app.text(value).await, "enterprise", "what the workspace locks stays");
    }

    async fn too_much_and_too_often_are_refused_clearly(app: TestApp) {
        let (token, _) = boot(&app, None, json!({})).await;
        let (status, _) = post(&app, "conversations", &token, json!({ "body": "x".repeat(10_000_000), "client_id": "big" })).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        for (bad, field) in [(json!({ "body": " ", "client_id": "a" }), "body"), (json!({ "body": "x".repeat(10_001), "client_id": "a" }), "body"),
            (json!({ "body": "x" }), "client_id"), (json!({ "body": "x", "client_id": "y".repeat(61) }), "client_id"), (json!({ "body": ["x"], "client_id": "a" }), "body")] {
            let (status, answer) = post(&app, "conversations", &token, bad).await;
            assert_eq!((status, answer["errors"][0]["field"].as_str()), (StatusCode::BAD_REQUEST, Some(field)), "{answer}");
        }
        // All at once, so that a slow machine does not give the limit time to forget.
        let sent = (0..30).map(|n| {
            let (app, token) = (&app, &token);
            async move { post(app, "conversations", token, json!({ "body": "x", "client_id": format!("m{n}") })).await.0 }
        });
        let answers = futures::future::join_all(sent).await;
        let refused = answers.iter().filter(|status| **status == StatusCode::TOO_MANY_REQUESTS).count() as i64;
        assert!(refused > 0, "{answers:?}");
        assert_eq!(app.number("select count(*) from parts").await, 30 - refused, "and nothing of it is kept");
        execute(&app, "update contacts set blocked_at = 1").await;
        let (fresh, _) = boot(&app, None, json!({})).await;
        execute(&app, "update contacts set blocked_at = 1 where blocked_at = 0").await;
        assert_eq!(post(&app, "conversations", &fresh, json!({ "body": "x", "client_id": "z" })).await.0, StatusCode::CONFLICT);
    }

    async fn only_named_pages_may_have_it_and_any_may_call_by_cors(app: TestApp) {
        let preflight = Request::builder().method("OPTIONS").uri("/messenger/boot").header(header::ORIGIN, PAGE)
            .header("access-control-request-method", "POST").header("access-control-request-headers", "authorization,content-type");
        assert_eq!(app.send(preflight.body(Body::empty()).unwrap()).await.0, StatusCode::OK);
        set(&app, Settings { origins: vec!["https://other.example".into()], ..Settings::default() }).await;
        let (status, answer) = try_boot(&app, None, json!({})).await;
        assert_eq!((status, words(&answer).contains(PAGE)), (StatusCode::FORBIDDEN, true), "{answer}");
        set(&app, Settings { origins: vec![PAGE.into()], ..Settings::default() }).await;
        boot(&app, None, json!({})).await;
        let frame = Request::get(format!("/messenger/frame?app_id={}&language=ar", app.keys.app_id));
        let response = tower::ServiceExt::oneshot(app.routes(), frame.body(Body::empty()).unwrap()).await.unwrap();
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.contains("frame-ancestors 'self' https://shop.example") && policy.contains("script-src 'self'; ") , "{policy}");
        let page = axum::body::to_bytes(response.into_body(), 1_000_000).await.unwrap();
        let page = String::from_utf8(page.to_vec()).unwrap();
        assert!(page.contains("<html lang=\"ar\" dir=\"rtl\">") && page.contains("اكتب إلينا"), "{page}");
        assert_eq!(app.send(Request::get("/messenger/frame?app_id=x").body(Body::empty()).unwrap()).await.0, StatusCode::NOT_FOUND);
    }

    async fn names_and_greetings_are_text_in_the_frame(app: TestApp) {
        let evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'";
        execute(&app, "update workspaces set name = '</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'").await;
        set(&app, Settings { greeting: evil.into(), ..Settings::default() }).await;
        let frame = Request::get(format!("/messenger/frame?app_id={}", app.keys.app_id)).body(Body::empty()).unwrap();
        let (_, page) = app.send(frame).await;
        let page = String::from_utf8(page).unwrap();
        assert!(!page.contains("<script>alert") && !page.contains("<img"), "{page}");
        assert_eq!(page.matches("<script").count(), 2);
        let (token, _) = boot(&app, None, json!({})).await;
        let id = write_to(&app, &token, evil, "a").await;
        let (_, thread) = get(&app, &format!("conversations/{id}"), &token).await;
        let html = thread["parts"][0]["html"].as_str().unwrap();
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    }

    async fn admins_change_the_settings_and_others_see_them(app: TestApp) {
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let form = |color: &str| {
            let mut form = url_form(&[("action_color", color), ("background_color", "#112233"), ("alignment", "left"), ("horizontal_padding", "30"),
                ("vertical_padding", "40"), ("greeting", "Grüezi"), ("reply_time", "hours"), ("office", "hours"), ("require_identity", "on"), ("origins", "https://shop.example")]);
            form.push_str("&form%5Bfrom%5D%5B0%5D=09%3A00&form%5Bto%5D%5B0%5D=17%3A00&form%5Bfrom%5D%5B1%5D=&form%5Bto%5D%5B1%5D=");
            form
        };
        let (status, body) = app.form(Some(&ada), "/do/save_messenger", &form("#abcdef")).await;
        assert!(status.is_success() || status.is_redirection(), "{status} {body}");
        let (_, setup) = app.get(&ada, "/do/messenger_setup").await;
        let setup: rapport::messenger::Setup = serde_json::from_str(&setup).unwrap();
        assert_eq!((setup.settings.action_color.as_str(), setup.settings.greeting.as_str(), setup.settings.office_hours.len()), ("#abcdef", "Grüezi", 1));
        assert!(setup.settings.require_identity && setup.settings.origins == [PAGE]);
        let (status, body) = app.form(Some(&ada), "/do/save_messenger", &form("red")).await;
        assert!(status == StatusCode::BAD_REQUEST || body.contains("#0b6375"), "{status} {body}");
        let (_, page) = app.get(&ada, "/settings/messenger").await;
        for text in ["Grüezi", "/messenger.js", "09:00", &app.keys.app_id] {
            assert!(page.contains(text), "the page has {text} before any script");
        }
        assert_eq!(app.number("select count(*) from activity where kind = 'setting'").await, 1);
        execute(&app, "update teammates set role = 'agent'").await;
        let (status, _) = app.form(Some(&ada), "/do/save_messenger", &form("#000000")).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        let (_, setup) = app.get(&eve, "/do/messenger_setup").await;
        assert!(!setup.contains("Grüezi") && !setup.contains(&app.keys.app_id));
    }

    async fn the_sample_shop_signs_for_teammates_only(app: TestApp) {
        let path = format!("/demo/site?as=user&app_id={}", app.keys.app_id);
        assert_eq!(app.get("nobody", &path).await.0, StatusCode::NOT_FOUND);
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let (status, page) = app.get(&ada, "/demo/site?as=user").await;
        assert_eq!(status, StatusCode::OK);
        let (_, rest) = page.split_once("window.rapportSettings = ").unwrap();
        let settings: Value = serde_json::Deserializer::from_str(rest).into_iter().next().unwrap().unwrap();
        let (_, answer) = boot(&app, None, settings).await;
        assert_eq!((answer["verified"].as_bool(), &answer["refused"]), (Some(true), &Value::Null));
        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        assert!(!app.get(&eve, &path).await.1.contains(&app.keys.app_id), "another workspace's is not shown");
    }

    async fn whoever_is_erased_is_gone_from_their_messenger_too(app: TestApp) {
        let (token, _) = boot(&app, None, proved(&app, "u")).await;
        write_to(&app, &token, "Forget me", "a").await;
        let id = ContactId(app.number("select id from contacts").await);
        let mut w = as_team(&app).await;
        contacts::erase(&mut w, id).await.unwrap();
        w.commit().await.unwrap();
        assert_eq!(get(&app, "home", &token).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(app.number("select count(*) from messenger_sessions").await, 0);
    }
}

/// A form with fields of `form`.
fn url_form(fields: &[(&str, &str)]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        form.append_pair(&format!("form[{name}]"), value);
    }
    form.finish()
}
