//! What notes lead to: people, companies and conversations under their present names, and nothing of other workspaces.

use axum::http::StatusCode;
use rapport::contacts;
use rapport::id::{ContactId, TeammateId, WorkspaceId};
use rapport::notes::{Notes, Offer};
use rapport::server::db::Write;
use rapport::teammates::sign_in;
use rapport::ui::escape;
use rapport::workspace::create;
use serde_json::json;

use crate::on_both;
use crate::support::{NOON, TestApp, new_workspace};

async fn html_of(app: &TestApp, token: &str, owner: &str) -> String {
    let (status, body) = app.get(token, &format!("/do/notes?owner={owner}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let notes: Notes = serde_json::from_str(&body).unwrap();
    notes.notes.into_iter().map(|note| note.html).collect()
}

async fn offers(app: &TestApp, token: &str, word: &str) -> Vec<Offer> {
    let (status, body) = app.get(token, &format!("/do/note_links?word={}", escape(word))).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// Ida at Navy, with a conversation, and Bob; the numbers of the three.
async fn filled(app: &TestApp) -> (String, i64, i64, i64, i64) {
    let ida =
        json!({"userId": "ida", "traits": {"name": "Ida Rhodes", "email": "ida@example.com"}});
    app.call("identify", &ida).await;
    app.call(
        "group",
        &json!({"userId": "ida", "groupId": "navy", "traits": {"name": "Navy", "plan": "Pro"}}),
    )
    .await;
    app.call("identify", &json!({"userId": "bob", "traits": {"name": "Bob"}})).await;
    let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
    let ida = app.number("select id from contacts where name = 'Ida Rhodes'").await;
    let bob = app.number("select id from contacts where name = 'Bob'").await;
    app.begin(Some(&ada), &format!("contact={ida}&body=Hello+there&client_id=c0")).await;
    let company = app.number("select id from companies").await;
    (ada, ida, bob, company, app.number("select id from conversations").await)
}

on_both! {
    async fn a_link_shows_the_present_name_and_a_card_or_words(app: TestApp) {
        let (ada, ida, bob, company, conversation) = filled(&app).await;
        let text = format!(
            "Ask [old](/contacts/{ida}) at [firm](/companies/{company}?view=facts), see [talk](/inbox/{conversation}), [nobody](/contacts/999999)"
        );
        let owner = format!("contact-{bob}");
        let form = format!("owner={owner}&body={}", escape(&text));
        assert_eq!(app.form(Some(&ada), "/do/add_note", &form).await.0, StatusCode::OK);
        let html = html_of(&app, &ada, &owner).await;
        for part in [
            format!("<a class=\"ref-to\" href=\"/contacts/{ida}\""),
            ">Ida Rhodes</a>".into(),
            "<span>ida@example.com</span><span>Navy</span>".into(),
            format!("href=\"/companies/{company}\""),
            "<span>Plan: Pro</span><span>1 person</span>".into(),
            format!("href=\"/inbox/{conversation}\""),
            ">Conversation with Ida Rhodes</a>".into(),
            "<span>Hello there</span>".into(),
            ", nobody</p>".into(),
        ] {
            assert!(html.contains(&part), "{part}: {html}");
        }
        assert!(!html.contains("999999") && !html.contains("_blank"), "{html}");
        app.call("identify", &json!({"userId": "ida", "traits": {"name": "Ida Holz <b>"}})).await;
        let html = html_of(&app, &ada, &owner).await;
        assert!(html.contains(">Ida Holz &lt;b&gt;</a>") && !html.contains("Ida Rhodes"), "{html}");
        let (_, stream) = app.get(&ada, &format!("/do/stream?owner={owner}&facet=note&limit=50")).await;
        assert!(stream.contains("Ida Holz"), "{stream}");
        let note = app.number("select id from notes").await;
        let (_, version) = app.get(&ada, &format!("/do/note_version?note={note}&version=1")).await;
        assert!(version.contains("Ida Holz"), "{version}");

        // Whoever is erased is the words that were typed.
        let workspace = WorkspaceId(app.number("select id from workspaces order by id limit 1").await);
        let mut w = Write::begin(&app.state, workspace, TeammateId(0)).await.unwrap();
        contacts::erase(&mut w, ContactId(ida)).await.unwrap();
        w.commit().await.unwrap();
        let html = html_of(&app, &ada, &owner).await;
        assert!(html.contains("Ask old at <span"), "{html}");
        assert!(!html.contains("Ida") && html.contains(", see talk, nobody"), "{html}");
    }

    async fn a_conversations_note_has_the_same_links_and_boxes(app: TestApp) {
        let (ada, ida, _, company, conversation) = filled(&app).await;
        let text = format!("- [ ] Ask [old](/contacts/{ida})\n- [x] and [nobody](/contacts/999999)\n\n| At |\n|--|\n| [firm](/companies/{company}) |");
        let say = format!("conversation={conversation}&kind=note&client_id=n1&body={}", escape(&text));
        assert_eq!(app.form(Some(&ada), "/do/say", &say).await.0, StatusCode::OK);
        let part = async || {
            let (_, body) = app.get(&ada, &format!("/do/conversation?id={conversation}")).await;
            serde_json::from_str::<rapport::conversations::Thread>(&body).unwrap().parts.parts.pop().unwrap()
        };
        let html = part().await.html;
        for piece in [
            format!("<a class=\"ref-to\" href=\"/contacts/{ida}\""),
            ">Ida Rhodes</a>".into(),
            format!("href=\"/companies/{company}\""),
            "<span>Plan: Pro</span>".into(),
            "and nobody".into(),
            "aria-checked=\"false\" aria-label=\"Ask old\" name=\"tick\" value=\"0-true\"".into(),
        ] {
            assert!(html.contains(&piece), "{piece}: {html}");
        }
        assert!(!html.contains("999999") && !html.contains("_blank"), "{html}");
        let (_, stream) = app.get(&ada, &format!("/do/stream?owner=contact-{ida}&limit=50")).await;
        assert!(stream.contains("ref-card") && !stream.contains("999999"), "{stream}");

        // Its boxes are ticked where it is read, in the text as it is by then.
        let note = app.number("select id from parts where kind = 'note'").await;
        let changed = format!("note={note}&version=1&body={}", escape(&format!("Before\n\n{text}")));
        app.form(Some(&ada), "/do/edit_note", &changed).await;
        let tick = format!("note={note}&version=1&tick=0-true");
        assert_eq!(app.form(Some(&ada), "/do/tick_note", &tick).await.0, StatusCode::OK);
        let part = part().await;
        assert!(part.body.starts_with("Before\n\n- [x] Ask [old]"), "{}", part.body);
        assert!(part.html.contains("aria-checked=\"true\" aria-label=\"Ask old\""), "{}", part.html);

        // What is said to a person leads nowhere of ours, and its boxes stay as they were said.
        let say = format!("conversation={conversation}&kind=message&client_id=m1&body={}", escape(&text));
        app.form(Some(&ada), "/do/say", &say).await;
        let (_, body) = app.get(&ada, &format!("/do/conversation?id={conversation}")).await;
        let said = serde_json::from_str::<rapport::conversations::Thread>(&body).unwrap().parts.parts.pop().unwrap();
        assert!(!said.html.contains("ref-to") && !said.html.contains("<button"), "{}", said.html);
    }

    async fn a_merged_person_leads_to_the_survivor(app: TestApp) {
        let (ada, ida, bob, ..) = filled(&app).await;
        let form = format!("owner=contact-{bob}&body={}", escape(&format!("[x](/contacts/{ida})")));
        app.form(Some(&ada), "/do/add_note", &form).await;
        let sql = "update contacts set merged_into = (select id from contacts where name = 'Bob') where name = 'Ida Rhodes'";
        crate::live_notes::shared::statement(&app.state, sql).await;
        let html = html_of(&app, &ada, &format!("contact-{bob}")).await;
        assert!(html.contains(&format!("href=\"/contacts/{bob}\"")) && html.contains(">Bob</a>"), "{html}");
    }

    async fn what_can_be_linked_to_is_offered(app: TestApp) {
        let (ada, ida, _, company, conversation) = filled(&app).await;
        let found = offers(&app, &ada, "RHO").await;
        let addresses: Vec<_> = found.iter().map(|o| o.address.clone()).collect();
        assert_eq!(addresses, [format!("/contacts/{ida}"), format!("/inbox/{conversation}")], "{found:?}");
        assert_eq!(found[0].label, "Ida Rhodes");
        assert!(found[0].detail.contains("ida@example.com"), "{found:?}");
        let say = format!("conversation={conversation}&kind=note&client_id=n1&body={}", escape("## Plan\n\n- **done**"));
        assert_eq!(app.form(Some(&ada), "/do/say", &say).await.0, StatusCode::OK);
        let found = offers(&app, &ada, "rho").await;
        assert!(found[1].detail.ends_with(", Plan done"), "what was said last, without signs: {found:?}");
        assert_eq!(offers(&app, &ada, "nav").await[0].address, format!("/companies/{company}"));
        assert_eq!(offers(&app, &ada, &conversation.to_string()).await[0].address, format!("/inbox/{conversation}"));
        assert_eq!(offers(&app, &ada, "").await.len(), 4, "without a word those seen last");
        for word in ["zzz", "%", "'", "_", "999999999999999999999", "\u{10ffff}"] {
            assert_eq!(offers(&app, &ada, word).await, [], "{word}");
        }
    }

    async fn another_workspace_learns_nothing_by_a_link(app: TestApp) {
        let (_, ida, _, company, conversation) = filled(&app).await;
        let keys = create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        app.call_with(&keys.write_key, "identify", json!({"userId": "own", "traits": {"name": "Own"}}).to_string().into()).await;
        let own = app.number("select max(id) from contacts").await;
        for word in ["ida", "nav", "", &conversation.to_string()] {
            let found = offers(&app, &eve, word).await;
            assert!(!format!("{found:?}").contains("Ida") && !format!("{found:?}").contains("Navy"), "{found:?}");
        }
        let text = format!("[a](/contacts/{ida}) [b](/companies/{company}) [c](/inbox/{conversation})");
        let (status, body) = app.form(Some(&eve), "/do/add_note", &format!("owner=contact-{own}&body={}", escape(&text))).await;
        if status == StatusCode::OK {
            let html = html_of(&app, &eve, &format!("contact-{own}")).await;
            assert_eq!(html.trim(), "<p>a b c</p>");
        } else {
            panic!("{body}");
        }
    }
}
