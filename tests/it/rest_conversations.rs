//! Conversations by the REST API.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::{NOON, TestApp};

const OK: StatusCode = StatusCode::OK;

struct There {
    person: String,
    ada: String,
    id: String,
}

/// A person who has begun a conversation.
async fn begun(app: &TestApp) -> There {
    let (_, person) = app
        .api(
            "POST",
            "/contacts",
            json!({"external_id": "grace", "name": "Grace", "email": "grace@navy.mil"}),
        )
        .await;
    let person = person["id"].as_str().unwrap().to_owned();
    let sent = json!({"from": {"type": "user", "id": person}, "body": "Where is **it**? <script>"});
    let (status, said) = app.api("POST", "/conversations", sent).await;
    assert_eq!(status, OK, "{said}");
    assert_eq!((&said["type"], &said["message_type"]), (&json!("user_message"), &json!("in_app")));
    let id = said["conversation_id"].as_str().unwrap().to_owned();
    let ada = app.number("select id from teammates").await.to_string();
    There { person, ada, id }
}

async fn part(app: &TestApp, there: &There, kind: &str, more: Value) -> Value {
    let mut sent = json!({"message_type": kind, "type": "admin", "admin_id": there.ada});
    sent.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let (status, shape) =
        app.api("POST", &format!("/conversations/{}/parts", there.id), sent).await;
    assert_eq!(status, OK, "{shape}");
    shape
}

