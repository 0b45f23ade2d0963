//! A company beside a conversation with one of its people, in a page without a script.

use axum::http::StatusCode;
use rapport::contacts::Profile;
use rapport::teammates::sign_in;
use rapport::workspace::create;
use serde_json::json;

use crate::companies::{ada, group};
use crate::on_both;
use crate::people::pressed;
use crate::support::{NOON, TestApp, new_workspace};

/// Grace, in two companies, and a conversation with her: its number, and those of her and of both.
struct Talk {
    id: i64,
    contact: i64,
    navy: i64,
    lab: i64,
}

async fn talk(app: &TestApp, token: &str) -> Talk {
    let navy = json!({"name": "US Navy", "plan": "team", "employees": 1200, "monthlySpend": 49});
    group(app, "grace", "navy", navy).await;
    group(app, "grace", "lab", json!({"name": "Lab", "plan": "trial"})).await;
    let contact = app.number("select id from contacts").await;
    app.begin(Some(token), &format!("contact={contact}&body=Hello&client_id=c0")).await;
    Talk {
        id: app.number("select id from conversations").await,
        contact,
        navy: app.number("select id from companies where company_id = 'navy'").await,
        lab: app.number("select id from companies where company_id = 'lab'").await,
    }
}

async fn read(app: &TestApp, token: &str, path: &str) -> String {
    let (status, page) = app.get(token, path).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    page
}

/// The card of a company.
fn card(page: &str, company: i64) -> &str {
    let (_, rest) = page.split_once(&format!("id=\"company-{company}\"")).unwrap();
    rest.split_once("</section>").unwrap().0
}

on_both! {
    async fn a_card_is_short_and_opens_where_the_address_asks_for_it(app: TestApp) {
        let ada = ada(&app).await;
        let Talk { id, contact, navy, lab } = talk(&app, &ada).await;
        for name in ["vip", "key+account"] {
            app.form(Some(&ada), "/do/add_tag", &format!("owner=company-{navy}&name={name}")).await;
        }
        let me = app.number("select id from teammates").await;
        app.form(Some(&ada), "/do/set_company", &format!("company={navy}&name=US+Navy&website=&industry=&plan=team&owner={me}")).await;
        let (_, body) = app.get(&ada, &format!("/do/profile?id={contact}")).await;
        let cards = serde_json::from_str::<Profile>(&body).unwrap().companies;
        let fact = |label: &str| cards[0].facts.iter().find(|f| f.label == label).map(|f| f.value.as_str());
        assert_eq!((fact("Plan"), fact("Size"), fact("Tags")), (Some("team"), Some("1,200"), Some("key account, vip")));
        assert_eq!((fact("Spends"), fact("Owner")), (Some("49.00 a month"), Some("Ada Lovelace")));

        let shut = read(&app, &ada, &format!("/inbox/{id}")).await;
        assert!(!shut.contains("company-own") && card(&shut, navy).contains("key account, vip"));
        assert!(card(&shut, lab).contains(&format!("href=\"/inbox/{id}?company={lab}#company-{lab}\"")));
        let open = read(&app, &ada, &format!("/inbox/{id}?company={navy}")).await;
        assert_eq!(open.matches("class=\"company-own\"").count(), 1);
        for part in ["value=\"team\"", "aria-label=\"New tag\"", "Add data", "aria-label=\"New note\"", "aria-expanded=\"true\""] {
            assert!(card(&open, navy).contains(part), "{part}");
        }
        assert!(!card(&open, lab).contains("New tag"));
        assert!(card(&open, navy).contains(&format!("href=\"/inbox/{id}#company-{navy}\"")), "it is closed again");
        // Each name is on the page once, whoever it is that has tags and notes on it.
        let names = [format!("known-tags-contact-{contact}"), format!("known-tags-company-{navy}"), format!("write-note-company-{navy}"), "write-note".to_owned()];
        for name in names {
            assert_eq!(open.matches(&format!("id=\"{name}\"")).count(), 1, "{name}");
        }
        // On the profile the company's own page is one press away.
        assert!(!read(&app, &ada, &format!("/contacts/{contact}?company={navy}")).await.contains("company-own"));

        // What is nobody's whom the conversation is with opens nothing.
        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        for other in [0, navy + 999_999] {
            assert!(!read(&app, &ada, &format!("/inbox/{id}?company={other}")).await.contains("company-own"));
        }
        let (status, page) = app.get(&eve, &format!("/inbox/{id}?company={navy}")).await;
        assert!(!page.contains("US Navy") && !page.contains("company-own"), "{status}");
    }

    async fn what_is_refused_or_deleted_is_said_at_the_one_that_it_was_about(app: TestApp) {
        let ada = ada(&app).await;
        let Talk { id, contact, navy, lab } = talk(&app, &ada).await;
        let page = format!("/inbox/{id}?company={navy}");
        let press = async |path: &str, form: String| pressed(&app, &ada, &page, path, &form).await;
        let shown = press("/do/set_company", format!("company={navy}&name=US+Navy&website=&industry=zqxships&plan=team&size=some&owner=0")).await;
        let own = card(&shown, navy);
        assert!(own.contains("role=\"alert\"") && own.contains("value=\"zqxships\"") && own.contains("value=\"some\""), "{own}");
        // The same form of another company has what is saved.
        let other = format!("/inbox/{id}?company={lab}");
        let shown = pressed(&app, &ada, &other, "/do/set_company", &format!("company={navy}&name=US+Navy&website=&industry=zqxships&plan=team&size=some&owner=0")).await;
        let own = card(&shown, lab);
        assert!(!own.contains("zqxships") && !own.contains("role=\"alert\"") && own.contains("value=\"trial\""), "{own}");

        let told = |page: &str| page.matches("class=\"notice error\"").count();
        let before = told(&read(&app, &ada, &page).await);
        for (path, rest) in [("/do/add_tag", "name="), ("/do/set_attribute", "name=%20&value=zqx")] {
            for (owner, here) in [(format!("company-{navy}"), true), (format!("contact-{contact}"), false)] {
                let shown = press(path, format!("owner={owner}&{rest}")).await;
                assert_eq!(told(&shown), before + 1, "{path} {owner}");
                assert_eq!(told(card(&shown, navy)), usize::from(here), "{path} {owner}");
            }
        }
        for (owner, here) in [(format!("company-{navy}"), true), (format!("contact-{contact}"), false)] {
            app.form(Some(&ada), "/do/add_note", &format!("owner={owner}&body=there")).await;
            let note = app.number("select max(id) from notes").await;
            let shown = press("/do/delete_note", format!("note={note}")).await;
            assert_eq!(shown.matches("Note deleted").count(), 1, "{owner}");
            assert_eq!(card(&shown, navy).contains("Note deleted"), here, "{owner}");
        }
    }
}
