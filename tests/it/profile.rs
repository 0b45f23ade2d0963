//! What a teammate changes on a profile.

use axum::http::StatusCode;
use rapport::attributes::Past;
use rapport::contacts::{Arrangement, Profile, Section};
use rapport::id::{TeammateId, WorkspaceId};
use rapport::server::db::Write;
use rapport::teammates::{Role, invite, join, sign_in};
use rapport::workspace::create;
use serde_json::json;

use crate::on_both;
use crate::support::{NOON, TestApp, new_workspace};

async fn someone(app: &TestApp) -> (String, i64) {
    let traits =
        json!({"name": "Grace", "plan": "pro", "seats": 4, "trial": "2026-03-01", "beta": true});
    app.call("identify", &json!({"userId": "u", "traits": traits})).await;
    let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
    (token, app.number("select id from contacts").await)
}

async fn profile(app: &TestApp, token: &str, contact: i64) -> Profile {
    let (_, body) = app.get(token, &format!("/do/profile?id={contact}")).await;
    serde_json::from_str(&body).unwrap()
}

on_both! {
    async fn custom_data_is_changed_by_its_type_and_remembers_what_it_was(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        let set = async |name: &str, value: &str| {
            let form = format!("owner=contact-{contact}&name={name}&value={value}");
            app.form(Some(&ada), "/do/set_attribute", &form).await.0
        };
        assert_eq!(set("plan", "enterprise").await, StatusCode::OK);
        assert_eq!(set("seats", "12").await, StatusCode::OK);
        assert_eq!(set("seats", "many").await, StatusCode::BAD_REQUEST);
        assert_eq!(set("trial", "soon").await, StatusCode::BAD_REQUEST);
        assert_eq!(set("beta", "no").await, StatusCode::OK);
        assert_eq!(set("height", "1.5").await, StatusCode::OK);
        assert_eq!(set("%20", "x").await, StatusCode::BAD_REQUEST);
        assert_eq!(set("plan", "a%00b").await, StatusCode::BAD_REQUEST);
        assert_eq!(set("trial", "").await, StatusCode::OK);
        let texts: Vec<_> = profile(&app, &ada, contact).await.data.into_iter().map(|d| (d.value.name, d.value.text)).collect();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(texts, [pair("beta", "false"), pair("height", "1.5"), pair("plan", "enterprise"), pair("seats", "12")]);
        assert_eq!(app.text("select data_type from attributes where name = 'height'").await, "float");
        let (_, body) = app.get(&ada, &format!("/do/attribute_history?owner=contact-{contact}&name=plan")).await;
        let past: Vec<Past> = serde_json::from_str(&body).unwrap();
        let past: Vec<_> = past.into_iter().map(|p| (p.value, p.by)).collect();
        assert_eq!(past, [(Some("enterprise".into()), Some("Ada Lovelace".into())), (Some("pro".into()), None)]);
    }

    async fn people_choose_from_what_an_attribute_offers(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        let make = "subject=contact&name=tier&data_type=string&description=&options=Gold%0D%0ASilver";
        let (status, body) = app.form(Some(&ada), "/do/make_attribute", make).await;
        assert!(status.is_success() || status.is_redirection(), "{body}");
        let plan = app.number("select id from attributes where name = 'plan'").await;
        let describe = format!("attribute={plan}&label=&description=&api=true&ui=true&options=Free%0AEnterprise");
        app.form(Some(&ada), "/do/describe_attribute", &describe).await;
        let (_, settings) = app.get(&ada, "/settings/data").await;
        assert!(settings.contains("Choices: Gold, Silver") && settings.contains("Choices: Free, Enterprise"), "{settings}");

        let options = |p: Profile, name: &str| p.data.into_iter().find(|d| d.value.name == name).map(|d| (d.value.text, d.value.options.join("|")));
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(options(profile(&app, &ada, contact).await, "tier"), pair("", "Gold|Silver"), "offered before anybody has it");
        assert_eq!(options(profile(&app, &ada, contact).await, "plan"), pair("pro", "Free|Enterprise"), "what is there stays");
        let (_, html) = app.get(&ada, &format!("/contacts/{contact}")).await;
        for part in ["<option value=\"Silver\"", "<option value=\"pro\" selected", "<option value=\"Enterprise\"", "Not set"] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let set = async |name: &str, value: &str| {
            let form = format!("owner=contact-{contact}&name={name}&value={value}");
            app.form(Some(&ada), "/do/set_attribute", &form).await
        };
        let (status, body) = set("plan", "Gold").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(body.contains("choose one of these: Free, Enterprise"), "{body}");
        assert_eq!(set("plan", "pro").await.0, StatusCode::OK, "it stays as it is");
        assert_eq!(set("plan", "enterprise").await.0, StatusCode::OK);
        assert_eq!(options(profile(&app, &ada, contact).await, "plan"), pair("Enterprise", "Free|Enterprise"), "as the choice is written");
        assert_eq!(set("plan", "pro").await.0, StatusCode::BAD_REQUEST, "the product said so, people do not");
        assert_eq!(set("tier", "Silver").await.0, StatusCode::OK);
        assert_eq!(set("tier", "").await.0, StatusCode::OK, "nothing is always a choice");
        // The product goes on saying what it knows.
        app.call("identify", &json!({"userId": "u", "traits": {"plan": "trial"}})).await;
        assert_eq!(options(profile(&app, &ada, contact).await, "plan"), pair("trial", "Free|Enterprise"));
        let (_, offered) = app.get(&ada, "/do/field_values?of=contact&field=custom_attributes.plan&typed=e").await;
        assert_eq!(offered, r#"["Free","Enterprise"]"#, "a rule may ask for what nobody has yet");
        // Another teammate's way to the same: what cannot be chosen is refused wherever it comes from.
        let seats = app.number("select id from attributes where name = 'seats'").await;
        let wrong = format!("attribute={seats}&label=&description=&api=true&ui=true&options=1");
        let (status, body) = app.form(Some(&ada), "/do/describe_attribute", &wrong).await;
        assert!(status == StatusCode::BAD_REQUEST && body.contains("text"), "{body}");
        // One that is archived or that teammates may not write offers nothing.
        app.form(Some(&ada), "/do/archive_attribute", &format!("attribute={plan}&archived=true")).await;
        let tier = app.number("select id from attributes where name = 'tier'").await;
        app.form(Some(&ada), "/do/describe_attribute", &format!("attribute={tier}&label=&description=&api=true")).await;
        let left: Vec<_> = profile(&app, &ada, contact).await.data.into_iter().map(|d| d.value.name).collect();
        assert_eq!(left, ["beta", "seats", "trial"]);
    }

    async fn each_teammate_arranges_the_sections(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        let workspace = WorkspaceId(app.number("select id from workspaces").await);
        let mut w = Write::begin(&app.state, workspace, TeammateId(0)).await.unwrap();
        let link = invite(&mut w, "bob@example.com", Role::Agent).await.unwrap();
        w.commit().await.unwrap();
        join(&app.state, &link, "Bob Byrne", "correct horse battery").await.unwrap();
        let other = sign_in(&app.state, "bob@example.com", "correct horse battery").await.unwrap();
        let usual = Arrangement::default();
        assert_eq!(profile(&app, &ada, contact).await.arrangement, usual);
        let set = async |sections: &str| {
            app.form(Some(&ada), "/do/set_sections", &format!("sections={sections}")).await
        };
        assert_eq!(set("events,-tags").await.0, StatusCode::OK);
        assert_eq!(set("data,-tags,events").await.0, StatusCode::OK);
        let own = profile(&app, &ada, contact).await.arrangement;
        assert_eq!(own.order()[..3], [Section::Data, Section::Tags, Section::Events]);
        assert!(own.is_folded(Section::Tags));
        assert_eq!(profile(&app, &other, contact).await.arrangement, usual, "it is nobody else's");
        for wrong in ["tags,tags", "height", "'"] {
            let (status, body) = set(wrong).await;
            assert_eq!(status, StatusCode::BAD_REQUEST);
            assert!(body.contains("name each section once"), "{body}");
        }
        assert_eq!(profile(&app, &ada, contact).await.arrangement, own, "nothing is lost to a wrong one");
    }

    async fn an_attribute_that_teammates_may_not_write_is_left_alone(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        let mut c = app.state.db.begin().await.unwrap();
        let done: Result<rapport::server::db::Changed, _> = rapport::run!(c, |x| sqlx::query("update attributes set ui_writable = 0 where name = 'plan'").execute(x));
        done.unwrap();
        c.commit().await.unwrap();
        let (status, _) = app.form(Some(&ada), "/do/set_attribute", &format!("owner=contact-{contact}&name=plan&value=x")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(profile(&app, &ada, contact).await.data.iter().any(|d| d.value.name == "plan" && !d.value.editable));
    }

    async fn details_and_the_owner_are_changed_together(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        let me = app.number("select id from teammates").await;
        let form = |email: &str, owner: i64| format!("contact={contact}&name=Grace+Hopper&email={email}&phone=%2B1+2&owner={owner}");
        let (status, _) = app.form(Some(&ada), "/do/set_details", &form("grace%40navy.mil", me)).await;
        assert_eq!(status, StatusCode::OK);
        let now = profile(&app, &ada, contact).await;
        assert_eq!(now.contact.title(), "Grace Hopper");
        assert!(now.about.iter().any(|f| f.label == "Owner" && f.value == "Ada Lovelace"));
        for (email, owner) in [("nonsense", me), ("a%40b", 999_999)] {
            let (status, _) = app.form(Some(&ada), "/do/set_details", &form(email, owner)).await;
            assert_eq!(status, StatusCode::BAD_REQUEST);
        }
        let found = app.number("select count(*) from contact_words where word = 'hopper'").await;
        assert_eq!(found, 1, "the new name is found");
    }

    async fn deleting_asks_for_the_name_and_then_there_is_nobody(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        let (status, _) = app.form(Some(&ada), "/do/erase_contact", &format!("contact={contact}&confirm=grace")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let (status, _) = app.get(&ada, &format!("/contacts/{contact}/export.json")).await;
        assert_eq!(status, StatusCode::OK);
        let (status, _) = app.form(Some(&ada), "/do/erase_contact", &format!("contact={contact}&confirm=Grace")).await;
        assert!(status.is_success() || status.is_redirection());
        let (status, _) = app.get(&ada, &format!("/contacts/{contact}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_eq!(app.number("select count(*) from contacts").await, 0);
    }

    async fn the_card_has_every_id_the_whole_campaign_and_who_made_the_map(app: TestApp) {
        let campaign = json!({"name": "spring", "source": "news", "content": "button", "term": "engines"});
        app.call("page", &json!({"anonymousId": "anon-1", "context": {"ip": "81.2.69.142", "campaign": campaign}})).await;
        let (token, lead) = (sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap(), app.number("select id from contacts").await);
        let fact = |p: &Profile, label: &str| {
            let found = p.about.iter().chain(&p.device).find(|f| f.label == label);
            found.map(|f| (f.value.clone(), f.copy))
        };
        let shown = profile(&app, &token, lead).await;
        assert_eq!(fact(&shown, "Visitor id"), Some(("anon-1".into(), true)));
        assert_eq!(fact(&shown, "Id in the API"), Some((format!("{lead:024x}"), true)));
        assert_eq!(fact(&shown, "User id"), None);
        assert_eq!(fact(&shown, "Campaign"), Some(("spring, news".into(), false)));
        assert_eq!(fact(&shown, "Campaign content"), Some(("button".into(), false)));
        assert_eq!(fact(&shown, "Campaign term"), Some(("engines".into(), false)));
        let (_, html) = app.get(&token, &format!("/contacts/{lead}")).await;
        assert!(html.contains("IP geolocation by MaxMind") && !html.contains("DB-IP"), "the map is of the tests' database");
        app.call("identify", &json!({"userId": "u", "anonymousId": "anon-1"})).await;
        let user = profile(&app, &token, lead).await;
        assert_eq!(fact(&user, "User id"), Some(("u".into(), true)));
        assert_eq!(fact(&user, "Visitor id"), None);
    }

    async fn the_time_for_a_person_is_that_of_their_own_device_first(app: TestApp) {
        let page = async |context: serde_json::Value| {
            app.call("page", &json!({"userId": "u", "context": context})).await;
        };
        let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        page(json!({})).await;
        let contact = app.number("select id from contacts").await;
        let time = async || profile(&app, &token, contact).await.local_time;
        assert_eq!(time().await, None);
        page(json!({"ip": "81.2.69.142"})).await;
        assert_eq!(time().await.as_deref(), Some("12:00 GMT"), "that of London, where the address is");
        app.call("identify", &json!({"userId": "u", "traits": {"timezone": "America/New_York"}})).await;
        assert_eq!(time().await.as_deref(), Some("07:00 EST"));
        for zone in ["Asia/Tokyo", "nowhere", ""] {
            page(json!({"ip": "81.2.69.142", "timezone": zone})).await;
            assert_eq!(time().await.as_deref(), Some("21:00 JST"), "{zone:?} takes nothing away");
        }
        let (_, html) = app.get(&token, &format!("/contacts/{contact}")).await;
        assert!(html.contains("21:00 JST there"));
        // Without a place too: a person who is new with a zone.
        app.call("page", &json!({"anonymousId": "a", "context": {"timezone": "Asia/Tokyo"}})).await;
        let other = app.number("select max(id) from contacts").await;
        assert_eq!(profile(&app, &token, other).await.local_time.as_deref(), Some("21:00 JST"));
        let (_, html) = app.get(&token, &format!("/contacts/{other}")).await;
        assert!(html.contains("21:00 JST where they are"));
        app.call("identify", &json!({"userId": "new", "anonymousId": "a"})).await;
        assert_eq!(app.text("select time_zone from contacts where external_id = 'new'").await, "Asia/Tokyo");
    }

    async fn an_event_says_when_first_and_last(app: TestApp) {
        for (event, day) in [("Ordered", "01"), ("Ordered", "20"), ("Opened", "28")] {
            let at = format!("2026-02-{day}T10:00:00Z");
            app.call("track", &json!({"userId": "u", "event": event, "timestamp": at})).await;
        }
        let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let contact = app.number("select id from contacts").await;
        let (_, html) = app.get(&token, &format!("/contacts/{contact}")).await;
        let rows: Vec<_> = html.split("class=\"event-row\"").skip(1).collect();
        let row = |name: &str| rows.iter().find(|row| row.split("</a>").next().unwrap().contains(name)).copied().unwrap_or_default();
        let ordered = row("Ordered").split("</li>").next().unwrap();
        assert!(ordered.contains("First ") && ordered.contains("2026-02-01T10:00:00Z") && ordered.contains("2026-02-20T10:00:00Z"), "{ordered}");
        assert!(row("Opened").contains("Once, "));
    }

    async fn money_has_its_currency(app: TestApp) {
        app.call("identify", &json!({"userId": "u", "traits": {"mrr": 1_204.5, "seats": 4, "currency": "EUR", "plan": {"price": 9, "currency": "jpy"}}})).await;
        app.call("group", &json!({"userId": "u", "groupId": "g", "traits": {"name": "US Navy", "monthlySpend": 99, "currency": "CHF"}})).await;
        app.call("track", &json!({"userId": "u", "event": "Ordered", "properties": {"total": 12.5, "currency": "USD", "items": 3}})).await;
        let (status, _) = app.api("POST", "/events", json!({"event_name": "paid", "created_at": 1_772_366_000, "user_id": "u",
            "metadata": {"price": {"amount": 34_999, "currency": "eur"}, "due_date": 1_772_366_400, "invoice": {"url": "https://shop.example/7", "value": "No. 7"}}})).await;
        assert!(status.is_success(), "{status}");
        let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let contact = app.number("select id from contacts").await;
        let data = profile(&app, &token, contact).await.data;
        let money = |name: &str| data.iter().find(|d| d.value.name == name).and_then(|d| d.money.clone());
        assert_eq!(money("mrr").as_deref(), Some("1,204.50 EUR"));
        assert_eq!(money("plan.price").as_deref(), Some("9 JPY"));
        assert_eq!(money("seats"), None);
        let (_, html) = app.get(&token, &format!("/contacts/{contact}")).await;
        for text in ["1,204.50 EUR", "99.00 CHF a month", "12.50 USD", "349.99 EUR", "1 March 2026, 12:00", "href=\"https://shop.example/7\"", "No. 7"] {
            assert!(html.contains(text), "{text}");
        }
        let company = app.number("select id from companies").await;
        assert!(app.get(&token, &format!("/companies/{company}")).await.1.contains("99.00 CHF a month"));
    }

    async fn an_outsider_changes_and_exports_nobody(app: TestApp) {
        let (_, contact) = someone(&app).await;
        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        let entries = app.number("select count(*) from activity").await;
        for (path, form) in [
            ("/do/set_attribute", format!("owner=contact-{contact}&name=plan&value=x")),
            ("/do/set_details", format!("contact={contact}&name=x&email=&phone=&owner=0")),
            ("/do/stand", format!("contact={contact}&action=archive")),
            ("/do/erase_contact", format!("contact={contact}&confirm=Grace")),
        ] {
            let (status, _) = app.form(Some(&eve), path, &form).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            let (status, _) = app.form(None, path, &form).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
        }
        for path in [format!("/contacts/{contact}/export.json"), format!("/do/attribute_history?owner=contact-{contact}&name=plan")] {
            let (status, _) = app.get(&eve, &path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(app.number("select count(*) from activity").await, entries);
    }
}
