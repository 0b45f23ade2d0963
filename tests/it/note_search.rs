//! Notes are found by their words, wherever they stand.

use axum::http::StatusCode;
use rapport::id::{CompanyId, ContactId};
use rapport::jobs;
use rapport::notes::{FoundNotes, Owner, add, rooms};
use rapport::server::db::Write;
use rapport::server::state::AppState;
use rapport::teammates::{Viewer, sign_in, viewer_of};
use rapport::time::Time;
use serde_json::json;

use crate::live_notes::shared::statement;
use crate::on_both;
use crate::support::{TestApp, new_workspace};

async fn viewer(app: &AppState, email: &str) -> (String, Viewer) {
    let token = sign_in(app, email, "correct horse battery").await.unwrap();
    let viewer = viewer_of(app, &token).await.unwrap().unwrap();
    (token, viewer)
}

async fn find(app: &TestApp, token: &str, words: &str) -> FoundNotes {
    let words: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
    let (status, body) = app.get(token, &format!("/do/find_notes?find={words}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// What was found: whom each is about, and the words around, what was found in brackets.
async fn found(app: &TestApp, token: &str, words: &str) -> Vec<(String, String)> {
    let shown = |words: Vec<(String, bool)>| {
        let mark = |(words, found)| if found { format!("[{words}]") } else { words };
        words.into_iter().map(mark).collect::<String>()
    };
    find(app, token, words).await.notes.into_iter().map(|n| (n.about, shown(n.text))).collect()
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(about, text)| ((*about).to_owned(), (*text).to_owned())).collect()
}

/// Ida at Engines.
async fn people(app: &TestApp) -> (i64, i64) {
    app.call("identify", &json!({"userId": "u", "traits": {"name": "Ida Rhodes"}})).await;
    app.call("group", &json!({"userId": "u", "groupId": "g", "traits": {"name": "Engines"}})).await;
    (app.number("select id from contacts").await, app.number("select id from companies").await)
}

on_both! {
    async fn notes_of_all_kinds_are_found_by_all_their_words_or_their_beginnings(app: TestApp) {
        let (contact, company) = people(&app).await;
        let (token, ada) = viewer(&app.state, "ada@example.com").await;
        let form = async |path: &str, form: String| {
            let (status, body) = app.form(Some(&token), path, &form).await;
            assert_eq!(status, StatusCode::OK, "{path}: {body}");
        };
        form("/do/add_note", format!("owner=contact-{contact}&body=They+**renew**+in+May.")).await;
        form("/do/add_note", format!("owner=company-{company}&body=Renewal+with+%E7%BB%AD%E7%BA%A6%E5%90%88%E5%90%8C")).await;
        app.begin(Some(&token), &format!("contact={contact}&body=We+renew&client_id=c0")).await;
        let talk = app.number("select id from conversations").await;
        form("/do/say", format!("conversation={talk}&kind=note&body=Ask+Zo%C3%AB+to+renew&client_id=n1")).await;
        let all = pairs(&[
            ("Conversation with Ida Rhodes", "Ask Zoë to [renew]"),
            ("Engines", "[Renewal] with 续约合同"),
            ("Ida Rhodes", "They [renew] in May."),
        ]);
        assert_eq!(found(&app, &token, "RENEW").await, all, "newest first, and what was said is no note");
        assert_eq!(found(&app, &token, "may, renew").await, pairs(&[("Ida Rhodes", "They [renew] in [May].")]));
        assert_eq!(found(&app, &token, "zoë").await.len(), 1);
        assert_eq!(found(&app, &token, "合同").await, pairs(&[("Engines", "Renewal with 续约[合同]")]));
        assert_eq!(found(&app, &token, "enew").await, []);
        assert_eq!(found(&app, &token, "in").await, pairs(&[("Ida Rhodes", "They renew [in] May.")]));
        assert_eq!(found(&app, &token, "i").await, [], "one or two letters are a word");
        assert_eq!(found(&app, &token, " , ").await, []);
        for wrong in ["%", "_", "'", "\u{10ffff}", "renew' or 1=1"] {
            assert_eq!(found(&app, &token, wrong).await, [], "{wrong}");
        }
        let part = app.number("select id from parts where kind = 'note'").await;
        let notes = find(&app, &token, "renew").await.notes;
        assert_eq!(notes[0].address, format!("/inbox/{talk}?part={part}#part-{part}"));
        assert_eq!(notes[1].address, format!("/companies/{company}?view=facts#note-{}", notes[1].id));
        assert_eq!(notes[2].author.as_deref(), Some("Ada Lovelace"));
        // The page says it without a script.
        let (status, page) = app.get(&token, "/notes?find=renew").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("<mark>renew<") && page.contains("Conversation with Ida Rhodes"), "{page}");
        assert!(app.get(&token, "/notes?find=nowhere").await.1.contains("No note has all of these words"));
        for page in ["/people?find=renew+x", "/companies?find=renew+x"] {
            assert!(app.get(&token, page).await.1.contains("/notes?find=renew%20x"), "{page} leads there");
        }
        // Another workspace finds none of them.
        let now = app.state.clock.now();
        rapport::workspace::create(&app.state.db, new_workspace("eve@example.com"), now).await.unwrap();
        let (eve, _) = viewer(&app.state, "eve@example.com").await;
        assert_eq!(found(&app, &eve, "renew").await, []);
        assert!(ada.id.0 > 0);
    }

    async fn words_follow_the_text_and_go_with_it(app: TestApp) {
        let (contact, company) = people(&app).await;
        let (token, ada) = viewer(&app.state, "ada@example.com").await;
        let form = async |path: &str, form: String| app.form(Some(&token), path, &form).await.0;
        form("/do/add_note", format!("owner=contact-{contact}&body=old+words")).await;
        let note = app.number("select id from notes").await;
        form("/do/edit_note", format!("note={note}&version=1&body=new+words")).await;
        assert_eq!(found(&app, &token, "old").await, []);
        assert_eq!(found(&app, &token, "new").await.len(), 1);
        // Typed together, and written back.
        let mut one = crate::live_notes::editor::Editor::new(rapport::id::NoteId(note), ada);
        one.connect(&app.state);
        one.settle().await;
        for (n, c) in "typed ".chars().enumerate() {
            one.type_at(n as u32, Some(c));
        }
        one.settle().await;
        assert_eq!(found(&app, &token, "typed").await, []);
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        assert_eq!(found(&app, &token, "typed").await, pairs(&[("Ida Rhodes", "[typed] new words")]));
        assert_eq!(app.number("select count(*) from note_words").await, 3, "no word twice, none that is gone");
        form("/do/delete_note", format!("note={note}")).await;
        assert_eq!(app.number("select count(*) from note_words").await, 0);
        form("/do/restore_note", format!("note={note}")).await;
        assert_eq!(found(&app, &token, "typed").await.len(), 1);

        app.begin(Some(&token), &format!("contact={contact}&body=Hello&client_id=c0")).await;
        let talk = app.number("select id from conversations").await;
        form("/do/say", format!("conversation={talk}&kind=note&body=whispered&client_id=n1")).await;
        let part = app.number("select max(id) from parts").await;
        assert_eq!(found(&app, &token, "whisper").await.len(), 1);
        form("/do/edit_note", format!("note={part}&version=1&body=shouted")).await;
        assert_eq!((found(&app, &token, "whisper").await.len(), found(&app, &token, "shout").await.len()), (0, 1));
        form("/do/delete_part", format!("conversation={talk}&part={part}")).await;
        assert_eq!(found(&app, &token, "shout").await, []);
        form("/do/restore_part", format!("conversation={talk}&part={part}&body=shouted")).await;
        assert_eq!(found(&app, &token, "shout").await.len(), 1);
        form("/do/add_note", format!("owner=company-{company}&body=firm")).await;
        assert_eq!(form("/do/erase_contact", format!("contact={contact}&confirm=Ida+Rhodes")).await, StatusCode::OK);
        assert_eq!(app.number("select count(*) from note_words").await, 1, "of the company alone");
        assert_eq!(form("/do/delete_company", format!("company={company}&confirm=Engines")).await, StatusCode::OK);
        // It happens once it can be undone no longer.
        app.pass(15_001);
        rapport::jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from note_words").await, 0);
    }

    async fn pages_of_a_common_word_have_every_note_once(app: TestApp) {
        let (contact, company) = people(&app).await;
        let (token, ada) = viewer(&app.state, "ada@example.com").await;
        let mut w = Write::begin(&app.state, ada.workspace, ada.id).await.unwrap();
        for n in 0..2_100 {
            let owner = if n % 2 == 0 { Owner::Contact(ContactId(contact)) } else { Owner::Company(CompanyId(company)) };
            let rare = if n % 50 == 0 { "rare" } else { "often" };
            let form = ["customer", "customers", "customs"][n % 3];
            add(&mut w, owner, &format!("{form} number {n} {rare}")).await.unwrap();
        }
        w.commit().await.unwrap();
        for (words, expected) in [("custom", 2_100), ("custom num", 2_100), ("customer rare", 28), ("cust rar", 42)] {
            let mut seen = Vec::new();
            let mut address = format!("/do/find_notes?find={}", words.replace(' ', "+"));
            loop {
                let (_, body) = app.get(&token, &address).await;
                let page: FoundNotes = serde_json::from_str(&body).unwrap();
                assert!(page.notes.len() <= 30);
                seen.extend(page.notes.into_iter().map(|n| n.id));
                let Some(next) = page.next else { break };
                address = format!("/do/find_notes?find={}&before={next}", words.replace(' ', "+"));
            }
            assert_eq!(seen.len(), expected, "{words}");
            assert!(seen.windows(2).all(|two| two[0] > two[1]), "{words}: each once, the newest first");
        }
    }

    async fn notes_of_an_older_version_are_written_down_by_a_job(app: TestApp) {
        let (contact, _) = people(&app).await;
        let (token, ada) = viewer(&app.state, "ada@example.com").await;
        let mut w = Write::begin(&app.state, ada.workspace, ada.id).await.unwrap();
        for n in 0..70 {
            add(&mut w, Owner::Contact(ContactId(contact)), &format!("older {n}")).await.unwrap();
        }
        w.commit().await.unwrap();
        app.begin(Some(&token), &format!("contact={contact}&body=Hello&client_id=c0")).await;
        let talk = app.number("select id from conversations").await;
        app.form(Some(&token), "/do/say", &format!("conversation={talk}&kind=note&body=older+still&client_id=n1")).await;
        statement(&app.state, "delete from note_words").await;
        assert_eq!(found(&app, &token, "older").await, []);
        jobs::prepare(&app.state).await.unwrap();
        jobs::prepare(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from jobs where kind = 'note_words'").await, 1, "once");
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(distinct note_id) from note_words where word = 'older'").await, 71);
        assert_eq!(found(&app, &token, "still").await.len(), 1);
        jobs::prepare(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from jobs where kind = 'note_words'").await, 1);
    }
}