async fn found(app: &TestApp, query: Value) -> Vec<String> {
    let (status, list) = app.api("POST", "/conversations/search", json!({"query": query})).await;
    assert_eq!(status, OK, "{list}");
    let ids: Vec<_> = list["conversations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(list["total_count"], json!(ids.len()));
    ids
}

on_both! {
    async fn files_come_with_what_is_said_once_and_none_is_left_behind(app: TestApp) {
        let there = begun(&app).await;
        let reply = format!("/conversations/{}/reply", there.id);
        // A picture of one pixel, whatever it is called.
        let picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ";
        let files = json!([{"name": "../chart.txt", "content_type": "text/html", "data": picture}, {"name": "a.csv", "data": "MSwy"}]);
        let by_ada = |kind: &str, files: &Value| json!({"type": "admin", "admin_id": there.ada, "message_type": kind, "client_id": kind, "attachment_files": files});
        let (status, shape) = app.api("POST", &reply, by_ada("comment", &files)).await;
        assert_eq!(status, OK, "{shape}");
        let part = &shape["conversation_parts"]["conversation_parts"][0];
        let names: Vec<_> = part["attachments"].as_array().unwrap().iter().map(|f| (f["name"].clone(), f["width"].clone())).collect();
        assert_eq!(names, [(json!("chart.txt"), json!(1)), (json!("a.csv"), Value::Null)], "{part}");
        let url = part["attachments"][1]["url"].as_str().unwrap().trim_start_matches("/api").to_owned();
        assert_eq!(app.api("GET", &url, Value::Null).await.0, OK);
        let outsider = app.outsider().await;
        assert_eq!(app.api_with(&outsider, "GET", &url, Value::Null).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.api_with(&outsider, "POST", &reply, by_ada("comment", &files)).await.0, StatusCode::NOT_FOUND);
        let (status, _) = app.api("POST", &reply, by_ada("comment", &files)).await;
        assert_eq!(status, OK, "said once");
        assert_eq!(app.api("POST", &reply, by_ada("note", &files)).await.0, OK);
        let theirs = json!({"type": "user", "user_id": "grace", "message_type": "comment", "body": "See", "attachment_files": [files[1]]});
        assert_eq!(app.api("POST", &reply, theirs.clone()).await.0, OK);
        let new = json!({"from": {"type": "user", "id": there.person}, "attachment_files": [files[0]]});
        let (status, said) = app.api("POST", "/conversations", new).await;
        assert_eq!(status, OK, "{said}");
        let id = said["conversation_id"].as_str().unwrap();
        let (_, shape) = app.api("GET", &format!("/conversations/{id}"), Value::Null).await;
        assert_eq!(shape["source"]["attachments"][0]["name"], "chart.txt");
        assert_eq!(app.number("select count(*) from attachments where part_id > 0").await, 6);
        // Whoever is blocked sends no files either.
        assert_eq!(app.api("POST", &format!("/contacts/{}/block", there.person), json!({})).await.0, OK);
        assert_eq!(app.api("POST", &reply, theirs).await.0, StatusCode::CONFLICT);
        rapport::attachments::sweep(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from attachments where part_id = 0 and name <> ''").await, 0, "nothing is left");
    }

    async fn a_person_writes_and_a_teammate_answers(app: TestApp) {
        let there = begun(&app).await;
        let path = format!("/conversations/{}", there.id);
        let (status, shape) = app.api("GET", &path, Value::Null).await;
        assert_eq!(status, OK, "{shape}");
        let source = &shape["source"];
        assert_eq!((&source["delivered_as"], &source["author"]), (&json!("customer_initiated"), &json!({"type": "user", "id": there.person, "name": "Grace", "email": "grace@navy.mil"})));
        let html = source["body"].as_str().unwrap();
        assert!(html.contains("<strong>it</strong>") && !html.contains("<script"), "{html}");
        assert_eq!((&shape["state"], &shape["open"], &shape["waiting_since"]), (&json!("open"), &json!(true), &json!(NOON.0 / 1000)));
        assert_eq!(shape["contacts"]["contacts"], json!([{"type": "contact", "id": there.person, "external_id": "grace"}]));
        assert_eq!((&shape["conversation_parts"]["total_count"], &shape["admin_assignee_id"]), (&json!(0), &Value::Null));

        app.pass(5_000);
        let reply = json!({"message_type": "comment", "type": "admin", "admin_id": there.ada, "body": "In the post", "client_id": "r1"});
        for _ in 0..2 {
            let (status, shape) = app.api("POST", &format!("{path}/reply"), reply.clone()).await;
            assert_eq!((status, &shape["conversation_parts"]["total_count"]), (OK, &json!(1)), "{shape}");
        }
        let note = json!({"message_type": "note", "type": "admin", "admin_id": there.ada, "body": "She is in a hurry"});
        app.api("POST", &format!("{path}/reply"), note).await;
        let thanks = json!({"message_type": "comment", "type": "user", "user_id": "grace", "body": "Thank you"});
        let (status, _) = app.api("POST", "/conversations/last/reply", thanks).await;
        assert_eq!(status, OK);
        let (_, shape) = app.api("GET", &format!("{path}?display_as=plaintext"), Value::Null).await;
        let parts: Vec<_> = shape["conversation_parts"]["conversation_parts"].as_array().unwrap().iter()
            .map(|p| (p["part_type"].as_str().unwrap(), p["author"]["type"].as_str().unwrap(), p["body"].as_str().unwrap())).collect();
        assert_eq!(parts, [("comment", "admin", "In the post"), ("note", "admin", "She is in a hurry"), ("comment", "user", "Thank you")]);
        assert_eq!(shape["source"]["body"], json!("Where is **it**? <script>"));
        let numbers = &shape["statistics"];
        assert_eq!((&numbers["first_admin_reply_at"], &numbers["count_conversation_parts"]), (&json!(NOON.0 / 1000 + 5), &json!(4)));
        assert_eq!(app.number("select count(*) from activity where kind = 'message_sent'").await, 1);
    }

    async fn a_conversation_is_moved_along(app: TestApp) {
        let there = begun(&app).await;
        let shape = part(&app, &there, "assignment", json!({"assignee_id": there.ada, "body": "Yours"})).await;
        assert_eq!((&shape["admin_assignee_id"], &shape["conversation_parts"]["conversation_parts"][0]["part_type"]), (&json!(there.ada.parse::<i64>().unwrap()), &json!("note")));
        let until = NOON.0 / 1000 + 3_600;
        let shape = part(&app, &there, "snoozed", json!({"snoozed_until": until})).await;
        assert_eq!((&shape["state"], &shape["snoozed_until"], &shape["open"]), (&json!("snoozed"), &json!(until), &json!(true)));
        assert_eq!(part(&app, &there, "open", json!({})).await["state"], json!("open"));
        part(&app, &there, "snoozed", json!({"snoozed_until": until})).await;
        let reply = json!({"message_type": "comment", "type": "admin", "admin_id": there.ada, "body": "One more thing"});
        let (_, shape) = app.api("POST", &format!("/conversations/{}/reply", there.id), reply).await;
        assert_eq!((&shape["state"], &shape["snoozed_until"]), (&json!("open"), &Value::Null), "whoever answers puts nothing off any more");
        let shape = part(&app, &there, "close", json!({"body": "All done"})).await;
        assert_eq!((&shape["state"], &shape["open"], &shape["waiting_since"]), (&json!("closed"), &json!(false), &Value::Null));
        assert_eq!(part(&app, &there, "assignment", json!({"assignee_id": "0"})).await["admin_assignee_id"], Value::Null);
        // What happened stands among what was said, by whom and to whom.
        let (_, shape) = app.api("GET", &format!("/conversations/{}", there.id), Value::Null).await;
        let parts = shape["conversation_parts"]["conversation_parts"].as_array().unwrap();
        let types: Vec<_> = parts.iter().map(|p| p["part_type"].as_str().unwrap()).collect();
        assert_eq!(types, ["note", "comment", "comment", "assignment", "snoozed", "unsnoozed", "snoozed", "close", "assignment"], "of one moment, what was said first");
        assert_eq!(parts[3]["assigned_to"], json!({"type": "admin", "id": there.ada}));
        assert_eq!((&parts[7]["author"]["type"], &parts[7]["author"]["id"], &parts[7]["body"]), (&json!("admin"), &json!(there.ada), &Value::Null));
        assert_eq!(parts[8]["assigned_to"], Value::Null, "to nobody");
        let ids: std::collections::HashSet<_> = parts.iter().map(|p| p["id"].as_str().unwrap()).collect();
        assert_eq!((ids.len(), &shape["conversation_parts"]["total_count"]), (9, &json!(9)), "each has an id of its own");

        let (_, tag) = app.api("POST", "/tags", json!({"name": "Post"})).await;
        let tags = format!("/conversations/{}/tags", there.id);
        let (status, tagged) = app.api("POST", &tags, json!({"id": tag["id"], "admin_id": there.ada})).await;
        assert_eq!((status, &tagged["name"], &tagged["applied_by"]["id"]), (OK, &json!("Post"), &json!(there.ada)));
        let (_, shape) = app.api("GET", &format!("/conversations/{}", there.id), Value::Null).await;
        assert_eq!(shape["tags"]["tags"], json!([{"type": "tag", "id": tag["id"], "name": "Post"}]));
        let one = format!("{tags}/{}", tag["id"].as_str().unwrap());
        assert_eq!(app.api("DELETE", &one, json!({"admin_id": there.ada})).await.0, OK);
        assert_eq!(app.api("DELETE", &one, Value::Null).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.number("select count(*) from activity where kind = 'conversation_closed' and actor_id > 0").await, 1);
    }

    async fn a_teammates_html_is_kept_as_markdown_and_a_persons_as_typed(app: TestApp) {
        let there = begun(&app).await;
        let reply = format!("/conversations/{}/reply", there.id);
        let html = "<p>Hi <b>Grace</b>,</p><ul><li>one</li></ul>";
        let admin = |kind: &str, body: &str| json!({"message_type": kind, "type": "admin", "admin_id": there.ada, "body": body});
        for sent in [
            admin("comment", html),
            admin("note", html),
            admin("comment", "a < b, **bold** and `<p>`"),
            json!({"message_type": "comment", "type": "user", "user_id": "grace", "body": html}),
        ] {
            assert_eq!(app.api("POST", &reply, sent).await.0, OK);
        }
        part(&app, &there, "close", json!({"body": "<p>All <i>done</i></p>"})).await;
        let texts = async |display: &str| {
            let (_, shape) = app.api("GET", &format!("/conversations/{}{display}", there.id), Value::Null).await;
            let parts = shape["conversation_parts"]["conversation_parts"].as_array().unwrap();
            parts.iter().filter_map(|p| p["body"].as_str().map(str::to_owned)).collect::<Vec<_>>()
        };
        let kept = "Hi **Grace**,\n\n- one";
        assert_eq!(texts("?display_as=plaintext").await, [kept, kept, "a < b, **bold** and `<p>`", html, "All *done*"]);
        let shown = texts("").await;
        assert!(shown[0].contains("<p>Hi <strong>Grace</strong>,</p>") && shown[0].contains("<li>one</li>"), "{}", shown[0]);
        assert!(shown[2].contains("a &lt; b, <strong>bold</strong> and <code>&lt;p&gt;</code>"), "{}", shown[2]);
        assert!(shown[3].contains("&lt;p&gt;Hi"), "{}", shown[3]);
        let sent = json!({"message_type": "in_app", "body": html, "from": {"type": "admin", "id": there.ada}, "to": {"type": "user", "user_id": "grace"}});
        let (_, said) = app.api("POST", "/messages", sent).await;
        assert!(said["body"].as_str().unwrap().contains("<strong>Grace</strong>"), "{said}");
        let (_, note) = app.api("POST", &format!("/contacts/{}/notes", there.person), json!({"body": html})).await;
        assert!(note["body"].as_str().unwrap().contains("<strong>Grace</strong>"), "{note}");
        let (_, note) = app.api("PUT", &format!("/notes/{}", note["id"].as_str().unwrap()), json!({"body": "<h2>Plan</h2>"})).await;
        assert!(note["body"].as_str().unwrap().contains("<h2>Plan</h2>"), "{note}");
    }

    async fn a_teammate_writes_first(app: TestApp) {
        let there = begun(&app).await;
        let sent = json!({"message_type": "in_app", "body": "Hello", "from": {"type": "admin", "id": there.ada}, "to": {"type": "user", "user_id": "grace"}, "client_id": "m1"});
        let (status, said) = app.api("POST", "/messages", sent.clone()).await;
        assert_eq!((status, &said["type"]), (OK, &json!("admin_message")), "{said}");
        assert_eq!(app.api("POST", "/messages", sent).await.1, said, "again is the same");
        let id = said["conversation_id"].as_str().unwrap();
        let (_, shape) = app.api("GET", &format!("/conversations/{id}"), Value::Null).await;
        assert_eq!((&shape["source"]["delivered_as"], &shape["first_contact_reply"]), (&json!("admin_initiated"), &Value::Null));
        app.api("POST", &format!("/contacts/{}/block", there.person), Value::Null).await;
        let again = json!({"message_type": "in_app", "body": "Hello", "from": {"type": "admin", "id": there.ada}, "to": {"type": "user", "user_id": "grace"}});
        assert_eq!(app.api("POST", "/messages", again).await.0, StatusCode::CONFLICT);
        let hers = json!({"from": {"type": "user", "id": there.person}, "body": "Hello"});
        assert_eq!(app.api("POST", "/conversations", hers).await.0, StatusCode::CONFLICT);
    }

    async fn conversations_are_listed_and_found(app: TestApp) {
        let there = begun(&app).await;
        let mut ids = vec![there.id.clone()];
        for n in 0..4 {
            app.pass(60_000);
            let (_, said) = app.api("POST", "/conversations", json!({"from": {"type": "user", "email": "grace@navy.mil"}, "body": format!("Number {n}")})).await;
            ids.insert(0, said["conversation_id"].as_str().unwrap().to_owned());
        }
        let mut seen = Vec::new();
        let mut path = "/conversations?per_page=2".to_owned();
        loop {
            let (_, page) = app.api("GET", &path, Value::Null).await;
            assert_eq!((&page["type"], &page["total_count"]), (&json!("conversation.list"), &json!(5)));
            seen.extend(page["conversations"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap().to_owned()));
            let Some(after) = page["pages"]["next"]["starting_after"].as_str() else { break };
            path = format!("/conversations?per_page=2&starting_after={after}");
        }
        assert_eq!(seen, ids);

        part(&app, &there, "assignment", json!({"assignee_id": there.ada})).await;
        part(&app, &there, "close", json!({})).await;
        let field = |field: &str, operator: &str, value: Value| json!({"field": field, "operator": operator, "value": value});
        assert_eq!(found(&app, field("state", "=", json!("closed"))).await, [there.id.as_str()]);
        assert_eq!(found(&app, field("open", "=", json!(true))).await.len(), 4);
        assert_eq!(found(&app, field("admin_assignee_id", "=", json!(there.ada))).await.len(), 1);
        assert_eq!(found(&app, field("admin_assignee_id", "=", Value::Null)).await.len(), 4);
        assert_eq!(found(&app, field("contact_ids", "IN", json!([there.person]))).await.len(), 5);
        assert_eq!(found(&app, field("contact_ids", "!=", json!(there.person))).await.len(), 0);
        assert_eq!(found(&app, field("created_at", ">", json!(NOON.0 / 1000 + 60))).await.len(), 3);
        assert_eq!(found(&app, field("created_at", "<=", json!(NOON.0 / 1000 + 60))).await.len(), 2);
        assert_eq!(found(&app, field("waiting_since", "=", Value::Null)).await, [there.id.as_str()]);
        assert_eq!(found(&app, field("id", "=", json!(there.id))).await, [there.id.as_str()]);
        assert_eq!(found(&app, field("priority", "=", json!("not_priority"))).await.len(), 5);
        let both = json!({"operator": "AND", "value": [field("state", "=", json!("open")), field("created_at", ">", json!(NOON.0 / 1000 + 150))]});
        assert_eq!(found(&app, both).await.len(), 2);
        let sorted = json!({"query": field("open", "=", json!(true)), "sort": {"field": "created_at", "order": "ascending"}});
        let (_, list) = app.api("POST", "/conversations/search", sorted).await;
        assert_eq!(list["conversations"][0]["id"], json!(ids[3]));
    }

    async fn what_makes_no_sense_is_named_and_changes_nothing(app: TestApp) {
        let there = begun(&app).await;
        let before = app.number("select count(*) from activity").await;
        let (reply, parts) = (format!("/conversations/{}/reply", there.id), format!("/conversations/{}/parts", there.id));
        let ada = &there.ada;
        let admin = |more: Value| {
            let mut sent = json!({"type": "admin", "admin_id": ada});
            sent.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            sent
        };
        let bad = [
            ("/conversations", json!({"from": {"type": "robot", "id": there.person}, "body": "x"}), "from.type"),
            ("/conversations", json!({"from": {"type": "user"}, "body": "x"}), "from"),
            ("/conversations", json!({"from": {"type": "user", "id": there.person}, "body": "  "}), "body"),
            ("/conversations", json!({"from": {"type": "user", "id": there.person}, "body": "x", "attachment_urls": ["https://x"]}), "attachment_urls"),
            ("/messages", json!({"message_type": "email", "body": "x", "from": {"type": "admin", "id": ada}, "to": {"type": "user", "id": there.person}}), "subject"),
            ("/messages", json!({"message_type": "in_app", "body": "x", "from": {"type": "admin", "id": "7"}, "to": {"type": "user", "id": there.person}}), "from.id"),
            (reply.as_str(), admin(json!({"message_type": "quick_reply", "body": "x"})), "message_type"),
            (reply.as_str(), json!({"type": "admin", "message_type": "note", "body": "x", "admin_id": "x"}), "admin_id"),
            (reply.as_str(), json!({"type": "user", "message_type": "note", "body": "x", "user_id": "grace"}), "message_type"),
            (reply.as_str(), admin(json!({"message_type": "comment", "body": "x".repeat(100_001)})), "body"),
            (parts.as_str(), admin(json!({"message_type": "explode"})), "message_type"),
            (parts.as_str(), admin(json!({"message_type": "snoozed"})), "snoozed_until"),
            (parts.as_str(), admin(json!({"message_type": "snoozed", "snoozed_until": 1})), "snoozed_until"),
            (parts.as_str(), admin(json!({"message_type": "assignment"})), "assignee_id"),
            (parts.as_str(), admin(json!({"message_type": "assignment", "assignee_id": "999"})), "assignee_id"),
            ("/conversations/search", json!({"query": {"field": "mood", "operator": "=", "value": "x"}}), "mood"),
            ("/conversations/search", json!({"query": {"field": "state", "operator": "=", "value": "asleep"}}), "state"),
            ("/conversations/search", json!({"query": {"field": "created_at", "operator": "~", "value": 1}}), "created_at"),
            ("/conversations/search", json!({"query": {"field": "open", "operator": ">", "value": true}}), "open"),
        ];
        for (path, sent, field) in bad {
            let (status, refusal) = app.api("POST", path, sent.clone()).await;
            assert_eq!((status, &refusal["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{path} {sent} {refusal}");
        }
        let file = |name: &str, data: &str| json!({"name": name, "data": data, "content_type": "text/plain"});
        for (files, field) in [
            (json!("x"), "attachment_files"),
            (json!(vec![file("a.txt", "eA=="); 11]), "attachment_files"),
            (json!([file("a.txt", "eA=="), 7]), "attachment_files.1"),
            (json!([file("", "eA==")]), "attachment_files.0.name"),
            (json!([file("a.txt", "not base64")]), "attachment_files.0.data"),
            (json!([file("a.txt", "")]), "attachment_files.0.data"),
        ] {
            let (status, refusal) = app.api("POST", &reply, admin(json!({"message_type": "comment", "attachment_files": files}))).await;
            assert_eq!((status, &refusal["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{refusal}");
        }
        let large = "A".repeat(15 * 1024 * 1024);
        let (status, refusal) = app.api("POST", &reply, admin(json!({"message_type": "comment", "attachment_files": [file("a.bin", &large)]}))).await;
        assert_eq!((status, &refusal["errors"][0]["message"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("Send at most 14 MB")));
        let (status, refusal) = app.api("POST", "/contacts", json!({"name": "A".repeat(600_000)})).await;
        assert_eq!((status, &refusal["errors"][0]["message"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("Send at most 512 KB")));
        let (_, other) = app.api("POST", "/contacts", json!({"external_id": "alan"})).await;
        let foreign = json!({"type": "user", "message_type": "comment", "body": "x", "intercom_user_id": other["id"]});
        assert_eq!(app.api("POST", &reply, foreign).await.0, StatusCode::NOT_FOUND, "not theirs");
        for path in ["/conversations/999999", "/conversations/x", "/conversations/-1"] {
            assert_eq!(app.api("GET", path, Value::Null).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(app.number("select count(*) from activity").await - before, app.number("select count(*) from activity where kind = 'contact_created'").await - 1);
    }
}
