//! People by the REST API.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::{NOON, TestApp};

async fn make(app: &TestApp, body: Value) -> Value {
    let (status, answer) = app.api("POST", "/contacts", body).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

fn id(contact: &Value) -> &str {
    contact["id"].as_str().unwrap()
}

on_both! {
    async fn what_is_sent_comes_back_typed(app: TestApp) {
        let owner = app.number("select id from teammates").await;
        let sent = json!({
            "external_id": "g-1", "email": "Grace@Navy.mil", "name": "Grace Hopper", "phone": "+1 202 555 0100",
            "avatar": "https://example.com/g.png", "signed_up_at": 1_700_000_000, "last_seen_at": 1_750_000_000,
            "owner_id": owner, "unsubscribed_from_emails": true, "marked_email_as_spam": true,
            "custom_attributes": { "seats": 12, "score": 1.5, "beta": true, "plan": "pro", "trial_ends_at": 1_760_000_000 },
        });
        let grace = make(&app, sent.clone()).await;
        for (field, value) in sent.as_object().unwrap() {
            if field != "avatar" {
                assert_eq!(&grace[field], value, "{field}");
            }
        }
        assert_eq!(grace["avatar"]["image_url"], sent["avatar"]);
        assert_eq!((id(&grace).len(), &grace["type"], &grace["role"]), (24, &json!("contact"), &json!("user")));
        assert_eq!((&grace["created_at"], &grace["email_domain"]), (&json!(NOON.0 / 1000), &json!("Navy.mil")));
        assert_eq!(grace["workspace_id"], json!(app.keys.app_id));
        for list in ["tags", "notes", "companies"] {
            let url = format!("/contacts/{}/{list}", id(&grace));
            assert_eq!(grace[list], json!({"type": "list", "data": [], "url": url, "total_count": 0, "has_more": false}));
        }
        for path in [format!("/contacts/{}", id(&grace)), "/contacts/find_by_external_id/g-1".into()] {
            assert_eq!(app.api("GET", &path, Value::Null).await, (StatusCode::OK, grace.clone()));
        }
        let (_, people) = app.get(&rapport::teammates::sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap(), "/people?find=hopper").await;
        assert!(people.contains("Grace Hopper"), "the list of people finds who came by the API");
    }

    async fn a_change_leaves_what_is_not_named_and_null_takes_away(app: TestApp) {
        let one = make(&app, json!({"external_id": "u", "name": "A", "email": "a@b.c", "custom_attributes": {"plan": "pro", "seats": 1}})).await;
        let path = format!("/contacts/{}", id(&one));
        let (status, now) = app.api("PUT", &path, json!({"name": "B", "email": null, "custom_attributes": {"plan": null, "beta": false}})).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!((&now["name"], &now["email"], &now["external_id"]), (&json!("B"), &Value::Null, &json!("u")));
        assert_eq!(now["custom_attributes"], json!({"seats": 1, "beta": false}));
        let before = app.number("select n from workspace_seq").await;
        app.api("PUT", &path, json!({"name": "B"})).await;
        assert_eq!(app.number("select n from workspace_seq").await, before, "no change, no entry");
        assert_eq!(app.api("PUT", &path, json!({})).await.1, now);
    }

    async fn conflicts_say_who_has_it(app: TestApp) {
        let one = make(&app, json!({"external_id": "u", "email": "a@b.c"})).await;
        let says = |word: &str| format!("{word} matching those details already exists with id={}", id(&one));
        for (body, field) in [(json!({"external_id": "u"}), "external_id"), (json!({"email": "A@B.C"}), "email"), (json!({"email": "a@b.c", "role": "user"}), "email")] {
            let (status, answer) = app.api("POST", "/contacts", body.clone()).await;
            assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::CONFLICT, &json!(field)), "{body}");
            assert_eq!((&answer["errors"][0]["code"], &answer["errors"][0]["message"]), (&json!("conflict"), &json!(says("A contact"))));
        }
        // An address alone never says that two users are one.
        let two = make(&app, json!({"external_id": "v", "email": "a@b.c"})).await;
        make(&app, json!({"role": "lead", "email": "a@b.c"})).await;
        assert_ne!(id(&one), id(&two));
        let (status, _) = app.api("PUT", &format!("/contacts/{}", id(&two)), json!({"external_id": "u", "name": "X"})).await;
        assert_eq!(status, StatusCode::CONFLICT);
        let (_, same) = app.api("GET", &format!("/contacts/{}", id(&two)), Value::Null).await;
        assert_eq!((&same["external_id"], &same["name"]), (&json!("v"), &Value::Null), "nothing half-done");
        app.api("POST", &format!("/contacts/{}/archive", id(&one)), Value::Null).await;
        let (_, answer) = app.api("POST", "/contacts", json!({"external_id": "u"})).await;
        assert_eq!(answer["errors"][0]["message"], json!(says("An archived contact")));
        assert_eq!(app.number("select count(*) from contacts").await, 3);
    }

    async fn sixteen_who_make_one_person_make_one(app: TestApp) {
        let calls = (0..16).map(|_| app.api("POST", "/contacts", json!({"external_id": "u"})));
        let answers = futures::future::join_all(calls).await;
        let made = answers.iter().filter(|(s, _)| *s == StatusCode::OK).count();
        assert_eq!((made, answers.iter().filter(|(s, _)| *s == StatusCode::CONFLICT).count()), (1, 15));
        assert_eq!(app.number("select count(*) from contacts").await, 1);
        assert_eq!(app.number("select people from workspace_seq").await, 1);
    }

    async fn a_lead_becomes_a_user_and_never_the_other_way(app: TestApp) {
        let lead = make(&app, json!({"role": "lead", "name": "Someone"})).await;
        assert_eq!((&lead["role"], &lead["external_id"]), (&json!("lead"), &Value::Null));
        let path = format!("/contacts/{}", id(&lead));
        let (_, user) = app.api("PUT", &path, json!({"external_id": "u-1"})).await;
        assert_eq!((&user["role"], &user["external_id"]), (&json!("user"), &json!("u-1")));
        assert_eq!(app.api("PUT", &path, json!({"role": "lead"})).await.0, StatusCode::BAD_REQUEST);
        app.api("PUT", &path, json!({"external_id": "u-2"})).await;
        assert_eq!(app.api("GET", "/contacts/find_by_external_id/u-1", Value::Null).await.0, StatusCode::NOT_FOUND);
        let (_, found) = app.api("GET", "/contacts/find_by_external_id/u-2", Value::Null).await;
        assert_eq!(id(&found), id(&lead));
        app.call("track", &json!({"userId": "u-2", "event": "x"})).await;
        assert_eq!(app.number("select count(*) from contacts").await, 1, "the product's calls find them by the new id");
        assert_eq!(app.api("POST", "/contacts", json!({"role": "lead", "external_id": "x"})).await.0, StatusCode::BAD_REQUEST);
    }

    async fn a_lead_is_merged_into_a_user_and_answers_with_them(app: TestApp) {
        let lead = make(&app, json!({"role": "lead", "phone": "123"})).await;
        let user = make(&app, json!({"external_id": "u", "name": "Grace"})).await;
        let other = make(&app, json!({"external_id": "v"})).await;
        let merge = |from: &Value, into: &Value| app.api("POST", "/contacts/merge", json!({"from": from["id"], "into": into["id"]}));
        assert_eq!(merge(&user, &other).await.0, StatusCode::CONFLICT);
        assert_eq!(merge(&user, &lead).await.0, StatusCode::BAD_REQUEST);
        let (status, merged) = merge(&lead, &user).await;
        assert_eq!((status, &merged["id"], &merged["phone"]), (StatusCode::OK, &user["id"], &json!("123")));
        let (_, answer) = app.api("GET", &format!("/contacts/{}", id(&lead)), Value::Null).await;
        assert_eq!(answer["id"], user["id"]);
        let (_, changed) = app.api("PUT", &format!("/contacts/{}", id(&lead)), json!({"name": "Grace H."})).await;
        assert_eq!((&changed["id"], &changed["name"]), (&user["id"], &json!("Grace H.")));
        let (_, list) = app.api("GET", "/contacts", Value::Null).await;
        assert_eq!(list["total_count"], json!(2));
    }

    async fn archived_people_are_out_of_lists_and_come_back(app: TestApp) {
        let one = make(&app, json!({"external_id": "u"})).await;
        let path = |what: &str| format!("/contacts/{}{what}", id(&one));
        let (status, answer) = app.api("POST", &path("/archive"), Value::Null).await;
        assert_eq!((status, answer), (StatusCode::OK, json!({"type": "contact", "id": id(&one), "external_id": "u", "archived": true})));
        let (_, list) = app.api("GET", "/contacts", Value::Null).await;
        assert_eq!((&list["total_count"], &list["data"]), (&json!(0), &json!([])));
        assert_eq!(app.api("GET", &path(""), Value::Null).await.1["archived"], json!(true));
        assert_eq!(app.api("POST", &path("/unarchive"), Value::Null).await.1["archived"], json!(false));
        assert_eq!(app.api("GET", "/contacts", Value::Null).await.1["total_count"], json!(1));
        assert_eq!(app.api("POST", &path("/block"), Value::Null).await.1["blocked"], json!(true));
    }

    async fn deleting_is_for_good_and_frees_the_id(app: TestApp) {
        let one = make(&app, json!({"external_id": "u", "email": "secret@example.com"})).await;
        let path = format!("/contacts/{}", id(&one));
        let (status, answer) = app.api("DELETE", &path, Value::Null).await;
        assert_eq!((status, answer), (StatusCode::OK, json!({"type": "contact", "id": id(&one), "external_id": "u", "deleted": true})));
        for method in ["GET", "DELETE"] {
            assert_eq!(app.api(method, &path, Value::Null).await.0, StatusCode::NOT_FOUND);
        }
        assert_eq!(app.number("select count(*) from activity where data like '%secret%'").await, 0);
        let again = make(&app, json!({"external_id": "u"})).await;
        assert_ne!(id(&again), id(&one));
    }

    async fn pages_hold_everyone_once(app: TestApp) {
        for n in 0..7 {
            make(&app, json!({"external_id": format!("u{n}"), "name": format!("{}", n % 3)})).await;
        }
        let (mut seen, mut after, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let (status, page) = app.api("GET", &format!("/contacts?per_page=3&starting_after={after}"), Value::Null).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            pages += 1;
            assert_eq!((&page["total_count"], &page["pages"]["page"], &page["pages"]["total_pages"]), (&json!(7), &json!(pages), &json!(3)));
            seen.extend(page["data"].as_array().unwrap().iter().map(|p| p["external_id"].as_str().unwrap().to_owned()));
            match page["pages"]["next"]["starting_after"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(pages, 3);
        assert_eq!(seen, ["u6", "u5", "u4", "u3", "u2", "u1", "u0"], "the newest first");
        for bad in ["per_page=0", "per_page=151", "per_page=x", "starting_after=x", "starting_after=e30"] {
            let (status, answer) = app.api("GET", &format!("/contacts?{bad}"), Value::Null).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{bad}: {answer}");
        }
        let mut seen = Vec::new();
        let mut after = Value::Null;
        for _ in 0..4 {
            let body = json!({"query": {"field": "role", "operator": "=", "value": "user"}, "sort": {"field": "name", "order": "ascending"}, "pagination": {"per_page": 2, "starting_after": after}});
            let (status, page) = app.api("POST", "/contacts/search", body).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            seen.extend(page["data"].as_array().unwrap().iter().map(|p| p["external_id"].as_str().unwrap().to_owned()));
            after = page["pages"]["next"]["starting_after"].clone();
        }
        assert_eq!((seen.as_slice(), &after), (["u0", "u3", "u6", "u1", "u4", "u2", "u5"].map(String::from).as_slice(), &Value::Null));
    }

    async fn bad_people_are_refused_by_field_and_write_nothing(app: TestApp) {
        for (body, field) in [
            (json!({}), "email"),
            (json!({"name": "no way to know them"}), "email"),
            (json!({"role": "admin"}), "role"),
            (json!({"email": "nobody"}), "email"),
            (json!({"email": "a@b@c"}), "email"),
            (json!({"email": 4}), "email"),
            (json!({"external_id": ["x"]}), "external_id"),
            (json!({"external_id": "x".repeat(256)}), "external_id"),
            (json!({"external_id": "x", "signed_up_at": "yesterday"}), "signed_up_at"),
            (json!({"external_id": "x", "signed_up_at": 1_700_000_000_000_i64}), "signed_up_at"),
            (json!({"external_id": "x", "last_seen_at": -1}), "last_seen_at"),
            (json!({"external_id": "x", "unsubscribed_from_emails": "yes"}), "unsubscribed_from_emails"),
            (json!({"external_id": "x", "owner_id": 999}), "owner_id"),
            (json!({"external_id": "x", "owner_id": {}}), "owner_id"),
            (json!({"external_id": "x", "avatar": "javascript:alert(1)"}), "avatar"),
            (json!({"external_id": "x", "custom_attributes": []}), "custom_attributes"),
            (json!({"external_id": "x", "custom_attributes": {"a": {"b": 1}}}), "custom_attributes.a"),
            (json!({"external_id": "x", "custom_attributes": {"": 1}}), "custom_attributes."),
            (json!({"external_id": "x", "custom_attributes": {"n": 9_007_199_254_740_993_u64}}), "custom_attributes.n"),
        ] {
            let (status, answer) = app.api("POST", "/contacts", body.clone()).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{body}: {answer}");
            assert_eq!(answer["errors"][0]["field"], json!(field), "{body}: {answer}");
        }
        assert_eq!(app.number("select count(*) from contacts").await, 0);
        assert_eq!(app.number("select count(*) from contact_identities").await, 0);
        assert_eq!(app.number("select count(*) from activity").await, 0);
    }

    async fn another_workspace_reaches_nobody(app: TestApp) {
        let one = make(&app, json!({"external_id": "u"})).await;
        let eve = app.outsider().await;
        let path = |what: &str| format!("/contacts/{}{what}", id(&one));
        for (method, path, body) in [
            ("GET", path(""), Value::Null),
            ("PUT", path(""), json!({"name": "Eve was here"})),
            ("DELETE", path(""), Value::Null),
            ("POST", path("/archive"), Value::Null),
            ("POST", path("/unarchive"), Value::Null),
            ("POST", path("/block"), Value::Null),
            ("GET", path("/tags"), Value::Null),
            ("GET", path("/companies"), Value::Null),
            ("GET", "/contacts/find_by_external_id/u".into(), Value::Null),
            ("POST", "/contacts/merge".into(), json!({"from": id(&one), "into": id(&one)})),
        ] {
            let (status, answer) = app.api_with(&eve, method, &path, body).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}: {answer}");
        }
        let (_, list) = app.api_with(&eve, "GET", "/contacts", Value::Null).await;
        assert_eq!(list["total_count"], json!(0));
        let (status, _) = app.api_with(&eve, "POST", "/contacts", json!({"external_id": "u"})).await;
        assert_eq!(status, StatusCode::OK, "ids are each workspace's own");
        assert_eq!(app.api("GET", &path(""), Value::Null).await.1, one);
        for bad in ["1", "zz", "00000000000000000000000z", "ffffffffffffffffffffffff", "000000000000000000ffffff"] {
            assert_eq!(app.api("GET", &format!("/contacts/{bad}"), Value::Null).await.0, StatusCode::NOT_FOUND, "{bad}");
        }
    }
}
